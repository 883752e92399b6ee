import { Entity } from "../../../model/entity.ts";
import { ClockerError } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import { parseStructuredText } from "../../../model/types/index.ts";
import { inParallel } from "../../../model/work.ts";
import { concurrencyOf } from "../concurrency.ts";
import { holds, isTruthy } from "../conditions.ts";
import { interpolated, interpolatedIfThere } from "../interpolate.ts";
import { revived, storable } from "../run/values.ts";
import type { WorkflowRun } from "../run/workflow-run.ts";
import type { StepCall, StepType } from "../step-type.ts";

/** Rounds of one `foreach`. */
const MOST_ROUNDS = 10_000;

const ifStep: StepType = {
  name: "if",
  form: "if ${VALUE} [== VALUE] [then STEP]",
  keys: ["condition_target", "condition_equals", "steps", "else"],
  note: "Its steps have the workflow's variables; `else` is Clocker's own",
  hasSteps: true,
  shorthand: (text) => {
    const match = /^(\$\{[^{}]*\}|"[^"]*"|\S+)(?:\s*==\s*(.+?))?(?:\s+then\s+(.+))?$/s.exec(text);
    if (match === null) return undefined;
    const [, target, equals, then] = match;
    return { condition_target: target, ...(equals === undefined ? {} : { condition_equals: equals }), ...(then === undefined ? {} : { steps: then }) };
  },
  run: async (call) => {
    const isTrue = await chosenBefore(call, "isTrue", () => isMet(call));
    const chosen = isTrue === true ? "steps" : "else";
    return call.step.fields[chosen] === undefined ? undefined : call.steps(call.step.fields[chosen], chosen);
  },
};

async function isMet(call: StepCall): Promise<boolean> {
  const { condition_target: target, condition_equals: equals } = call.step.fields;
  // Without a target only the step's own condition counts, which is known to hold by now.
  if (target === undefined) return true;
  if (equals === undefined) return isTruthy(await interpolatedIfThere(target, call.scope, call.work));
  const plain = typeof equals === "string" ? equals.replace(/^(["'])(.*)\1$/s, "$2") : equals;
  const wanted = await interpolatedIfThere(plain, call.scope, call.work);
  return holds({ target, equals: typeof wanted === "string" ? (parseStructuredText(wanted) ?? wanted) : wanted }, call.scope, call.work);
}

/** What was decided before a restart stands, for what the steps within did may have changed it. */
async function chosenBefore(call: StepCall, name: string, decide: () => Promise<boolean | number>): Promise<boolean | number> {
  const known = call.instance.subs.some((sub) => sub.status !== "SUCCESS") ? call.instance.state[name] : undefined;
  if (typeof known === "boolean" || typeof known === "number") return known;
  const chosen = await decide();
  call.instance.state[name] = chosen;
  return chosen;
}

const switchStep: StepType = {
  name: "switch",
  form: "switch [VALUE]",
  keys: ["value", "cases"],
  note: "`cases` is a list of steps; the first whose `condition` holds for the value is taken",
  hasSteps: true,
  shorthand: (text) => ({ value: text }),
  run: async (call) => {
    const { cases } = call.step.fields;
    const given = Array.isArray(cases) ? (cases as unknown[]) : [];
    const index = Number(await chosenBefore(call, "case", () => firstCase(call, given)));
    const chosen = given[index];
    if (chosen === undefined) throw new ClockerError("invalid-value", `No case of "${call.step.name}" is for this value`, { remedy: 'Add a last case without "condition", such as "no-op"' });
    return call.steps(isRecord(chosen) ? stepsOfCase(chosen) : chosen, `case ${index + 1}`);
  },
};

async function firstCase(call: StepCall, cases: readonly unknown[]): Promise<number> {
  const value = call.step.fields["value"] === undefined ? undefined : await interpolatedIfThere(call.step.fields["value"], call.scope, call.work);
  for (const [index, each] of cases.entries()) {
    const condition = isRecord(each) ? each["condition"] : undefined;
    if (await holds(condition, call.scope, call.work, call.step.fields["value"] === undefined ? undefined : value)) return index;
  }
  return -1;
}

const casesRead = new WeakMap<object, unknown>();

/** A case without its condition: the same each time. */
function stepsOfCase(given: Readonly<Record<string, unknown>>): unknown {
  const { condition: _condition, ...rest } = given;
  const steps = casesRead.get(given) ?? (rest["steps"] !== undefined && rest["step"] === undefined ? rest["steps"] : [rest]);
  casesRead.set(given, steps);
  return steps;
}

const ROUNDS = ["target", "target_var_name", "target_index_var_name", "steps", "concurrency", "reducing", "workflow_output", "lock", "parameters"] as const;

const foreachStep: StepType = {
  name: "foreach",
  form: "foreach NAME in LIST",
  keys: ROUNDS,
  note: "`A..B` counts, `children` and `members` are the entity's; `{a, b}` as the name takes what each item has under these. Each round has variables of its own, and its `input`; the output is the list of the rounds' outputs (`workflow_output` says what that is), with `reducing` the last values of its variables",
  hasSteps: true,
  shorthand: (text) => {
    const match = /^(\{[^}]*\}|[\w-]+)(?:\s+in\s+(.+))?$/s.exec(text);
    return match === null ? undefined : { target_var_name: match[1], ...(match[2] === undefined ? {} : { target: match[2] }) };
  },
  run: async (call) => {
    if (call.step.fields["target"] === undefined) throw new ClockerError("invalid-value", '"foreach" needs something to go through', { remedy: 'Write "foreach NAME in LIST", or give "target"' });
    return rounds(call, await targetsOf(call));
  },
};

const workflowStep: StepType = {
  name: "workflow",
  form: "workflow [replayable REPLAYABLE] [retention RETENTION]",
  keys: ROUNDS,
  note: "With variables of its own, and its `input`; with `target` once for each of a list, as `foreach`. Without steps it only marks from where the workflow may be replayed, or how long it is kept",
  hasSteps: true,
  shorthand: (text) => {
    const match = /^(?:replayable\s+(.+?))?\s*(?:\bretention\s+(.+))?$/s.exec(text);
    return match === null ? undefined : { ...(match[1] === undefined ? {} : { replayable: match[1] }), ...(match[2] === undefined ? {} : { retention: match[2] }) };
  },
  run: async (call) => {
    const { steps, target, reducing } = call.step.fields;
    if (steps === undefined) return undefined;
    if (target === undefined && reducing === undefined) return call.nested(definitionOf(call), await inputOf(call), "steps");
    if (target === undefined) return rounds(call, [undefined]);
    const given = await interpolated(target, call.scope, call.work);
    // One entity: the workflow runs on it, and its output is the step's.
    if (given instanceof Entity && reducing === undefined) {
      if (!(await holds(call.step.fields["condition"], call.scope, call.work, given))) return undefined;
      return call.nested(definitionOf(call), { ...(await inputOf(call)), target: given }, "steps", { entity: given });
    }
    return rounds(call, await targetsOf(call));
  },
};

const subworkflowStep: StepType = {
  name: "subworkflow",
  form: "subworkflow",
  keys: ["steps"],
  note: "With the workflow's variables",
  hasSteps: true,
  run: async (call) => (call.step.fields["steps"] === undefined ? undefined : call.steps(call.step.fields["steps"])),
};

async function inputOf(call: StepCall): Promise<Readonly<Record<string, unknown>>> {
  const input = await call.get("input");
  return isRecord(input) ? input : {};
}

const definitions = new WeakMap<object, Readonly<Record<string, unknown>>>();

/** The workflow within a step: what is said of it on the step. */
function definitionOf({ step }: StepCall): Readonly<Record<string, unknown>> {
  const known = definitions.get(step);
  if (known !== undefined) return known;
  const { steps, lock, parameters, idempotent, replayable, retention, workflow_output: output } = step.fields;
  const given = { steps, lock, parameters, idempotent, replayable, retention, output };
  const definition = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  definitions.set(step, definition);
  return definition;
}

/** What it goes through, as it was when the step began: also after a restart. */
async function targetsOf(call: StepCall): Promise<readonly unknown[]> {
  const known = call.instance.subs.length > 0 ? call.instance.state["targets"] : undefined;
  if (Array.isArray(known)) return known.map((each) => revived(each, call.entity.management));
  const items = itemsOf(await call.get("target"), call.entity);
  const { condition } = call.step.fields;
  const wanted: unknown[] = [];
  for (const item of items) if (await holds(condition, call.scope, call.work, item)) wanted.push(item);
  call.instance.state["targets"] = storable(wanted);
  return wanted;
}

async function rounds(call: StepCall, items: readonly unknown[]): Promise<unknown> {
  const { fields } = call.step;
  const given = await call.get("concurrency");
  const concurrency = given === undefined ? 1 : concurrencyOf(given, items.length);
  const reducing = fields["reducing"] === undefined ? undefined : await call.get("reducing");
  if (reducing !== undefined && !isRecord(reducing)) throw new ClockerError("invalid-value", '"reducing" must be a map of variables to their first values');
  if (reducing !== undefined && concurrency !== 1) throw new ClockerError("invalid-value", '"reducing" goes through one after the other: it cannot have "concurrency"');
  const input = await inputOf(call);
  let reduced: Record<string, unknown> = { ...reducing };
  const onEnd = (run: WorkflowRun): void => {
    if (reducing !== undefined) reduced = reducedBy(reduced, run);
  };
  const round = (item: unknown, index: number): Promise<unknown> =>
    call.nested(definitionOf(call), { ...input, ...reduced, ...variablesOf(fields, item, index) }, roundName(fields, index, items.length), { onEnd, ...(item instanceof Entity ? { entity: item } : {}) });
  const outputs = await atOnce(items, concurrency, round);
  return reducing === undefined ? outputs : reduced;
}

function roundName(fields: Readonly<Record<string, unknown>>, index: number, count: number): string {
  return `${String(fields["target_var_name"] ?? "target")} ${index + 1} of ${count}`;
}

/** The item under its name; `{a, b}` takes it apart. */
function variablesOf(fields: Readonly<Record<string, unknown>>, item: unknown, index: number): Record<string, unknown> {
  const name = String(fields["target_var_name"] ?? "target").trim();
  const indexName = String(fields["target_index_var_name"] ?? "target_index");
  const [, parts] = /^\{(.*)\}$/s.exec(name) ?? [];
  if (parts === undefined) return { [name]: item, [indexName]: index };
  const taken = parts.split(",").map((each) => each.trim());
  return { ...Object.fromEntries(taken.map((each) => [each, isRecord(item) ? (item[each] ?? null) : null])), [indexName]: index };
}

/** The values that a round leaves: of its output where that is a map with the name, else of its variables. */
function reducedBy(before: Readonly<Record<string, unknown>>, { output, variables }: WorkflowRun): Record<string, unknown> {
  return Object.fromEntries(Object.entries(before).map(([name, value]) => {
    if (isRecord(output) && !(output instanceof Entity) && Object.hasOwn(output, name)) return [name, output[name]];
    return [name, variables.has(name) ? variables.get(name) : value];
  }));
}

function itemsOf(target: unknown, entity: Entity): readonly unknown[] {
  const range = typeof target === "string" ? /^\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*$/.exec(target) : null;
  const items = range === null ? listOf(target, entity) : Array.from({ length: Math.min(MOST_ROUNDS + 1, Math.max(0, Number(range[2]) - Number(range[1]) + 1)) }, (_, index) => Number(range[1]) + index);
  if (items.length > MOST_ROUNDS) throw new ClockerError("invalid-value", `Cannot go through more than ${MOST_ROUNDS} items`);
  return items;
}

function listOf(target: unknown, entity: Entity): readonly unknown[] {
  if (target === "children") return [...entity.children];
  if (target === "members") return [...entity.members.values()];
  const value = typeof target === "string" ? (parseStructuredText(target) ?? target) : target;
  if (Array.isArray(value)) return value as unknown[];
  if (value instanceof Entity) return [value];
  if (isRecord(value)) return Object.entries(value).map(([key, each]) => ({ key, value: each }));
  throw new ClockerError("invalid-value", `Cannot go through ${JSON.stringify(value) ?? "nothing"}: expected a list, a map, "A..B", "children" or "members"`);
}

/** The results in the order of the items. After a failure no further one begins. */
async function atOnce(items: readonly unknown[], concurrency: number, body: (item: unknown, index: number) => Promise<unknown>): Promise<unknown[]> {
  const results: unknown[] = [];
  let following = 0;
  let hasFailed = false;
  const follow = async (): Promise<void> => {
    while (following < items.length && !hasFailed) {
      const index = following++;
      try {
        results[index] = await body(items[index], index);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await inParallel(Array.from({ length: Math.min(concurrency, items.length) }), follow);
  return results;
}

export const branchSteps: readonly StepType[] = [ifStep, switchStep, foreachStep, workflowStep, subworkflowStep];
