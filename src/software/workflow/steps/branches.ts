import { ClockerError } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import { parseStructuredText } from "../../../model/types/index.ts";
import { Entity } from "../../../model/entity.ts";
import { inParallel } from "../../../model/work.ts";
import { holds, isTruthy } from "../conditions.ts";
import { interpolatedIfThere } from "../interpolate.ts";
import type { StepCall, StepType } from "../step-type.ts";

/** Rounds of one `foreach`. */
const MOST_ROUNDS = 10_000;

const ifStep: StepType = {
  name: "if",
  form: "if ${VALUE} [== VALUE] [then STEP]",
  keys: ["condition_target", "condition_equals", "steps", "else"],
  shorthand: (text) => {
    const match = /^(\$\{[^{}]*\}|\S+)(?:\s*==\s*(.+?))?(?:\s+then\s+(.+))?$/s.exec(text);
    if (match === null) return undefined;
    const [, target, equals, then] = match;
    return { condition_target: target, ...(equals === undefined ? {} : { condition_equals: equals }), ...(then === undefined ? {} : { steps: then }) };
  },
  run: async (call) => {
    const { condition_target: target, condition_equals: equals, steps, else: otherwise } = call.step.fields;
    const plain = typeof equals === "string" ? equals.replace(/^(["'])(.*)\1$/s, "$2") : equals;
    const condition = { target, equals: typeof plain === "string" ? (parseStructuredText(plain) ?? plain) : plain };
    // Without a target only the step's own condition counts, which is known to hold by now.
    const isTrue = target === undefined || (equals === undefined ? isTruthy(await interpolatedIfThere(target, call.scope, call.work)) : await holds(condition, call.scope, call.work));
    const chosen = isTrue ? steps : otherwise;
    return chosen === undefined ? undefined : call.steps(chosen);
  },
};

const switchStep: StepType = {
  name: "switch",
  form: "switch ${VALUE}",
  keys: ["value", "cases"],
  note: "`cases` is a list of steps; the first whose `condition` holds for the value is taken",
  shorthand: (text) => ({ value: text }),
  run: async (call) => {
    const value = await call.get("value");
    const { cases } = call.step.fields;
    for (const each of Array.isArray(cases) ? (cases as unknown[]) : []) {
      const condition = isRecord(each) ? each["condition"] : undefined;
      if (!(await holds(condition, call.scope, call.work, value))) continue;
      if (!isRecord(each)) return call.steps(each);
      return call.steps(stepsOfCase(each));
    }
    throw new ClockerError("invalid-value", `No case of "${call.step.name}" is for this value`, { remedy: 'Add a last case without "condition", such as "no-op"' });
  },
};

const casesRead = new WeakMap<object, unknown>();

/** A case without its condition: the same each time. */
function stepsOfCase(given: Readonly<Record<string, unknown>>): unknown {
  const { condition: _condition, ...rest } = given;
  const steps = casesRead.get(given) ?? (rest["steps"] !== undefined && rest["step"] === undefined ? rest["steps"] : [rest]);
  casesRead.set(given, steps);
  return steps;
}

const foreachStep: StepType = {
  name: "foreach",
  form: "foreach NAME in ${LIST}",
  keys: ["target", "target_var_name", "target_index_var_name", "steps", "concurrency"],
  note: "`A..B` counts; `concurrency` is how many run at once; the output is the list of the rounds' outputs. Without `reducing` and `workflow_output`",
  shorthand: (text) => {
    const match = /^(\w+)(?:\s+in\s+(.+))?$/s.exec(text);
    return match === null ? undefined : { target_var_name: match[1], ...(match[2] === undefined ? {} : { target: match[2] }) };
  },
  run: async (call) => {
    const { fields } = call.step;
    const items = itemsOf(await call.get("target"), call.entity);
    const [name, indexName] = [String(fields["target_var_name"] ?? "target"), String(fields["target_index_var_name"] ?? "target_index")];
    const round = (item: unknown, index: number): Promise<unknown> =>
      call.nested(fields["steps"], { [name]: item, [indexName]: index }, `${name} ${index + 1} of ${items.length}`, item instanceof Entity ? { entity: item } : {});
    return atOnce(items, await concurrencyOf(call, items.length), round);
  },
};

const workflowStep: StepType = {
  name: "workflow",
  form: "workflow",
  keys: ["steps", "parameters", "target", "concurrency"],
  note: "With variables of its own, and its `input`; `target`: `children`, `members`, an entity or a list: once for each. `subworkflow` too",
  run: async (call) => {
    const { steps, target } = call.step.fields;
    const input = (await call.get("input")) ?? {};
    const variables = isRecord(input) ? input : {};
    if (target === undefined) return call.nested(steps, variables, "steps");
    const items = itemsOf(await call.get("target"), call.entity);
    return atOnce(items, await concurrencyOf(call, items.length), (item, index) => call.nested(steps, { ...variables, target: item, target_index: index }, `${index + 1} of ${items.length}`, item instanceof Entity ? { entity: item } : {}));
  },
};

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
  if (isRecord(value)) return Object.entries(value).map(([key, each]) => ({ key, value: each }));
  if (value instanceof Entity) return [value];
  throw new ClockerError("invalid-value", `Cannot go through ${JSON.stringify(value) ?? "nothing"}: expected a list, a map, "A..B", "children" or "members"`);
}

async function concurrencyOf(call: StepCall, count: number): Promise<number> {
  const given = await call.get("concurrency");
  if (given === undefined) return 1;
  const text = String(given);
  const wanted = text === "all" ? count : text.endsWith("%") ? Math.ceil((count * Number(text.slice(0, -1))) / 100) : Number(text);
  if (!Number.isFinite(wanted)) throw new ClockerError("invalid-value", `Cannot use "${text}" as "concurrency": expected a number, a percentage or "all"`);
  return Math.max(1, Math.min(100, Math.floor(wanted)));
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
  await inParallel(Array.from({ length: concurrency }), follow);
  return results;
}

export const branchSteps: readonly StepType[] = [ifStep, switchStep, foreachStep, workflowStep, { ...workflowStep, name: "subworkflow", form: "subworkflow" }];
