import { z } from "zod";
import type { Adjunct } from "../../model/adjunct.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { findAdjunct, findEntity } from "../http/find.ts";
import { sendJson, sendValue } from "../http/negotiate.ts";
import { failures } from "../shapes/api-error.ts";
import { JsonValue } from "../shapes/json.ts";
import { adjunctConfig, adjunctState, currentAdjunctConfig, policySummary, PolicySummary } from "../shapes/adjunct-summary.ts";
import { ConfigSummary } from "../shapes/config-summary.ts";
import { adjunctValue, attach, pauseQuery, resume, suspend } from "./adjuncts.ts";
import { entityInPath } from "./entities.ts";

const tags = ["policies"];
const AT = "/applications/:application/entities/:entity/policies";
const one = entityInPath.extend({ policy: z.string().describe("Id or name") });
/** `priority` of a policy's key must be a whole number or absent (reference, trap 6). */
const PolicyConfigSummary = ConfigSummary.extend({ priority: z.int().optional() }).meta({ id: "PolicyConfigSummary" });

/** Policies by their older paths, which br uses. */
export function addPolicies(api: Api, { plane }: ApiContext): void {
  const find = (params: z.infer<typeof one>): Adjunct => findAdjunct(findEntity(plane, params.application, params.entity), params.policy, "policy");

  api.get(AT, { schema: { tags, summary: "The entity's policies", params: entityInPath, response: { 200: z.array(PolicySummary), ...failures } } }, async ({ params }) =>
    findEntity(plane, params.application, params.entity)
      .adjuncts.filter((adjunct) => adjunct.type.kind === "policy")
      .map((adjunct) => policySummary(adjunct)),
  );

  api.get(`${AT}/current-state`, { schema: { tags, summary: "Whether each policy runs, by id", params: entityInPath, response: { 200: z.record(z.string(), z.boolean()), ...failures } } }, async ({ params }) => {
    const policies = findEntity(plane, params.application, params.entity).adjuncts.filter((adjunct) => adjunct.type.kind === "policy");
    return Object.fromEntries(policies.map((policy) => [policy.id, policy.isRunning]));
  });

  api.post(
    AT,
    {
      config: { body: "values" },
      schema: { tags, summary: "Attach a policy", consumes: [...consumes.values], params: entityInPath, querystring: z.object({ type: z.string().min(1) }), body: z.record(z.string(), JsonValue), response: { 200: PolicySummary, ...failures } },
    },
    async ({ params, query, body }) => policySummary(attach(plane, findEntity(plane, params.application, params.entity), query.type, body)),
  );

  api.get(`${AT}/:policy`, { schema: { tags, summary: "A policy's state, as a JSON string", params: one, response: { 200: z.unknown(), ...failures } } }, async ({ params }, reply) => sendJson(reply, adjunctState(find(params))));

  const actions = { start: resume, destroy: (policy: Adjunct) => policy.entity.removeAdjunct(policy) } as const;
  for (const [name, act] of Object.entries(actions)) {
    api.post(`${AT}/:policy/${name}`, { schema: { tags, summary: `${name[0]?.toUpperCase()}${name.slice(1)} a policy`, params: one, response: { 204: z.null(), ...failures } } }, async ({ params }, reply) => {
      act(find(params));
      return reply.code(204).send(null);
    });
  }
  api.post(`${AT}/:policy/stop`, { schema: { tags, summary: "Stop a policy, for a time or until it is started", params: one, querystring: pauseQuery, response: { 204: z.null(), ...failures } } }, async ({ params, query }, reply) => {
    suspend(find(params), query.for);
    return reply.code(204).send(null);
  });

  api.get(`${AT}/:policy/config`, { schema: { tags, summary: "A policy's config keys", params: one, response: { 200: z.array(PolicyConfigSummary), ...failures } } }, async ({ params }) =>
    adjunctConfig(find(params)).map(({ priority: _ignored, ...key }) => key),
  );

  api.get(`${AT}/:policy/config/current-state`, { schema: { tags, summary: "A policy's config", params: one, response: { 200: z.record(z.string(), z.unknown()), ...failures } } }, async ({ params }) => currentAdjunctConfig(find(params)));

  api.get(`${AT}/:policy/config/:key`, { schema: { tags, produces: ["application/json", "text/plain"], summary: "A value of a policy's config", params: one.extend({ key: z.string() }), response: { 200: z.unknown(), 204: z.null(), ...failures } } }, async (request, reply) =>
    sendValue(request, reply, adjunctValue(find(request.params), request.params.key)),
  );

  // With `/set` as in 2014.
  for (const path of [`${AT}/:policy/config/:key`, `${AT}/:policy/config/:key/set`]) {
    api.post(
      path,
      { config: { body: "json" }, schema: { tags, summary: "Set a value of a policy's config", consumes: [...consumes.json], params: one.extend({ key: z.string() }), querystring: z.object({ value: z.string().optional() }), body: JsonValue.optional(), response: { 200: z.unknown().describe("Nothing"), ...failures } } },
      async ({ params, query, body }, reply) => {
        find(params).reconfigure(params.key, body ?? query.value);
        return reply.code(200).send(undefined);
      },
    );
  }
}
