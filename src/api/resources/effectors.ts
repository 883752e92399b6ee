import { z } from "zod";
import type { Effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { findEntity, notFound } from "../http/find.ts";
import { sendJson } from "../http/negotiate.ts";
import { waitFor, waitOf } from "../http/timeouts.ts";
import { failures } from "../shapes/api-error.ts";
import { effectorsOf, effectorSummary, EffectorSummary } from "../shapes/effector-summary.ts";
import { withoutSecrets } from "../shapes/secrets.ts";
import { taskSummary } from "../shapes/task-summary.ts";
import { jsonOf } from "../shapes/values.ts";
import { entityInPath } from "./entities.ts";

const tags = ["effectors"];
const AT = "/applications/:application/entities/:entity/effectors";

/** Effectors: list, invoke. */
export function addEffectors(api: Api, { plane, server }: ApiContext): void {
  api.get(AT, { schema: { tags, summary: "The entity's effectors, by name", params: entityInPath, response: { 200: z.array(EffectorSummary), ...failures } } }, async ({ params }) => {
    const entity = findEntity(plane, params.application, params.entity);
    return effectorsOf(entity).map((each) => effectorSummary(entity, each));
  });

  api.post(
    `${AT}/:effector`,
    {
      config: { body: "values" },
      schema: {
        tags,
        summary: "Invoke an effector",
        description: "Without `timeout` (or with `never`) the answer is the effector's result (200), when it has ended; with `0` or `always` it is the task (202) at once; with a duration it is the result if it ends in time, else the task.",
        consumes: [...consumes.values],
        params: entityInPath.extend({ effector: z.string() }),
        querystring: z.object({ timeout: z.string().optional() }),
        body: z.record(z.string(), z.unknown()),
        response: { 200: z.unknown().describe("The result; nothing of a void effector"), 202: z.unknown().describe("The TaskSummary of the running task"), ...failures },
      },
    },
    async ({ params, query, body }, reply) => {
      const entity = findEntity(plane, params.application, params.entity);
      const wait = waitOf(query.timeout, Infinity);
      checkParameters(entity, effectorOf(entity, params.effector), body);
      const { task, result } = server.applications.invoke(entity, params.effector, body);
      if (!(await waitFor(task, wait, plane.clock))) return sendJson(reply.code(202), taskSummary(task, { entity: plane.entity.bind(plane), detail: true }));
      const value = jsonOf(await result);
      return value === undefined || value === null ? reply.code(200).send() : sendJson(reply.code(200), withoutSecrets(value));
    },
  );
}

function effectorOf(entity: Entity, name: string): Effector {
  const found = entity.effector(name);
  if (found !== undefined) return found;
  throw notFound(`Entity '${entity.displayName}' has no effector with name '${name}'`, name, entity.effectors().map((each) => each.name));
}

/** Refuses wrong parameters before a task is made of the call. */
function checkParameters(entity: Entity, { name, parameters }: Effector, given: Readonly<Record<string, unknown>>): void {
  for (const parameter of parameters) {
    const value = given[parameter.name];
    if (value === undefined || value === null) continue;
    try {
      parameter.type.coerce(value);
    } catch (error) {
      if (!(error instanceof CoercionError)) throw error;
      throw new ClockerError("invalid-value", `Cannot invoke "${name}" on "${entity.displayName}": parameter "${parameter.name}" must be ${error.expected}`);
    }
  }
}
