import { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { nearest } from "../../model/nearest.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { holds } from "./conditions.ts";
import { interpolated } from "./interpolate.ts";
import { readStepsOnce } from "./read-steps.ts";
import { type Scope, shownAs } from "./scope.ts";
import type { Flow, Step, StepCall } from "./step-type.ts";
import { withTimeout } from "./with-timeout.ts";

/** Steps that one list may run before it is taken to run in circles. */
const MOST_RUNS = 100_000;
/** Workflows within workflows. */
const DEEPEST = 20;

/**
 * Runs steps one after the other, each as a task. What they give is in the scope.
 * @returns where they lead, when they do not end at their end
 * @throws what a step throws that no `on-error` handles
 */
export async function runSteps(steps: readonly Step[], scope: Scope, work: Work, depth = 0): Promise<Flow | undefined> {
  if (depth > DEEPEST) throw new ClockerError("invalid-value", `Cannot run a workflow that is ${depth} deep: at most ${DEEPEST} are allowed`);
  let runs = 0;
  for (let index = 0; index < steps.length; ) {
    const step = steps[index];
    if (step === undefined || index < 0) break;
    if (++runs > MOST_RUNS) throw new ClockerError("invalid-value", `The workflow ran ${MOST_RUNS} steps and has not ended: it runs in circles`);
    work.signal.throwIfAborted();
    if (step.fields["condition"] !== undefined && !(await holds(step.fields["condition"], scope, work))) {
      index++;
      continue;
    }
    const flow = (await asTask(`${index + 1} - ${step.name}`, step, scope, work, depth)) ?? flowOfNext(step);
    if (flow === undefined) index++;
    else if (flow.kind === "return") return flow;
    else {
      const to = flow.kind === "retry" && flow.label === undefined ? 0 : positionOf(flow.label ?? "start", steps, depth);
      if (to === undefined) return flow;
      index = to;
    }
  }
  return undefined;
}

/** Where a step leads is not what its task shows. */
async function asTask(name: string, step: Step, scope: Scope, work: Work, depth: number): Promise<Flow | undefined> {
  let flow: Flow | undefined;
  await work.step(name, async (stepWork) => {
    flow = await runStep(step, scope, stepWork, depth);
  }, { tags: ["WORKFLOW-STEP"] });
  return flow;
}

function flowOfNext(step: Step): Flow | undefined {
  const { next } = step.fields;
  return next === undefined ? undefined : { kind: "goto", label: String(next) };
}

/** Undefined when the label is not of these steps, and so may be of those around them. */
function positionOf(label: string, steps: readonly Step[], depth: number): number | undefined {
  const index = steps.findIndex(({ id }) => id === label);
  if (index >= 0) return index;
  if (label === "start") return 0;
  if (label === "end" || label === "exit") return steps.length;
  if (depth > 0) return undefined;
  const near = nearest(label, steps.flatMap(({ id }) => id ?? []));
  throw new ClockerError("invalid-value", `There is no step with the id "${label}"`, near === undefined ? {} : { remedy: `Did you mean "${near}"?` });
}

async function runStep(step: Step, scope: Scope, work: Work, depth: number): Promise<Flow | undefined> {
  for (;;) {
    try {
      const { timeout } = step.type.name === "retry" ? {} : step.fields;
      const limit = timeout === undefined ? undefined : types.duration.coerce(await interpolated(timeout, scope, work));
      return await withTimeout(work, scope.entity.management.clock, limit, step.name, (bounded) => tryStep(step, scope, bounded, depth));
    } catch (error) {
      work.signal.throwIfAborted();
      if (step.fields["on-error"] === undefined) throw error;
      const outcome = await handle(step, step.fields["on-error"], error, scope, work, depth);
      if (outcome?.kind === "retry" && outcome.label === undefined) continue;
      return outcome;
    }
  }
}

async function tryStep(step: Step, scope: Scope, work: Work, depth: number): Promise<Flow | undefined> {
  let flow: Flow | undefined;
  const call = callOf(step, scope, work, depth, (next) => (flow = next));
  const given = await step.type.run(call);
  const { output: wanted } = step.fields;
  if (given !== undefined) scope.output = given;
  if (wanted !== undefined) scope.output = await interpolated(wanted, scope, work);
  if (step.id !== undefined) scope.outputs.set(step.id, scope.output ?? null);
  return flow;
}

/** Runs the handlers of an error whose condition holds for it; the error goes on when none does. */
export async function handle(owner: object, raw: unknown, error: unknown, scope: Scope, work: Work, depth: number): Promise<Flow | undefined> {
  const handlers = readStepsOnce(owner, raw, "on-error");
  const before = scope.error;
  scope.error = error;
  try {
    let handled = false;
    for (const [index, step] of handlers.entries()) {
      if (!(await holds(step.fields["condition"], scope, work, error))) continue;
      handled = true;
      const flow = await asTask(`on-error ${index + 1} - ${step.name}`, step, scope, work, depth);
      if (flow !== undefined) return flow;
    }
    if (!handled) throw error;
    return undefined;
  } finally {
    scope.error = before;
  }
}

function callOf(step: Step, scope: Scope, work: Work, depth: number, next: (flow: Flow) => void): StepCall {
  const get = async (key: string): Promise<unknown> => (step.fields[key] === undefined ? undefined : interpolated(step.fields[key], scope, work));
  return {
    step,
    entity: scope.entity,
    scope,
    work,
    get,
    text: async (key) => {
      const value = await get(key);
      if (value === undefined || value === null) throw new ClockerError("invalid-value", `"${step.type.name}" needs "${key}"`, { remedy: `Write "${step.type.form}"` });
      return shownAs(value);
    },
    target: async () => entityOf(await get("entity"), scope.entity),
    steps: async (raw) => {
      const flow = await runSteps(readStepsOnce(step, raw, `"${step.name}"`), scope, work, depth + 1);
      if (flow !== undefined) next(flow);
      return undefined;
    },
    nested: async (raw, variables, name, options = {}) => {
      const steps = readStepsOnce(step, raw, `"${step.name}"`);
      let output: unknown;
      await work.step(name, async (inner) => {
        const own: Scope = { ...scope, entity: options.entity ?? scope.entity, variables: new Map([...scope.variables, ...Object.entries(variables)]), outputs: new Map(scope.outputs), retries: new Map(), output: undefined };
        const flow = await runSteps(steps, own, inner, depth + 1);
        if (flow !== undefined && flow.kind !== "return") throw new ClockerError("invalid-value", `There is no step with the id "${flow.label ?? "start"}" in "${step.name}"`);
        output = flow?.kind === "return" ? flow.value : (own.output ?? null);
      });
      return output;
    },
    next,
  };
}

/** The entity that a value means: one, its id, or what blueprints write as `id` or name below the application. */
function entityOf(value: unknown, scope: Entity): Entity {
  if (value === undefined) return scope;
  if (value instanceof Entity) return value;
  const name = isRecord(value) ? value["id"] : value;
  const known = typeof name === "string" ? (scope.management.entity(name) ?? [...scope.application.descendants()].find(({ planId, displayName }) => planId === name || displayName === name)) : undefined;
  if (known === undefined) throw new ClockerError("not-found", `There is no entity ${JSON.stringify(name)}`);
  return known;
}
