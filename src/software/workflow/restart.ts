import type { Management } from "../../model/management.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { hasLeftJobs, removeLeftJobs } from "../container/container-job.ts";
import { plainOf } from "./plain.ts";
import { WorkflowRuns } from "./run/runs.ts";
import type { WorkflowRun } from "./run/workflow-run.ts";
import { resuming } from "./run/replay-points.ts";
import { goOn, interruption } from "./run-workflow.ts";
import { tagsOf } from "./submit-workflow.ts";

/**
 * Takes up the workflows that the end of the server cut off. As in Brooklyn, the step where each was fails with an interruption, which its `on-error` or that of the
 * workflow may handle; one with `replayable: automatically` goes on else, where that does no harm; others have failed, and can be replayed by users.
 */
export function resumeWorkflows(management: Management): void {
  if (hasLeftJobs(management)) management.submit(undefined, "Remove containers whose tasks were cut off", (work) => removeLeftJobs(management, work));
  const runs = WorkflowRuns.of(management).restore();
  for (const run of runs) if (!run.isEnded) takeUp(run);
  for (const run of runs) if (run.isEnded) letGo(run);
}

function takeUp(run: WorkflowRun): void {
  const { entity, workflow } = run;
  const { clock } = entity.management;
  const error = interruption();
  for (const each of run.all()) if (!each.isEnded) each.interrupted(error, clock.now());
  if (workflow.steps.length === 0 || !mayHandle(run)) {
    for (const each of run.all()) if (!each.isEnded) each.fail("ERROR_SHUTDOWN", error, clock.now());
    return;
  }
  const reason = "interrupted by a restart of the server";
  entity.management.submit(entity, `${workflow.name} (${reason})`, async (work) => {
    await goOn(run, work, resuming(run, { inject: error }), reason);
    return plainOf(run.output);
  }, { description: `Going on with workflow ${workflow.name} on ${entity.displayName}`, tags: [...tagsOf(entity, run.id, workflow.name), "NON-TRANSIENT"] });
}

/** Whether anything hears of the interruption, so that it is more than a failure. */
function mayHandle(run: WorkflowRun): boolean {
  const { workflow, current } = run;
  const step = current === undefined ? undefined : workflow.steps[current.stepIndex];
  return workflow.replayable.automatically || workflow.onError !== undefined || step?.fields["on-error"] !== undefined || current?.subs.some((sub) => !sub.isEnded && mayHandle(sub)) === true;
}

/** One that has failed holds no lock. */
function letGo(run: WorkflowRun): void {
  for (const { entity, workflow, id } of run.all()) {
    if (workflow.lock === undefined || entity.sensorValue(`lock-${workflow.lock}`)?.value !== id) continue;
    entity.set(sensor(`lock-${workflow.lock}`, types.string, ""), undefined);
  }
}
