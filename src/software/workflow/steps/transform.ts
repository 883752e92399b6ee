import { ClockerError } from "../../../model/errors.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { assignment, nameAndType, setVariable, typed } from "./assignment.ts";
import { transformed, transformerNames } from "./transformers.ts";
import { letValue } from "./value-of-let.ts";
import { interpolatedIfThere } from "../interpolate.ts";
import { wordsOf } from "./words.ts";

/** Where `| ` of one transformer and the next are: not those in quotes. */
function parts(text: string): string[] {
  const found: string[] = [];
  let rest = "";
  for (const { text: word, isQuoted, before } of wordsOf(text)) {
    if (!isQuoted && word === "|") {
      found.push(rest.trim());
      rest = "";
    } else rest += before + (isQuoted ? JSON.stringify(word) : word);
  }
  return [...found, rest.trim()];
}

function readTransform(text: string): Readonly<Record<string, unknown>> | undefined {
  const at = / \| | \|$/.exec(text);
  const head = (at === null ? text : text.slice(0, at.index)).trim();
  const transform = at === null ? [] : parts(text.slice(at.index + 2));
  const [, given] = /^value\s+(.+)$/s.exec(head) ?? [];
  if (given !== undefined) return { value: given, transform };
  if (/^\$\{[^{}]*\}$/.test(head)) return { value: head, transform };
  const read = assignment(head.replace(/^variable\s+/, ""), { name: "variable", type: "value_type", value: "value" });
  return read === undefined ? undefined : { ...read, transform };
}

/** Changes a value; that of a variable is put back into it, unless a transformer says what becomes of it. */
export const transformStep: StepType = {
  name: "transform",
  form: "transform [TYPE] NAME [= VALUE] | TRANSFORMER | ...",
  keys: ["variable", "value", "value_type", "transform"],
  note: `Transformers: ${transformerNames.join(", ")}. \`transform value VALUE | ...\` changes no variable: the result is the output`,
  shorthand: readTransform,
  run: async (call) => {
    const { fields } = call.step;
    const { name, type } = nameAndType(fields["variable"]);
    const given = fields["transform"];
    const steps = (Array.isArray(given) ? given.map(String) : [String(given ?? "")]).flatMap(parts).filter((each) => each !== "");
    const raw = fields["value"] ?? (fields["variable"] === undefined ? "${output}" : `\${${name}}`);
    const state: TransformState = { isDone: false, isReturned: false };
    let value = await first(call, raw, steps);
    for (const step of steps) {
      value = await transformed(value, step, call, state);
      if (state.isReturned) break;
    }
    if (state.isReturned) call.next({ kind: "return", value });
    value = typed(call, fields["value_type"] ?? type, value);
    if (fields["variable"] !== undefined && !state.isDone) setVariable(call, name, value);
    return value;
  },
};

/** What transformers say of where the result goes. */
export interface TransformState {
  /** It was set elsewhere. */
  isDone: boolean;
  isReturned: boolean;
}

/** `merge`, `wait` and the like look at the value themselves. */
async function first(call: StepCall, raw: unknown, steps: readonly string[]): Promise<unknown> {
  const [name] = wordsOf(steps[0] ?? "");
  if (typeof raw === "string" && name !== undefined && ["merge", "wait"].includes(name.text)) return raw;
  const value = typeof raw === "string" && /^\$\{[^{}]*\}$/.test(raw.trim()) ? await interpolatedIfThere(raw, call.scope, call.work) : await letValue(raw, call.scope, call.work);
  if (typeof value === "symbol") throw new ClockerError("invalid-value", `Cannot transform ${JSON.stringify(raw)}: it has no value`);
  return value;
}
