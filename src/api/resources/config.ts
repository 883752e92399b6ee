import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import type { Json } from "../../model/spec.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { findEntity } from "../http/find.ts";
import { sendValue } from "../http/negotiate.ts";
import { flag } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";
import { JsonValue } from "../shapes/json.ts";
import { configSummaries, ConfigSummary } from "../shapes/config-summary.ts";
import { configValue, currentConfig } from "../shapes/config-values.ts";
import { entityInPath } from "./entities.ts";
import { hints } from "./sensors.ts";

const tags = ["config"];
const AT = "/applications/:application/entities/:entity/config";
const one = entityInPath.extend({ key: z.string() });
const recursing = z.object({ recurse: flag(false) });

/** Config: list, read, set. */
export function addConfig(api: Api, { plane }: ApiContext): void {
  api.get(AT, { schema: { tags, summary: "The entity's config keys, by name", params: entityInPath, response: { 200: z.array(ConfigSummary), ...failures } } }, async ({ params }) =>
    configSummaries(findEntity(plane, params.application, params.entity)),
  );

  api.get(
    `${AT}/current-state`,
    { schema: { tags, summary: "All keys that have a value, set here or inherited", params: entityInPath, querystring: hints, response: { 200: z.record(z.string(), z.unknown()), ...failures } } },
    async ({ params, query }) => currentConfig(findEntity(plane, params.application, params.entity), { raw: query.raw || query.skipResolution }),
  );

  api.get(
    `${AT}/:key`,
    {
      schema: {
        tags,
        summary: "A key's value",
        produces: ["application/json", "text/plain"],
        description: "JSON, or plain text where the Accept header prefers it; 204 when the key has no value.",
        params: one,
        querystring: hints,
        response: { 200: z.unknown(), 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const entity = findEntity(plane, params.application, params.entity);
      return sendValue(request, reply, await configValue(entity, params.key, { raw: query.raw || query.skipResolution }));
    },
  );

  api.post(
    AT,
    {
      config: { body: "json" },
      schema: { tags, summary: "Set several keys", consumes: [...consumes.json], params: entityInPath, querystring: recursing, body: z.record(z.string(), JsonValue), response: { 204: z.null(), ...failures } },
    },
    async ({ params, query, body }, reply) => {
      setConfig(findEntity(plane, params.application, params.entity), body, query.recurse);
      return reply.code(204).send(null);
    },
  );

  api.post(
    `${AT}/:key`,
    { config: { body: "json" }, schema: { tags, summary: "Set a key", consumes: [...consumes.json], params: one, querystring: recursing, body: JsonValue, response: { 204: z.null(), ...failures } } },
    async ({ params, query, body }, reply) => {
      setConfig(findEntity(plane, params.application, params.entity), { [params.key]: body }, query.recurse);
      return reply.code(204).send(null);
    },
  );
}

/** Sets keys on an entity, and with `recurse` on all below it. Checked first, so that all are set or none. */
function setConfig(entity: Entity, values: Readonly<Record<string, Json>>, recurse: boolean): void {
  const entities = recurse ? [...entity.descendants()] : [entity];
  for (const each of entities) {
    for (const [name, value] of Object.entries(values)) {
      const key = each.config.key(name);
      if (key !== undefined && value !== null && !each.management.isDeferred(value)) each.config.coerce(key, value);
    }
  }
  for (const each of entities) for (const [name, value] of Object.entries(values)) each.config.set(name, value ?? undefined);
}
