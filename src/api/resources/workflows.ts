import { z } from "zod";
import { parseYaml } from "../../blueprint/index.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { replayWorkflow, runJson, submitWorkflow, type WorkflowRun, WorkflowRuns } from "../../software/workflow/index.ts";
import { withoutKnown } from "../../management/secrets/scrubbed.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { findEntity } from "../http/find.ts";
import { flag } from "../http/query.ts";
import { waitFor, waitOf } from "../http/timeouts.ts";
import { failures } from "../shapes/api-error.ts";
import { withoutSecrets } from "../shapes/secrets.ts";
import { taskSummary, TaskSummary } from "../shapes/task-summary.ts";
import { WorkflowSummary } from "../shapes/workflow-summary.ts";
import { entityInPath } from "./entities.ts";

const tags = ["workflows"];
const AT = "/applications/:application/entities/:entity/workflows";
const workflowInPath = entityInPath.extend({ workflow: z.string().describe("Id of the workflow, as `workflowId` in the tags of its tasks has it") });
const query = z.object({ suppressSecrets: flag(true) });

/** Workflows of an entity: look at, run, replay, forget (reference, 1.3). */
export function addWorkflows(api: Api, context: ApiContext): void {
  const { plane } = context;
  const entity = plane.entity.bind(plane);
  const runs = WorkflowRuns.of(plane);
  // What is known to be a secret is never shown, whatever it is called.
  const shown = (run: WorkflowRun): WorkflowSummary => withoutSecrets(withoutKnown(runJson(run), plane.knownSecrets)) as WorkflowSummary;

  api.get(AT, { schema: { tags, summary: "The entity's workflows that are kept, by id", params: entityInPath, querystring: query, response: { 200: z.record(z.string(), WorkflowSummary), ...failures } } }, async ({ params }) => {
    const owner = findEntity(plane, params.application, params.entity);
    return Object.fromEntries(runs.of(owner).map((run) => [run.id, shown(run)]));
  });

  api.get(`${AT}/:workflow`, { schema: { tags, summary: "A workflow", params: workflowInPath, querystring: query, response: { 200: WorkflowSummary, ...failures } } }, async ({ params }) =>
    shown(findRun(runs, findEntity(plane, params.application, params.entity), params.workflow)),
  );

  api.delete(`${AT}/:workflow`, { schema: { tags, summary: "Forget a workflow that has ended", params: workflowInPath, querystring: query, response: { 200: WorkflowSummary, ...failures } } }, async ({ params }) => {
    const run = findRun(runs, findEntity(plane, params.application, params.entity), params.workflow);
    if (!run.isEnded) throw new ClockerError("invalid-request", `Workflow '${run.id}' could not be deleted: it runs`, { remedy: "Cancel its task first" });
    if (run.parent !== undefined) throw new ClockerError("invalid-request", `Workflow '${run.id}' could not be deleted: it is a part of workflow '${run.root.id}'`, { remedy: "Delete that one" });
    const answer = shown(run);
    runs.remove(run);
    await plane.documents.flush();
    return answer;
  });

  api.post(
    AT,
    {
      config: { body: "plan" },
      schema: {
        tags,
        summary: "Run a workflow on the entity",
        description: "The body is a map with `steps`, and what else a workflow takes (`name`, `input`, `output`, `on-error`, ...), or the list of the steps, as YAML.",
        consumes: [...consumes.plan],
        params: entityInPath,
        querystring: z.object({ timeout: z.string().optional().describe("How long to wait for it to end: 20ms unless given") }),
        body: z.string(),
        response: { 200: TaskSummary, ...failures },
      },
    },
    async ({ params, query: { timeout }, body }) => {
      const owner = findEntity(plane, params.application, params.entity);
      const { task } = submitWorkflow(owner, definitionIn(body));
      await plane.documents.flush();
      await waitFor(task, waitOf(timeout, 20), plane.clock);
      return taskSummary(task, { entity, detail: true });
    },
  );

  api.post(
    `${AT}/:workflow/replay/from/:step`,
    {
      schema: {
        tags,
        summary: "Run a workflow again from one of its steps",
        params: workflowInPath.extend({ step: z.string().describe("`start`, `last` (the last point marked for it), `end` (where it failed or was cut off), or the position of a step, from 0") }),
        querystring: z.object({ reason: z.string().max(500).optional(), force: flag(false).describe("Also from where the workflow does not say that it does no harm"), timeout: z.string().optional() }),
        response: { 200: TaskSummary, ...failures },
      },
    },
    async ({ params, query: options, caller }) => {
      if (options.force && !context.rules.entitled(caller, "entity.modify")) throw new ClockerError("forbidden", "Cannot force the replay of a workflow: that needs the permission to change entities");
      const run = findRun(runs, findEntity(plane, params.application, params.entity), params.workflow);
      const { task } = replayWorkflow(run, params.step, { force: options.force, ...(options.reason === undefined ? {} : { reason: options.reason }) });
      await waitFor(task, waitOf(options.timeout, 20), plane.clock);
      return taskSummary(task, { entity, detail: true });
    },
  );
}

function findRun(runs: WorkflowRuns, owner: Entity, id: string): WorkflowRun {
  const run = runs.find(owner, id);
  if (run === undefined) throw new ClockerError("not-found", `Cannot find workflow with ID '${id}'`, { remedy: "Workflows that ended are kept as their retention says" });
  return run;
}

/** @throws ClockerError `invalid-yaml`, `invalid-request` */
function definitionIn(body: string): Readonly<Record<string, unknown>> {
  const { value } = parseYaml(body, { source: "the workflow" });
  if (Array.isArray(value)) return { steps: value };
  if (isRecord(value)) return value;
  throw new ClockerError("invalid-request", 'Cannot run a workflow: the body is none: expected a map with "steps"', { remedy: "For instance { steps: [ log hello ] }" });
}
