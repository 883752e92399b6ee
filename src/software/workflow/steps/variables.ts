import { ClockerError } from "../../../model/errors.ts";
import { parseStructuredText, types } from "../../../model/types/index.ts";
import type { StepCall, StepType } from "../step-type.ts";
import { letValue } from "./value-of-let.ts";
import { transformed } from "./transformers.ts";

/** `[TYPE] NAME = VALUE`, the value optional. */
export function assignment(text: string, keys: { name: string; type: string; value: string }): Record<string, unknown> | undefined {
  const match = /^(?:([\w.<>,-]+)\s+)?([^\s=]+)(?:\s*=\s*(.*))?$/s.exec(text);
  if (match === null) return undefined;
  const [, type, name, value] = match;
  return { [keys.name]: name, ...(type === undefined ? {} : { [keys.type]: type }), ...(value === undefined ? {} : { [keys.value]: value }) };
}

/** A value as the named type has it. @throws ClockerError `unknown-type` */
export function typed(call: StepCall, typeName: unknown, value: unknown): unknown {
  if (typeName === undefined) return value;
  const type = call.entity.management.types.valueType(String(typeName));
  if (type === undefined) throw new ClockerError("unknown-type", `There is no type "${String(typeName)}"`);
  const structured = typeof value === "string" && /List|Map|Set|Object/.test(type.name) ? (parseStructuredText(value) ?? value) : value;
  return type.coerce(structured);
}

function nameAndType(given: unknown): { name: string; type: unknown } {
  if (typeof given === "object" && given !== null) return { name: String(Reflect.get(given, "name")), type: Reflect.get(given, "type") };
  return { name: String(given), type: undefined };
}

const letStep: StepType = {
  name: "let",
  form: "let [trimmed] [TYPE] NAME = VALUE",
  keys: ["variable", "value", "value_type", "trimmed"],
  shorthand: (text) => {
    const rest = text.replace(/^trimmed\s+/, "");
    const read = assignment(rest, { name: "variable", type: "value_type", value: "value" });
    return read === undefined || rest === text ? read : { ...read, trimmed: true };
  },
  run: async (call) => {
    const { fields } = call.step;
    const { name, type } = nameAndType(fields["variable"]);
    const raw = fields["value"];
    if (fields["variable"] === undefined || raw === undefined) throw new ClockerError("invalid-value", '"let" needs a variable and a value');
    const value = await letValue(raw, call.scope, call.work);
    const trimmed = fields["trimmed"] === true && typeof value === "string" ? value.trim() : value;
    call.scope.variables.set(name, typed(call, fields["value_type"] ?? type, trimmed));
    return undefined;
  },
};

const transformStep: StepType = {
  name: "transform",
  form: "transform [TYPE] NAME [= VALUE] | TRANSFORMER | ...",
  keys: ["variable", "value", "value_type", "transform"],
  note: "Transformers: trim, json, yaml, type, first, last, min, max, sum, average, size, slice, split, join, replace, prepend, append, to_upper_case, to_lower_case, get, keys, values, reverse, unique, sort",
  shorthand: (text) => {
    const [head = "", ...transform] = text.split(/\s*\|\s*/);
    if (/^\$\{[^{}]*\}$/.test(head.trim())) return { value: head.trim(), transform };
    const read = assignment(head.trim(), { name: "variable", type: "value_type", value: "value" });
    return read === undefined ? undefined : { ...read, transform };
  },
  run: async (call) => {
    const { fields } = call.step;
    const { name, type } = nameAndType(fields["variable"]);
    const raw = fields["value"] ?? `\${${name}}`;
    const given = fields["transform"];
    const steps = Array.isArray(given) ? given.map(String) : String(given ?? "").split(/\s*\|\s*/).filter((each) => each !== "");
    let value = await letValue(raw, call.scope, call.work);
    for (const step of steps) value = transformed(value, step, (typeName, each) => typed(call, typeName, each));
    value = typed(call, fields["value_type"] ?? type, value);
    if (fields["variable"] !== undefined) call.scope.variables.set(name, value);
    return value;
  },
};

const loadStep: StepType = {
  name: "load",
  form: "load [TYPE] NAME = URL",
  keys: ["variable", "url", "value_type"],
  shorthand: (text) => assignment(text, { name: "variable", type: "value_type", value: "url" }),
  run: async (call) => {
    const content = await call.entity.management.resources.read(await call.text("url"), call.work);
    if (content.length > 10_000_000) throw new ClockerError("invalid-value", `Cannot load it: it has ${content.length} bytes, at most 10000000 are taken`);
    const { name, type } = nameAndType(call.step.fields["variable"]);
    const value = typed(call, call.step.fields["value_type"] ?? type, types.string.coerce(content.toString("utf8")));
    call.scope.variables.set(name, value);
    return undefined;
  },
};

export const variableSteps: readonly StepType[] = [letStep, transformStep, loadStep];
