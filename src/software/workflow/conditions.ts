import { conditionType } from "../../model/condition.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import type { Work } from "../../model/work.ts";
import { interpolated, interpolatedIfThere } from "./interpolate.ts";
import { missing, type Scope } from "./scope.ts";

/**
 * Whether a condition holds: a predicate (reference, 3.10) on `target`, which may be `${...}`; without one on the subject, the entity unless another is given.
 * @throws ClockerError `invalid-value`
 */
export async function holds(condition: unknown, scope: Scope, work: Work, subject: unknown = scope.entity): Promise<boolean> {
  if (condition === undefined) return true;
  if (typeof condition === "boolean") return condition;
  if (typeof condition === "string" && /^\s*\$\{[^{}]*\}\s*$/.test(condition)) return isTruthy(await interpolatedIfThere(condition, scope, work));
  if (!isRecord(condition)) return conditionType.coerce(await interpolated(condition, scope, work))(subject, scope.entity);
  const { any, all, not, target, ...rest } = condition;
  for (const each of Array.isArray(all) ? (all as unknown[]) : []) if (!(await holds(each, scope, work, subject))) return false;
  if (Array.isArray(any) && !(await holdsAny(any, scope, work, subject))) return false;
  if (not !== undefined && (await holds(target === undefined ? not : { target, ...(isRecord(not) ? not : { equals: not }) }, scope, work, subject))) return false;
  const isDone = Object.keys(rest).length === 0 && (any !== undefined || all !== undefined || not !== undefined);
  if (isDone) return true;
  if (typeof target === "string" && !target.includes("${")) return conditionType.coerce(await interpolated({ target, ...rest }, scope, work))(subject, scope.entity);
  const value = target === undefined ? subject : await interpolatedIfThere(target, scope, work);
  if (Object.keys(rest).length === 0) return isTruthy(value);
  return conditionType.coerce(await interpolated(rest, scope, work))(value === missing ? undefined : value, scope.entity);
}

async function holdsAny(conditions: readonly unknown[], scope: Scope, work: Work, subject: unknown): Promise<boolean> {
  for (const each of conditions) if (await holds(each, scope, work, subject)) return true;
  return false;
}

/** As Groovy has it: not empty, not 0, not false. */
export function isTruthy(value: unknown): boolean {
  if (value === missing || value === undefined || value === null || value === "" || value === "false") return false;
  if (Array.isArray(value)) return value.length > 0;
  return value !== false && value !== 0;
}
