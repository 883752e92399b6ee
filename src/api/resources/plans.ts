import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { Applied, ApplyRequest } from "../../management/plan/apply/changes.ts";
import type { PlanRequest } from "../../management/plan/planner.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { blueprintFailure } from "../http/blueprint-failures.ts";
import { consumes } from "../http/bodies.ts";
import { findApplication } from "../http/find.ts";
import { flag } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";
import { ApplySummary, PlanSummary, RevisionSummary } from "../shapes/plan-summary.ts";
import { withoutSecrets } from "../shapes/secrets.ts";
import { taskSummary } from "../shapes/task-summary.ts";
import { planOf } from "./plan-of.ts";

const tags = ["plans"];
const inPath = z.object({ application: z.string().describe("Id, or name in any case") });
const order = z.enum(["start-first", "stop-first"]).optional().describe("How replacements go; without it the new one starts first, unless both can't be at once");
const duration = z.string().optional().transform((text, context) => {
  if (text === undefined) return undefined;
  try {
    return types.duration.coerce(/^\d+$/.test(text) ? `${text}s` : text);
  } catch {
    context.addIssue("expected a time such as 30s or 2m");
    return z.NEVER;
  }
});
const planQuery = z.object({
  application: z.string().optional().describe("The application to change: id or name; without it, the one that has the blueprint's id or name"),
  new: flag(false).describe("Whether a new application is meant, whatever runs"),
  order,
});
const applyQuery = z.object({
  order,
  parallel: z.coerce.number().int().min(1).max(1_000).default(1).describe("How many entities change at once"),
  monitor: duration.describe("How long what is new must stay up, such as 10s; 5s by default"),
  gateTimeout: duration.describe("How long it may take to come up; 5m by default"),
  rollback: flag(true).describe("Whether everything is put back when a part fails"),
  plan: z.string().optional().describe("The id of the plan that was looked at: refused (409) when it would be another one now"),
  note: z.string().max(1_000).optional().describe("For the application's history"),
});
type ApplyQuery = z.output<typeof applyQuery>;

/** What a blueprint would do, doing it, and the history of that. */
export function addPlans(api: Api, context: ApiContext): void {
  const { plane, server } = context;
  const { planner, changes, revisions } = server.applications;

  api.post(
    "/plan",
    {
      config: { body: "plan" },
      schema: {
        tags,
        summary: "What a blueprint would do",
        description: "A dry run that touches nothing. Problems of the blueprint are part of the answer.",
        consumes: [...consumes.plan],
        querystring: planQuery,
        body: z.string(),
        response: { 200: PlanSummary, ...failures },
      },
    },
    async ({ body, query }) => {
      const text = await planOf(context, body);
      await planner.open(text);
      return planner.plan(text, requestOf(context, query, text)).plan as PlanSummary;
    },
  );

  api.post(
    "/apply",
    {
      config: { body: "plan" },
      schema: {
        tags,
        summary: "Bring an application to what a blueprint says",
        description: "Makes the application where there is none. 200 where there is nothing to change; else 202, and the task tells how it goes.",
        consumes: [...consumes.plan],
        querystring: planQuery.extend(applyQuery.shape),
        body: z.string(),
        response: { 200: ApplySummary, 202: ApplySummary, ...failures },
      },
    },
    async ({ body, query, user }, reply) => {
      const text = await planOf(context, body);
      const applied = await changes.apply(text, { ...requestOf(context, query, text), ...applyRequest(query, user) }).catch((error: unknown) => {
        throw error instanceof ClockerError ? blueprintFailure(error) : error;
      });
      return answer(context, reply, applied);
    },
  );

  api.get("/applications/:application/revisions", { schema: { tags, summary: "The blueprints that an application was deployed from and changed to", params: inPath, response: { 200: z.array(RevisionSummary), ...failures } } }, async ({ params }) =>
    listed(context, findApplication(plane, params.application)),
  );

  api.get(
    "/applications/:application/revisions/:revision",
    { schema: { tags, summary: "A revision with its blueprint, secrets left out", params: inPath.extend({ revision: z.coerce.number().int() }), response: { 200: RevisionSummary.extend({ blueprint: z.string() }), ...failures } } },
    async ({ params }) => {
      const application = findApplication(plane, params.application);
      const blueprint = plane.knownSecrets.scrub(String(withoutSecrets(revisions.text(application, params.revision))));
      const found = listed(context, application).find(({ number }) => number === params.revision);
      if (found === undefined) throw new ClockerError("not-found", `"${application.displayName}" has no revision ${params.revision}`);
      return { ...found, blueprint };
    },
  );

  api.post(
    "/applications/:application/revisions/:revision/apply",
    {
      schema: {
        tags,
        summary: "Go back to an earlier revision",
        params: inPath.extend({ revision: z.coerce.number().int() }),
        querystring: applyQuery,
        response: { 200: ApplySummary, 202: ApplySummary, ...failures },
      },
    },
    async ({ params, query, user }, reply) => answer(context, reply, await changes.rollBack(findApplication(plane, params.application), params.revision, applyRequest(query, user))),
  );
}

function listed({ server }: ApiContext, application: Entity): RevisionSummary[] {
  const { changes, revisions } = server.applications;
  const current = revisions.current(application)?.number;
  return changes.revisions(application).map((each) => ({ ...each, isCurrent: each.number === current }));
}

/** An application that is named and not there is made, where the blueprint bears that name itself. */
function requestOf({ plane, server }: ApiContext, query: z.output<typeof planQuery>, text: string): PlanRequest {
  const common = { isNew: query.new, order: query.order };
  if (query.application === undefined || query.new) return common;
  try {
    return { ...common, application: findApplication(plane, query.application) };
  } catch (error) {
    if (!(error instanceof ClockerError) || error.code !== "not-found") throw error;
    const { name } = server.applications.planner.plan(text, { isNew: true }).plan.application;
    if (name.toLowerCase() === query.application.toLowerCase()) return { ...common, isNew: true };
    throw new ClockerError("not-found", error.message, { remedy: error.remedy ?? `To make it, give the blueprint the name "${query.application}"` });
  }
}

function applyRequest({ parallel, monitor, gateTimeout, rollback, plan, note, order: asked }: ApplyQuery, user: string | undefined): ApplyRequest {
  return { parallel, rollback, planId: plan, note, order: asked, by: user ?? "anonymous", ...(monitor === undefined ? {} : { monitor }), ...(gateTimeout === undefined ? {} : { timeout: gateTimeout }) };
}

function answer({ plane }: ApiContext, reply: FastifyReply, { plan, change, application, revision }: Applied): FastifyReply {
  const body: ApplySummary = {
    plan: plan as PlanSummary,
    ...(application === undefined ? {} : { applicationId: application.id }),
    ...(revision === undefined ? {} : { revision }),
    ...(change === undefined ? {} : { task: taskSummary(change.task, { entity: plane.entity.bind(plane), detail: true }) }),
  };
  return reply.code(change === undefined ? 200 : 202).send(body);
}
