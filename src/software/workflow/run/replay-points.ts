import { ClockerError } from "../../../model/errors.ts";
import { START, type WorkflowRun } from "./workflow-run.ts";

/** Where a workflow goes on: within the step where it was, from a step anew as it was begun then (`START` being before all), or at a step as things are. */
export type Continuation = { readonly kind: "resume"; readonly inject?: Error; readonly force?: boolean } | { readonly kind: "step"; readonly index: number } | { readonly kind: "goto"; readonly index: number; readonly inject?: Error };

/**
 * Whether the step where a workflow was cut off may be run again as it is (Brooklyn's `isReplayResumable`): it says so itself, or its kind does no harm when it
 * is run twice, or the workflows within it may each go on.
 */
export function isResumable(run: WorkflowRun): boolean {
  const step = run.current === undefined ? undefined : run.workflow.steps[run.current.stepIndex];
  if (run.current === undefined || step === undefined) return true;
  const said = step.fields["idempotent"];
  if (said !== undefined && /^(yes|true|on|all)$/i.test(String(said))) return true;
  if (said !== undefined && /^(no|false|off)$/i.test(String(said))) return false;
  if (step.type.hasSteps === true) return run.current.subs.every((sub) => sub.status === "SUCCESS" || isResumable(sub));
  return run.idempotentAll || step.type.isIdempotent !== false;
}

/**
 * Where a workflow goes on that failed or was cut off: within its step when that may be run again, else from the last point that is marked for it.
 * @throws ClockerError `invalid-request` when there is none
 */
export function resuming(run: WorkflowRun, options: { force?: boolean; inject?: Error } = {}): Continuation {
  const { currentStepIndex: index, current } = run;
  if (index === undefined) return { kind: "step", index: START };
  // It was between two steps.
  if (current === undefined || current.stepIndex !== index) return { kind: "goto", index, ...(options.inject === undefined ? {} : { inject: options.inject }) };
  if (options.force === true || options.inject !== undefined || isResumable(run)) return { kind: "resume", ...options };
  if (run.replayableLastStep === undefined || run.replayableLastStep < START) {
    throw new ClockerError("invalid-request", `Cannot resume workflow "${run.workflow.name}": step ${index + 1} may not be run twice, and there is no point before it from which to replay`, {
      remedy: "Mark a step with `replayable: from here`, or this one with `idempotent: yes`; or force it",
    });
  }
  return fromStep(run, run.replayableLastStep);
}

/** From the last point that is marked for it. @throws ClockerError `invalid-request` when there is none */
export function fromLast(run: WorkflowRun, options: { force?: boolean } = {}): Continuation {
  const last = run.replayableLastStep;
  return fromStep(run, last === undefined || last < START ? START : last, options);
}

/**
 * From a step, or the nearest before it that is marked for it (Brooklyn's `findNearestReplayPoint`).
 * @throws ClockerError `invalid-request` when there is none
 */
export function fromStep(run: WorkflowRun, index: number, options: { force?: boolean } = {}): Continuation {
  if (index < START || index >= run.workflow.steps.length) {
    throw new ClockerError("invalid-request", `Cannot replay workflow "${run.workflow.name}" from step ${index}: it has the steps 0 to ${run.workflow.steps.length - 1}`);
  }
  if (options.force === true) return { kind: "step", index };
  const considered = new Set<number>();
  const waiting = [index];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    if (considered.has(at)) continue;
    considered.add(at);
    if (at === START ? run.replayableFromStart : run.steps.get(at)?.replayableFromHere === true) return { kind: "step", index: at };
    waiting.push(...[...(run.steps.get(at)?.previous ?? [])].reverse());
  }
  if (run.replayableFromStart) return { kind: "step", index: START };
  throw new ClockerError("invalid-request", `Cannot replay workflow "${run.workflow.name}" from ${index === START ? "its start" : `step ${index}`}: neither that nor a step before it is marked for it`, {
    remedy: "Give the workflow `replayable: from start` or a step `replayable: from here`; or force it",
  });
}
