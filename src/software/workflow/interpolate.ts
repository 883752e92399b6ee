import { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import type { Work } from "../../model/work.ts";
import { lookUp, missing, type Scope, shownAs } from "./scope.ts";

const PLACE = /\$\{([^{}]*)\}/g;
const WHOLE = /^\s*\$\{([^{}]*)\}\s*$/;

/**
 * A value with its `${...}` filled in, at any depth, and its `$brooklyn:` expressions resolved: a text that is one `${...}` becomes what that is, and others stay text.
 * @throws ClockerError `invalid-value` for what has no value: `${x!default}` gives one
 */
export async function interpolated(value: unknown, scope: Scope, work: Work): Promise<unknown> {
  if (typeof value === "string") {
    if (scope.entity.management.isDeferred(value)) return scope.entity.management.resolve(value, scope.entity, work);
    const whole = WHOLE.exec(value);
    return whole === null ? filledIn(value, scope, work) : valueOf(whole[1] ?? "", scope, work);
  }
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value as unknown[]) items.push(await interpolated(item, scope, work));
    return items;
  }
  if (!isRecord(value) || value instanceof Entity) return value;
  if (Object.keys(value).length === 1 && Object.keys(value)[0]?.startsWith("$brooklyn:") === true) return scope.entity.management.resolve(value, scope.entity, work);
  const map: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) map[key] = await interpolated(each, scope, work);
  return map;
}

async function filledIn(text: string, scope: Scope, work: Work): Promise<string> {
  let filled = "";
  let end = 0;
  for (const place of text.matchAll(PLACE)) {
    filled += text.slice(end, place.index) + shownAs(await valueOf(place[1] ?? "", scope, work));
    end = place.index + place[0].length;
  }
  return filled + text.slice(end);
}

/** The value of what stands in `${...}`. @throws ClockerError `invalid-value` when it has none */
async function valueOf(expression: string, scope: Scope, work: Work): Promise<unknown> {
  const [, name = "", fallback] = /^([^!]*?)\s*(?:!\s*(.*))?$/s.exec(expression) ?? [];
  const value = await lookUp(name, scope, work);
  if (value !== missing) return value;
  if (fallback !== undefined) return fallback.replace(/^(["'])(.*)\1$/s, "$2");
  throw new ClockerError("invalid-value", `Cannot fill in "\${${expression}}": "${name}" has no value`, { remedy: 'Give a value, or a default: ${name!"default"}', details: { expression } });
}

/** As `interpolated`, or `missing` when the value is one `${...}` that has none. */
export async function interpolatedIfThere(value: unknown, scope: Scope, work: Work): Promise<unknown> {
  const whole = typeof value === "string" ? WHOLE.exec(value)?.[1] : undefined;
  if (whole !== undefined && !whole.includes("!")) return lookUp(whole, scope, work);
  return interpolated(value, scope, work);
}

/**
 * A script with its `${...}` that mean something to the workflow replaced by variables of the shell, and those variables: what comes from outside is never joined
 * to a script. Other `${...}` are the shell's own.
 */
export async function asScript(text: string, scope: Scope, work: Work): Promise<{ text: string; env: Record<string, string> }> {
  const env: Record<string, string> = {};
  let script = "";
  let end = 0;
  for (const place of text.matchAll(PLACE)) {
    const expression = place[1] ?? "";
    const value = /^[\p{L}_][\p{L}\p{N}_.'"[\]-]*$/u.test(expression) ? await lookUp(expression, scope, work) : missing;
    if (value === missing) continue;
    const name = `CLOCKER_VALUE_${Object.keys(env).length + 1}`;
    env[name] = shownAs(value);
    script += `${text.slice(end, place.index)}\${${name}}`;
    end = place.index + place[0].length;
  }
  return { text: script + text.slice(end), env };
}

/** What becomes of a `${...}` that has no value: an error, itself, or nothing. */
export type Leniency = "fail" | "ignore" | "blank";

/** As `interpolated`; `${...}` without a value are left as they are, or left out. */
export async function interpolatedLeniently(value: unknown, scope: Scope, work: Work, leniency: Leniency): Promise<unknown> {
  if (leniency === "fail") return interpolated(value, scope, work);
  if (Array.isArray(value)) return Promise.all((value as unknown[]).map((each) => interpolatedLeniently(each, scope, work, leniency)));
  if (isRecord(value) && !(value instanceof Entity) && !scope.entity.management.isDeferred(value)) {
    return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, each]): Promise<[string, unknown]> => [key, await interpolatedLeniently(each, scope, work, leniency)])));
  }
  if (typeof value !== "string" || scope.entity.management.isDeferred(value)) return interpolated(value, scope, work);
  const whole = WHOLE.exec(value)?.[1];
  if (whole !== undefined) {
    const found = await knownOrMissing(whole, scope, work);
    return found === missing ? (leniency === "ignore" ? value : "") : found;
  }
  let filled = "";
  let end = 0;
  for (const place of value.matchAll(PLACE)) {
    const found = await knownOrMissing(place[1] ?? "", scope, work);
    filled += value.slice(end, place.index) + (found === missing ? (leniency === "ignore" ? place[0] : "") : shownAs(found));
    end = place.index + place[0].length;
  }
  return filled + value.slice(end);
}

/** What is no expression of a workflow, `${VAR:-x}` of a shell, has no value either. */
async function knownOrMissing(expression: string, scope: Scope, work: Work): Promise<unknown> {
  try {
    return await valueOf(expression, scope, work);
  } catch (error) {
    if (error instanceof ClockerError && error.code === "invalid-value") return missing;
    throw error;
  }
}
