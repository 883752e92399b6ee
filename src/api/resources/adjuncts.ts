import { z } from "zod";
import type { Adjunct } from "../../model/adjunct.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { findAdjunct, findEntity, notFound } from "../http/find.ts";
import { sendJson, sendValue } from "../http/negotiate.ts";
import { count, flag } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";
import { JsonValue } from "../shapes/json.ts";
import { adjunctConfig, adjunctDetail, AdjunctDetail, adjunctState, adjunctSummary, AdjunctSummary, currentAdjunctConfig } from "../shapes/adjunct-summary.ts";
import { ConfigSummary } from "../shapes/config-summary.ts";
import { interestingFirst } from "../shapes/task-order.ts";
import { taskSummary, TaskSummary } from "../shapes/task-summary.ts";
import { entityInPath } from "./entities.ts";

const tags = ["adjuncts"];
const AT = "/applications/:application/entities/:entity/adjuncts";
const one = entityInPath.extend({ adjunct: z.string().describe("Id or name") });

/** Policies and enrichers of an entity: list, add, start, stop, remove. */
export function addAdjuncts(api: Api, { plane }: ApiContext): void {
  const find = (params: z.infer<typeof one>): Adjunct => findAdjunct(findEntity(plane, params.application, params.entity), params.adjunct);

  api.get(
    AT,
    { schema: { tags, summary: "The entity's policies and enrichers", params: entityInPath, querystring: z.object({ adjunctType: z.enum(["policy", "enricher", "feed"]).optional() }), response: { 200: z.array(AdjunctSummary), ...failures } } },
    async ({ params, query }) => {
      const { adjuncts } = findEntity(plane, params.application, params.entity);
      return adjuncts.filter((adjunct) => query.adjunctType === undefined || adjunct.type.kind === query.adjunctType).map((adjunct) => adjunctSummary(adjunct));
    },
  );

  api.post(
    AT,
    {
      config: { body: "values" },
      schema: { tags, summary: "Attach a policy or enricher", consumes: [...consumes.values], params: entityInPath, querystring: z.object({ type: z.string().min(1) }), body: z.record(z.string(), JsonValue), response: { 200: AdjunctDetail, ...failures } },
    },
    async ({ params, query, body }) => adjunctDetail(attach(plane, findEntity(plane, params.application, params.entity), query.type, body)),
  );

  api.get(`${AT}/:adjunct`, { schema: { tags, summary: "A policy or enricher", params: one, response: { 200: AdjunctDetail, ...failures } } }, async ({ params }) => adjunctDetail(find(params)));

  api.get(`${AT}/:adjunct/status`, { schema: { tags, summary: "Its state, as a JSON string", params: one, response: { 200: z.unknown(), ...failures } } }, async ({ params }, reply) => sendJson(reply, adjunctState(find(params))));

  api.post(`${AT}/:adjunct/start`, { schema: { tags, summary: "Resume it", params: one, response: { 204: z.null(), ...failures } } }, async ({ params }, reply) => {
    resume(pausable(find(params)));
    return reply.code(204).send(null);
  });

  api.post(`${AT}/:adjunct/stop`, { schema: { tags, summary: "Suspend it, for a time or until it is started", params: one, querystring: pauseQuery, response: { 204: z.null(), ...failures } } }, async ({ params, query }, reply) => {
    suspend(pausable(find(params)), query.for);
    return reply.code(204).send(null);
  });

  api.delete(`${AT}/:adjunct`, { schema: { tags, summary: "Remove it", params: one, response: { 204: z.null(), ...failures } } }, async ({ params }, reply) => {
    const adjunct = find(params);
    adjunct.entity.removeAdjunct(adjunct);
    return reply.code(204).send(null);
  });

  api.get(`${AT}/:adjunct/config`, { schema: { tags, summary: "Its config keys", params: one, response: { 200: z.array(ConfigSummary), ...failures } } }, async ({ params }) => adjunctConfig(find(params)));

  api.get(`${AT}/:adjunct/config-current`, { schema: { tags, summary: "Its config", params: one, response: { 200: z.record(z.string(), z.unknown()), ...failures } } }, async ({ params }) => currentAdjunctConfig(find(params)));

  api.get(`${AT}/:adjunct/config/:key`, { schema: { tags, produces: ["application/json", "text/plain"], summary: "A value of its config", params: one.extend({ key: z.string() }), response: { 200: z.unknown(), 204: z.null(), ...failures } } }, async (request, reply) => {
    const adjunct = find(request.params);
    return sendValue(request, reply, adjunctValue(adjunct, request.params.key));
  });

  api.post(
    `${AT}/:adjunct/config/:key`,
    { config: { body: "json" }, schema: { tags, summary: "Set a value of its config", consumes: [...consumes.json], params: one.extend({ key: z.string() }), body: JsonValue, response: { 200: z.unknown().describe("Nothing"), ...failures } } },
    async ({ params, body }, reply) => {
      find(params).reconfigure(params.key, body ?? undefined);
      return reply.code(200).send(undefined);
    },
  );

  api.get(
    `${AT}/:adjunct/activities`,
    { schema: { tags, summary: "Its tasks, the interesting ones first", params: one, querystring: z.object({ limit: count(200), recurse: flag(false) }), response: { 200: z.array(TaskSummary), ...failures } } },
    async ({ params, query }) => {
      const adjunct = find(params);
      const own = plane.tasks.tasksOf(adjunct.entity.id).filter(({ tags: each }) => each.some((tag) => isOf(tag, adjunct)));
      return interestingFirst(own, query).map((task) => taskSummary(task, { entity: plane.entity.bind(plane), detail: false }));
    },
  );

  api.get(`${AT}/:adjunct/icon`, { schema: { tags, summary: "Its icon: adjuncts have none", params: one, response: { 204: z.null(), ...failures } } }, async ({ params }, reply) => {
    find(params);
    return reply.code(204).send(null);
  });
}

const ContextTag = z.object({ wrappingType: z.literal("contextAdjunct"), object: z.object({ id: z.string() }) });

function isOf(tag: unknown, adjunct: Adjunct): boolean {
  const parsed = ContextTag.safeParse(tag);
  return parsed.success && parsed.data.object.id === adjunct.id;
}

/** Attaches one of a type by name or alias. @throws ClockerError `unknown-type`. */
export function attach(plane: ApiContext["plane"], entity: Adjunct["entity"], typeName: string, config: Record<string, Json>): Adjunct {
  const type = plane.types.adjunctType(typeName);
  if (type === undefined) {
    const { message, remedy } = notFound(`Cannot attach "${typeName}" to "${entity.displayName}": there is no such policy or enricher`, typeName, plane.types.adjunctTypes().map(({ name }) => name));
    throw new ClockerError("unknown-type", message, remedy === undefined ? {} : { remedy });
  }
  for (const key of type.config) if (config[key.name] !== undefined) key.type.coerce(config[key.name]);
  return entity.addAdjunct({ type: type.name, config });
}

/** @throws ClockerError `not-found` for a key that is neither declared nor set. */
export function adjunctValue(adjunct: Adjunct, name: string): unknown {
  const value = currentAdjunctConfig(adjunct)[name];
  const key = adjunct.type.config.find((each) => each.name === name);
  if (value === undefined && key === undefined) throw new ClockerError("not-found", `Config '${name}' not known`);
  return value ?? adjunctConfig(adjunct).find((each) => each.name === name)?.defaultValue;
}

export function resume(adjunct: Adjunct): void {
  adjunct.resume();
  adjunct.entity.touch();
}

export const pauseQuery = z.object({ for: z.string().optional().describe("A duration such as 1h, after which it resumes by itself") });

/** @throws ClockerError `invalid-value` for a duration that is none */
export function suspend(adjunct: Adjunct, duration?: string): void {
  const { clock } = adjunct.entity.management;
  adjunct.suspend(duration === undefined ? undefined : clock.now() + pauseOf(duration));
  adjunct.entity.touch();
}

function pauseOf(text: string): number {
  try {
    const duration = types.duration.coerce(text);
    if (Number.isFinite(duration) && duration > 0) return duration;
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
  }
  throw new ClockerError("invalid-value", `Cannot suspend for "${text}": expected a duration such as 30m or 1h`);
}

/** Enrichers always run, as in Brooklyn. */
function pausable(adjunct: Adjunct): Adjunct {
  if (adjunct.type.kind === "policy") return adjunct;
  throw new ClockerError("invalid-request", `Cannot start or stop "${adjunct.displayName}": it is an ${adjunct.type.kind}, and only policies can be stopped`);
}
