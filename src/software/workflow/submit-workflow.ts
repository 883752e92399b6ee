import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Submitted } from "../../model/management.ts";
import { readWorkflow } from "./definition.ts";
import { plainOf } from "./plain.ts";
import { fromLast, fromStep, resuming, type Continuation } from "./run/replay-points.ts";
import { START, type WorkflowRun } from "./run/workflow-run.ts";
import { goOn, runWorkflow } from "./run-workflow.ts";

/** Tags of a task that runs a workflow, by which clients find both (reference, 2.2). */
export function tagsOf(entity: Entity, workflowId: string, workflowName: string): unknown[] {
  return ["WORKFLOW", { applicationId: entity.application.id, entityId: entity.id, workflowId, workflowName }];
}

/**
 * Runs a workflow that somebody sent, as a task of an entity: what `POST .../entities/ID/workflows` does.
 * @throws ClockerError `invalid-blueprint` when it cannot be read, before there is a task
 */
export function submitWorkflow(entity: Entity, raw: Readonly<Record<string, unknown>>): Submitted<unknown> {
  const name = typeof raw["name"] === "string" ? raw["name"] : "workflow";
  const workflow = readWorkflow(raw, name, `workflow "${name}"`, entity);
  const id = entity.management.ids.taskId();
  return entity.management.submit(entity, name, async (work) => plainOf(await runWorkflow(entity, workflow, {}, work, { id })), {
    description: `Running workflow ${name} on ${entity.displayName}`,
    tags: [...tagsOf(entity, id, name), "NON-TRANSIENT"],
  });
}

/**
 * Runs a workflow again: what `POST .../workflows/ID/replay/from/STEP` does.
 * @param from `start`, `end` (where it is), `last` (the last point that is marked for it), or the position of a step, from 0
 * @throws ClockerError `conflict` while it runs, `invalid-request` when it may not be replayed from there, before there is a task
 */
export function replayWorkflow(run: WorkflowRun, from: string, options: { reason?: string; force?: boolean } = {}): Submitted<unknown> {
  const { entity, workflow } = run;
  const { reason = "manually requested", force = false } = options;
  if (!run.isEnded) throw new ClockerError("conflict", `Cannot replay workflow "${workflow.name}" while it runs`, { remedy: "Wait until it has ended, or cancel its task" });
  if (run.parent !== undefined) throw new ClockerError("invalid-request", `Cannot replay workflow "${workflow.name}" by itself: it is a part of "${run.root.workflow.name}"`, { remedy: `Replay workflow ${run.root.id}` });
  if (workflow.steps.length === 0) throw new ClockerError("invalid-request", `Cannot replay workflow "${workflow.name}": its steps can't be read any more`);
  if (workflow.replayable.disabled && !force) throw new ClockerError("invalid-request", `Cannot replay workflow "${workflow.name}": its definition forbids it`, { remedy: "Force it, if it does no harm" });
  const continuation = continuationFrom(run, from, force);
  return entity.management.submit(entity, `${workflow.name} (${reason})`, async (work) => {
    await goOn(run, work, continuation, reason);
    return plainOf(run.output);
  }, { description: `Replaying workflow ${workflow.name} on ${entity.displayName} from ${from}`, tags: [...tagsOf(entity, run.id, workflow.name), "NON-TRANSIENT"] });
}

function continuationFrom(run: WorkflowRun, from: string, force: boolean): Continuation {
  switch (from) {
    case "start":
      return fromStep(run, START, { force });
    case "last":
      return fromLast(run, { force });
    case "end":
      return resuming(run, { force });
    default:
      if (!/^-?\d{1,9}$/.test(from)) throw new ClockerError("invalid-request", `Cannot replay a workflow from "${from}"`, { remedy: "Give start, last, end, or the position of a step, from 0" });
      return fromStep(run, Number(from), { force });
  }
}
