import { isEntitySpec } from "../../model/types/index.ts";
import { isDsl, isKeyExpression } from "./parse-dsl.ts";

const known = new WeakMap<object, boolean>();

/**
 * Whether a raw value holds `$brooklyn:` expressions anywhere. Specs in it do not count: what they hold is resolved by the entity made of them.
 * Answers for maps and lists are kept, for config is replaced and never changed in place.
 */
export function isDeferred(value: unknown): boolean {
  if (typeof value === "string") return isDsl(value);
  if (typeof value !== "object" || value === null) return false;
  const before = known.get(value);
  if (before !== undefined) return before;
  // Noted first, so that a value that holds itself ends.
  known.set(value, false);
  const answer = isDsl(value) || (!isEntitySpec(value) && (isPlain(value) ? Object.values(value).some(isDeferred) || Object.keys(value).some(isKeyExpression) : false));
  known.set(value, answer);
  return answer;
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
