import { ClockerError } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import { parseStructuredText } from "../../../model/types/index.ts";
import type { StepCall } from "../step-type.ts";

/** `[TYPE] NAME = VALUE`, the value optional. */
export function assignment(text: string, keys: { name: string; type: string; value: string }): Record<string, unknown> | undefined {
  const match = /^(?:([\w.<>,-]+)\s+)?((?:\[[^\]]*\]|[^\s=[])+)(?:\s*=\s*(.*))?$/s.exec(text);
  if (match === null) return undefined;
  const [, type, name, value] = match;
  return { [keys.name]: name, ...(type === undefined ? {} : { [keys.type]: type }), ...(value === undefined ? {} : { [keys.value]: value }) };
}

/** A value as the named type has it; `json` and `yaml` read text. @throws ClockerError `unknown-type`, CoercionError */
export function typed(call: StepCall, typeName: unknown, value: unknown): unknown {
  if (typeName === undefined || typeName === null) return value;
  const name = String(typeName);
  if (name === "json" || name === "yaml") return typeof value === "string" ? (parseStructuredText(value.split(/^---[ \t]*$/m).at(-1) ?? "") ?? value) : value;
  const type = call.entity.management.types.valueType(name);
  if (type === undefined) throw new ClockerError("unknown-type", `There is no type "${name}"`);
  const structured = typeof value === "string" && /List|Map|Set|Object/.test(type.name) ? (parseStructuredText(value.split(/^---[ \t]*$/m).at(-1) ?? "") ?? value) : value;
  return type.coerce(structured);
}

/** A variable, as text or as `{name, type}`. */
export function nameAndType(given: unknown): { name: string; type: unknown } {
  return isRecord(given) ? { name: String(given["name"]), type: given["type"] } : { name: String(given), type: undefined };
}

/** Sets a variable; `x.key` sets what a map has under the key. @throws ClockerError `invalid-value` where that is no map */
export function setVariable({ scope }: StepCall, name: string, value: unknown): void {
  const [first = "", ...path] = name.split(".");
  if (path.length === 0) scope.variables.set(name, value);
  else scope.variables.set(first, withKey(scope.variables.get(first), path, value, name));
}

/** Copies: what was remembered of the variables before stays as it was. */
function withKey(map: unknown, path: readonly string[], value: unknown, name: string): unknown {
  const [key = "", ...rest] = path;
  if (map !== undefined && map !== null && !isRecord(map)) throw new ClockerError("invalid-value", `Cannot set "${name}": what it is a part of is no map`);
  return { ...map, [key]: rest.length === 0 ? value : withKey(map?.[key], rest, value, name) };
}
