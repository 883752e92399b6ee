import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { CoercionError } from "../../model/value-type.ts";
import { holds } from "./conditions.ts";
import type { Workflow } from "./definition.ts";
import { interpolated } from "./interpolate.ts";
import { withLock } from "./lock.ts";
import { type Continuation, resuming } from "./run/replay-points.ts";
import { WorkflowRuns } from "./run/runs.ts";
import { START, WorkflowRun } from "./run/workflow-run.ts";
import { continuationOf, handle, noStep, positionOf, runSteps } from "./run-steps.ts";
import type { Scope } from "./scope.ts";
import type { Flow } from "./step-type.ts";
import { withTimeout } from "./with-timeout.ts";

/** Workflows within workflows. */
const DEEPEST = 20;

/**
 * Runs a workflow on an entity, its steps as sub-tasks, and keeps it to look at and to replay.
 * @param input goes before the workflow's own
 * @returns its output: what `return` gave, else its `output`, else that of its last step; undefined when its condition does not hold
 */
export async function runWorkflow(entity: Entity, workflow: Workflow, input: Readonly<Record<string, unknown>>, work: Work, options: { id?: string } = {}): Promise<unknown> {
  const { clock, ids } = entity.management;
  const run = new WorkflowRun({ id: options.id ?? ids.taskId(), entity, workflow, now: clock.now() });
  run.input = await inputOf(workflow, input, scopeOf(run, input), work);
  if (!(await holds(workflow.condition, scopeOf(run, run.input), work))) return undefined;
  WorkflowRuns.of(entity.management).add(run);
  await runAndExpire(run, work, { kind: "step", index: START }, "initial run");
  return run.output;
}

/** As `runWorkflow`, as a step of the work: what has other work to show, or may run several. */
export async function runAsStep(entity: Entity, workflow: Workflow, input: Readonly<Record<string, unknown>>, work: Work, name = workflow.name): Promise<unknown> {
  const id = entity.management.ids.taskId();
  const tag = { applicationId: entity.application.id, entityId: entity.id, workflowId: id, workflowName: workflow.name };
  return work.step(name, (inner) => runWorkflow(entity, workflow, input, inner, { id }), { tags: ["WORKFLOW", tag], entityId: entity.id });
}

/** Runs a workflow again, or goes on with it: its output is in the run. @throws what its steps throw that nothing handles */
export async function goOn(run: WorkflowRun, work: Work, from: Continuation, reason: string): Promise<void> {
  await runAndExpire(run, work, from, reason);
  for (const type of run.entity.type.traits) afterReplays.get(type)?.(run);
}

const afterReplays = new Map<string, (run: WorkflowRun) => void>();

/** What entities of a type do when one of their workflows has been replayed well: what first ran it is gone by then. */
export function afterReplay(type: string, tell: (run: WorkflowRun) => void): void {
  afterReplays.set(type, tell);
}

async function runAndExpire(run: WorkflowRun, work: Work, from: Continuation, reason: string): Promise<void> {
  const runs = WorkflowRuns.of(run.entity.management);
  try {
    await runOnce(run, scopeOf(run, run.input), work, from, reason);
  } finally {
    if (run.entity.isManaged) runs.expire(run.entity);
  }
}

async function runOnce(run: WorkflowRun, scope: Scope, work: Work, from: Continuation, reason: string): Promise<void> {
  const { workflow, entity } = run;
  const { clock } = entity.management;
  run.begin(work.taskId, reason, clock.now());
  try {
    const output = await withLock(run, workflow.lock, work, async () => {
      const limit = workflow.timeout === undefined ? undefined : types.duration.coerce(await interpolated(workflow.timeout, scope, work));
      return withTimeout(work, clock, limit, workflow.name, (inTime) => runHandled(run, scope, inTime, from));
    });
    run.succeed(output, clock.now());
  } catch (error) {
    const status = !entity.isManaged ? "ERROR_ENTITY_DESTROYED" : work.signal.aborted ? "ERROR_CANCELLED" : isInterruption(error) ? "ERROR_SHUTDOWN" : "ERROR";
    run.fail(status, error, clock.now());
    throw error;
  }
}

/** That the server ended while a workflow ran (Brooklyn's `DanglingWorkflowException`). */
export function interruption(): ClockerError {
  return new ClockerError("interrupted", "The workflow was interrupted by a restart of the management server", { remedy: "Replay it" });
}

export function isInterruption(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) if (cause instanceof ClockerError && cause.code === "interrupted") return true;
  return false;
}

async function runHandled(run: WorkflowRun, scope: Scope, work: Work, from: Continuation): Promise<unknown> {
  const { workflow } = run;
  let going = from;
  let wasInterrupted = false;
  for (;;) {
    let flow: Flow | undefined;
    try {
      flow = await runSteps(run, scope, work, going);
      if (flow !== undefined && flow.kind !== "return") throw new ClockerError("invalid-value", `There is no step with the id "${flow.kind === "goto" ? flow.label : flow.from}" in "${workflow.name}"`);
      return await outputOf(run, scope, flow, work);
    } catch (error) {
      work.signal.throwIfAborted();
      const isAutomatic = workflow.replayable.automatically && isInterruption(error) && !wasInterrupted;
      try {
        if (workflow.onError === undefined) throw error;
        flow = await handle(workflow, workflow.onError, error, scope, work);
      } catch (unhandled) {
        work.signal.throwIfAborted();
        if (!isAutomatic) throw unhandled;
        wasInterrupted = true;
        going = resuming(run);
        continue;
      }
      if (flow === undefined || flow.kind === "return") return outputOf(run, scope, flow, work);
      const next = flow.kind === "replay" ? retried(flow, run, error) : jump(run, flow.label);
      if (next === undefined) return outputOf(run, scope, undefined, work);
      going = next;
    }
  }
}

/** After an error of the workflow a step of it may go on; its end ends it. */
function jump(run: WorkflowRun, label: string): Continuation | undefined {
  const index = positionOf(label, run);
  return index === undefined || index >= run.workflow.steps.length ? undefined : { kind: "goto", index };
}

/** Where there is no point to go on from, the error that there was shows. */
function retried(flow: Extract<Flow, { kind: "replay" }>, run: WorkflowRun, cause: unknown): Continuation {
  try {
    return continuationOf(flow, run, { isHandling: true });
  } catch (error) {
    if (!(error instanceof ClockerError)) throw error;
    throw new ClockerError(error.code, error.message, { cause, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) });
  }
}

async function outputOf({ workflow }: WorkflowRun, scope: Scope, flow: Flow | undefined, work: Work): Promise<unknown> {
  if (flow?.kind === "return") return flow.value;
  return workflow.output === undefined ? scope.output : interpolated(workflow.output, scope, work);
}

/** A workflow within a step of another. One that shares its variables passes on where its steps lead. */
async function runWithin(run: WorkflowRun, input: Readonly<Record<string, unknown>>, outer: Scope, work: Work, from: Continuation): Promise<Flow | undefined> {
  let depth = 0;
  for (let above = run.parent; above !== undefined; above = above.parent) depth++;
  if (depth > DEEPEST) throw new ClockerError("invalid-value", `Cannot run a workflow that is ${depth} deep: at most ${DEEPEST} are allowed`);
  if (!run.isLocal) {
    if (run.status === "STAGED") run.input = await inputOf(run.workflow, input, outer, work);
    await runOnce(run, scopeOf(run, run.input), work, from, run.replays.length === 0 ? "initial run" : "replay of the workflow around it");
    return undefined;
  }
  const { clock } = run.entity.management;
  const scope: Scope = { ...outer, run };
  run.begin(work.taskId, "steps", clock.now());
  try {
    const flow = await runSteps(run, scope, work, from);
    outer.output = scope.output;
    run.succeed(scope.output, clock.now());
    return flow;
  } catch (error) {
    run.fail(isInterruption(error) ? "ERROR_SHUTDOWN" : "ERROR", error, clock.now());
    throw error;
  }
}

function scopeOf(run: WorkflowRun, input: Readonly<Record<string, unknown>>): Scope {
  const instances = [...run.steps.values()].flatMap(({ context }) => (context?.id === undefined ? [] : [[context.id, context] as const]));
  const output = run.previousStepIndex === undefined ? undefined : run.steps.get(run.previousStepIndex)?.context?.output;
  return { run, entity: run.entity, input, variables: run.variables, instances: new Map(instances), output, runWithin, ...noStep };
}

/** The workflow's own input, what it is given, and the defaults of its parameters, each as its parameter's type has it. */
async function inputOf({ input: own, parameters }: Workflow, given: Readonly<Record<string, unknown>>, scope: Scope, work: Work): Promise<Record<string, unknown>> {
  const resolved = await interpolated(own, scope, work);
  const input: Record<string, unknown> = { ...(isRecord(resolved) ? resolved : {}), ...given };
  for (const { name, type, defaultValue } of parameters) {
    if (input[name] === undefined && defaultValue !== undefined) input[name] = defaultValue;
    if (input[name] === undefined || input[name] === null) continue;
    try {
      input[name] = type.coerce(input[name]);
    } catch (error) {
      if (!(error instanceof CoercionError)) throw error;
      throw new ClockerError("invalid-value", `Cannot run the workflow: parameter "${name}" must be ${error.expected}`, { cause: error });
    }
  }
  return input;
}
