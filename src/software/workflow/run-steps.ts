import { ClockerError, messageOf } from "../../model/errors.ts";
import { nearest } from "../../model/nearest.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { holds } from "./conditions.ts";
import { interpolated } from "./interpolate.ts";
import { commonKeys, readStepsOnce } from "./read-steps.ts";
import { type Continuation, fromLast, fromStep, isResumable, resuming } from "./run/replay-points.ts";
import { readRetention } from "./run/retention.ts";
import { START, type StepInstance, type WorkflowRun } from "./run/workflow-run.ts";
import { missing, type Scope, shownAs } from "./scope.ts";
import { callOf } from "./step-call.ts";
import type { Flow, Step } from "./step-type.ts";
import { withTimeout } from "./with-timeout.ts";

/** Steps that one list may run before it is taken to run in circles. */
const MOST_RUNS = 100_000;

/**
 * Runs the steps of a workflow one after the other, each as a task; what they give is in the scope. Where it is, is stored before each step, so that it can go
 * on there.
 * @returns where they lead, when they do not end at their end
 * @throws what a step throws that no `on-error` handles
 */
export async function runSteps(run: WorkflowRun, scope: Scope, work: Work, from: Continuation): Promise<Flow | undefined> {
  const { steps } = run.workflow;
  let going: Continuation | undefined = from;
  for (let runs = 1; ; runs++) {
    if (runs > MOST_RUNS) throw new ClockerError("invalid-value", `The workflow ran ${MOST_RUNS} steps and has not ended: it runs in circles`);
    work.signal.throwIfAborted();
    if (going !== undefined) goTo(run, scope, going);
    const index = run.currentStepIndex ?? 0;
    const step = steps[index];
    if (step === undefined) return undefined;
    const resume: Extract<Continuation, { kind: "resume" }> | undefined = going?.kind === "resume" ? going : undefined;
    going = undefined;
    if (resume === undefined && !(await isMet(step, scope, work))) {
      run.currentStepIndex = index + 1;
      continue;
    }
    const instance = resume === undefined || run.current === undefined ? newInstance(step, index) : run.current;
    const flow = (await asTask(`${index + 1} - ${step.name}`, { step, instance, scope, resume, isHandling: false }, work)) ?? flowOfNext(step);
    if (flow === undefined) run.currentStepIndex = index + 1;
    else if (flow.kind === "return") {
      run.currentStepIndex = steps.length;
      return flow;
    } else if (flow.kind === "replay") going = continuationOf(flow, run, { isHandling: false });
    else {
      const to = positionOf(flow.label, run);
      if (to === undefined) return flow;
      run.currentStepIndex = to;
    }
  }
}

/** The condition of a step that goes through several things is about each of them. */
async function isMet(step: Step, scope: Scope, work: Work): Promise<boolean> {
  const { condition, target } = step.fields;
  if (condition === undefined || (step.type.hasSteps === true && target !== undefined)) return true;
  return holds(condition, scope, work);
}

function goTo(run: WorkflowRun, scope: Scope, to: Continuation): void {
  switch (to.kind) {
    case "resume":
      if (run.current !== undefined) run.restoreVariables(run.current.stepIndex);
      return;
    case "goto":
      run.currentStepIndex = to.index;
      if (to.inject !== undefined) throw to.inject;
      return;
    case "step":
      // What shares its variables with what is around it begins with those.
      if (to.index !== START || !run.isLocal) run.restoreVariables(to.index);
      run.currentStepIndex = Math.max(0, to.index);
      run.previousStepIndex = undefined;
      if (to.index === START && !run.isLocal) scope.output = undefined;
  }
}

/** Where a `retry` goes on. @throws ClockerError `invalid-request` when it may not */
export function continuationOf(flow: Extract<Flow, { kind: "replay" }>, run: WorkflowRun, { isHandling }: { isHandling: boolean }): Continuation {
  const { force } = flow;
  if (flow.from === "end" && isHandling) return resuming(run, { force });
  if (flow.from === "last" || flow.from === "end") return fromLast(run, { force });
  if (flow.from === "start") return fromStep(run, START, { force });
  const index = positionOf(flow.from, run);
  if (index === undefined) throw unknownLabel(flow.from, run);
  return fromStep(run, index, { force });
}

export function newInstance(step: Step, stepIndex: number): StepInstance {
  const input = Object.fromEntries(Object.entries(step.fields).filter(([key]) => !commonKeys.includes(key)));
  return { stepIndex, id: step.id, name: step.name, taskId: undefined, input, output: undefined, error: undefined, errorHandlerTaskId: undefined, state: {}, subs: [] };
}

export interface StepRun {
  readonly step: Step;
  readonly instance: StepInstance;
  readonly scope: Scope;
  readonly resume: Extract<Continuation, { kind: "resume" }> | undefined;
  /** Whether an `on-error` runs it: then it is not stored. */
  readonly isHandling: boolean;
}

/** Where a step leads is not what its task shows. */
async function asTask(name: string, stepRun: StepRun, work: Work): Promise<Flow | undefined> {
  const { scope, instance, isHandling } = stepRun;
  let flow: Flow | undefined;
  await work.step(name, async (stepWork) => {
    flow = await runStep(stepRun, stepWork);
  }, { tags: ["WORKFLOW-STEP", scope.run.tag({ stepIndex: instance.stepIndex, ...(isHandling ? { errorHandlerIndex: instance.stepIndex } : {}) })], entityId: scope.entity.id });
  return flow;
}

function flowOfNext(step: Step): Flow | undefined {
  // `retry` and `goto` say it themselves.
  return step.fields["next"] === undefined || ["retry", "goto"].includes(step.type.name) ? undefined : { kind: "goto", label: String(step.fields["next"]) };
}

/** Undefined when the label is not of these steps, and so is of those around them. */
export function positionOf(label: string, run: WorkflowRun): number | undefined {
  const { steps } = run.workflow;
  const index = steps.findIndex(({ id }) => id === label);
  if (index >= 0) return index;
  if (run.isLocal) return undefined;
  if (label === "start") return 0;
  if (label === "end" || label === "exit") return steps.length;
  if (label === "default") return (run.currentStepIndex ?? 0) + 1;
  throw unknownLabel(label, run);
}

function unknownLabel(label: string, { workflow }: WorkflowRun): ClockerError {
  const near = nearest(label, workflow.steps.flatMap(({ id }) => id ?? []));
  return new ClockerError("invalid-value", `There is no step with the id "${label}"`, near === undefined ? {} : { remedy: `Did you mean "${near}"?` });
}

async function runStep(stepRun: StepRun, work: Work): Promise<Flow | undefined> {
  const { step, instance, scope, isHandling } = stepRun;
  const { run } = scope;
  instance.taskId = work.taskId;
  let { resume } = stepRun;
  for (;;) {
    if (!isHandling) await storePosition(run, instance, step);
    const before = new Map(scope.variables);
    try {
      const flow = await bounded({ ...stepRun, resume }, work);
      if (!isHandling) run.stepEnded(instance);
      return flow;
    } catch (error) {
      work.signal.throwIfAborted();
      instance.error = messageOf(error);
      // What a command gave before it was found wanting: its handlers may look at it.
      if (instance.output !== undefined) scope.output = instance.output;
      if (step.fields["on-error"] === undefined) throw error;
      const flow = await handle(step, step.fields["on-error"], error, scope, work, instance);
      if (flow?.kind !== "replay" || flow.from !== "end") {
        if (!isHandling) run.stepEnded(instance);
        return flow;
      }
      // `retry`: the same step once more, as it was begun.
      scope.variables.clear();
      for (const [name, value] of before) scope.variables.set(name, value);
      instance.error = undefined;
      instance.output = undefined;
      instance.subs = instance.subs.filter((sub) => sub.status === "SUCCESS" || isResumable(sub));
      resume = { kind: "resume" };
    }
  }
}

/** Durable before what may not be done twice is done, and before each step of a workflow that goes on by itself. */
async function storePosition(run: WorkflowRun, instance: StepInstance, step: Step): Promise<void> {
  run.stepBegins(instance, step);
  const isDelicate = step.type.isIdempotent === false || run.root.workflow.replayable.automatically;
  if (isDelicate && run.root.retention.keep !== "disabled" && run.entity.isManaged) await run.entity.management.documents.flush();
}

async function bounded(stepRun: StepRun, work: Work): Promise<Flow | undefined> {
  const { step, scope } = stepRun;
  const { timeout } = step.type.name === "retry" ? {} : step.fields;
  const limit = timeout === undefined ? undefined : types.duration.coerce(await interpolated(timeout, scope, work));
  return withTimeout(work, scope.entity.management.clock, limit, step.name, (inTime) => tryStep(stepRun, inTime));
}

async function tryStep({ step, instance, scope, resume, isHandling }: StepRun, work: Work): Promise<Flow | undefined> {
  await setRetention(step, scope, work);
  // Steps within hear of the interruption first: what they handle is handled.
  if (resume?.inject !== undefined && !instance.subs.some((sub) => sub.status !== "SUCCESS")) throw resume.inject;
  let flow: Flow | undefined;
  const inner: Scope = { ...scope, step: instance, ownOfStep: ownOf(step, scope, work) };
  const given = await step.type.run(callOf({ step, instance, scope: inner, resume, isHandling, next: (next) => (flow = next), work }));
  // What it set in its own scope, its steps' output and the like, is the workflow's.
  scope.output = given === undefined ? inner.output : given;
  if (step.fields["output"] !== undefined) scope.output = await interpolated(step.fields["output"], { ...inner, outputOfStep: scope.output ?? null }, work);
  instance.output = scope.output;
  if (isHandling) scope.handler = instance;
  if (step.id !== undefined) scope.instances.set(step.id, instance);
  return flow;
}

/** `retention` of a step is for its workflow from then on, unless it is that of a workflow within it. */
async function setRetention({ type, fields }: Step, scope: Scope, work: Work): Promise<void> {
  if (fields["retention"] === undefined || (type.hasSteps === true && fields["steps"] !== undefined)) return;
  scope.run.retention = readRetention(shownAs(await interpolated(fields["retention"], scope, work)), `step "${type.name}"`, scope.run.retention);
}

/** The step's own variables: its `input`. One that names itself means what is around the step. */
function ownOf({ input }: Step, scope: Scope, work: Work, asked: ReadonlySet<string> = new Set()): Scope["ownOfStep"] {
  return async (name) => {
    if (!Object.hasOwn(input, name) || asked.has(name)) return scope.ownOfStep(name);
    return interpolated(input[name], { ...scope, ownOfStep: ownOf({ input } as Step, scope, work, new Set([...asked, name])) }, work);
  };
}

/** Runs the handlers of an error whose condition holds for it; the error goes on when none does. */
export async function handle(owner: object, raw: unknown, error: unknown, scope: Scope, work: Work, failed?: StepInstance): Promise<Flow | undefined> {
  const handlers = readStepsOnce(owner, raw, "on-error", scope.entity);
  const before = scope.error;
  scope.error = error;
  scope.handler = undefined;
  try {
    let handled = false;
    for (const [index, step] of handlers.entries()) {
      if (!(await holds(step.fields["condition"], scope, work, error))) continue;
      handled = true;
      const instance = newInstance(step, index);
      const flow = (await asTask(`on-error ${index + 1} - ${step.name}`, { step, instance, scope, resume: undefined, isHandling: true }, work)) ?? flowOfNext(step);
      if (failed !== undefined) failed.errorHandlerTaskId = instance.taskId;
      else scope.run.errorHandlerTaskId = instance.taskId;
      if (flow === undefined) continue;
      return flow.kind === "goto" && flow.label === "exit" ? undefined : flow;
    }
    if (!handled) throw error;
    return undefined;
  } finally {
    scope.error = before;
  }
}

export const noStep: Pick<Scope, "step" | "ownOfStep" | "outputOfStep" | "error" | "handler"> = { step: undefined, ownOfStep: async () => missing, outputOfStep: missing, error: missing, handler: undefined };
