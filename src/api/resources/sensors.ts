import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { sensor as dynamicSensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { findEntity, notFound } from "../http/find.ts";
import { sendValue } from "../http/negotiate.ts";
import { flag } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";
import { currentSensors, sensorJson, sensorsOf, sensorSummary, SensorSummary } from "../shapes/sensor-summary.ts";
import { entityInPath } from "./entities.ts";

const tags = ["sensors"];
const AT = "/applications/:application/entities/:entity/sensors";
const one = entityInPath.extend({ sensor: z.string() });
/** Accepted for Brooklyn's clients: values are shown the same with and without. */
export const hints = z.object({ useDisplayHints: flag(true), useDisplayHint: flag(true), skipResolution: flag(false), raw: flag(false), suppressSecrets: flag(true) });

/** Sensors: list, read, set, clear. */
export function addSensors(api: Api, { plane }: ApiContext): void {
  api.get(AT, { schema: { tags, summary: "The entity's sensors, by name", params: entityInPath, response: { 200: z.array(SensorSummary), ...failures } } }, async ({ params }) => {
    const entity = findEntity(plane, params.application, params.entity);
    return sensorsOf(entity).map((each) => sensorSummary(entity, each));
  });

  api.get(
    `${AT}/current-state`,
    { schema: { tags, summary: "All sensors that have a value", params: entityInPath, querystring: hints, response: { 200: z.record(z.string(), z.unknown()), ...failures } } },
    async ({ params, query }) => currentSensors(findEntity(plane, params.application, params.entity), undefined, query),
  );

  api.get(
    `${AT}/:sensor`,
    {
      schema: {
        tags,
        summary: "A sensor's value",
        produces: ["application/json", "text/plain"],
        description: "JSON, or plain text where the Accept header prefers it; 204 when the sensor has no value.",
        params: one,
        querystring: hints,
        response: { 200: z.unknown(), 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const { params } = request;
      const entity = findEntity(plane, params.application, params.entity);
      const known = sensorsOf(entity).map(({ name }) => name);
      if (!known.includes(params.sensor) && entity.sensorValue(params.sensor) === undefined) throw notFound(`Sensor '${params.sensor}' not known`, params.sensor, known);
      return sendValue(request, reply, sensorJson(entity, params.sensor, request.query));
    },
  );

  api.post(
    AT,
    {
      config: { body: "json" },
      schema: { tags, summary: "Set several sensors", consumes: [...consumes.json], params: entityInPath, body: z.record(z.string(), z.unknown()), response: { 204: z.null(), ...failures } },
    },
    async ({ params, body }, reply) => {
      const entity = findEntity(plane, params.application, params.entity);
      const values = Object.entries(body).map(([name, value]) => [name, coerced(entity, name, value)] as const);
      for (const [name, value] of values) setSensor(entity, name, value);
      return reply.code(204).send(null);
    },
  );

  api.post(
    `${AT}/:sensor`,
    { config: { body: "json" }, schema: { tags, summary: "Set a sensor", consumes: [...consumes.json], params: one, body: z.unknown(), response: { 204: z.null(), ...failures } } },
    async ({ params, body }, reply) => {
      const entity = findEntity(plane, params.application, params.entity);
      setSensor(entity, params.sensor, coerced(entity, params.sensor, body));
      return reply.code(204).send(null);
    },
  );

  api.delete(`${AT}/:sensor`, { schema: { tags, summary: "Clear a sensor", params: one, response: { 204: z.null(), ...failures } } }, async ({ params }, reply) => {
    const entity = findEntity(plane, params.application, params.entity);
    const known = entity.sensor(params.sensor);
    if (known === undefined) throw new ClockerError("not-found", `Sensor '${params.sensor}' not known`);
    entity.set(known, undefined);
    return reply.code(204).send(null);
  });
}

function coerced(entity: Entity, name: string, value: unknown): unknown {
  const type = entity.sensor(name)?.type;
  return type === undefined || value === undefined || value === null ? value : type.coerce(value);
}

function setSensor(entity: Entity, name: string, value: unknown): void {
  entity.set(entity.sensor(name) ?? dynamicSensor(name, types.json, ""), value ?? undefined);
}
