import type { ConfigKey } from "../../model/config-key.ts";
import type { Json, JsonObject } from "../../model/spec.ts";
import { isEntitySpec } from "../../model/types/index.ts";
import { CoercionError, show } from "../../model/value-type.ts";
import { isDeferred } from "../dsl/deferred.ts";
import { dslEntry, isDsl, parseDsl } from "../dsl/parse-dsl.ts";
import { validateDsl } from "../dsl/validate.ts";
import { type Cursor, isMap } from "./cursor.ts";
import type { KeyTable } from "./key-table.ts";

const ENTITY_SPEC = "org.apache.brooklyn.api.entity.EntitySpec";

/**
 * A config value as it is kept: nested specs read, expressions checked but left as they are, constants checked against the key's type.
 * @param owner the name of the entity or policy, for messages
 */
export function readConfigValue(cursor: Cursor, key: ConfigKey | undefined, owner: string): Json {
  const value = key?.type.name === ENTITY_SPEC ? readSpecValue(cursor) : readPlainValue(cursor, key);
  checkExpressions(cursor, value);
  if (key !== undefined) checkType(cursor, key, value, owner);
  return value;
}

/** A value's expressions must be well formed, whatever they will give. */
export function checkExpressions(cursor: Cursor, value: Json): void {
  const [problem] = validateDsl(value, cursor.path);
  if (problem !== undefined) cursor.fail(problem.message, { remedy: problem.remedy, at: problem.path, part: "value" });
}

/** Own values win; maps of keys that merge are merged key by key. */
export function mergeConfig(inherited: JsonObject, own: Iterable<readonly [string, Json]>, keys: KeyTable): JsonObject {
  const merged = new Map(Object.entries(inherited));
  for (const [name, value] of own) {
    const before = merged.get(name);
    merged.set(name, before !== undefined && keys.key(name)?.merge === "deep_merge" ? deepMerge(before, value) : value);
  }
  return Object.fromEntries(merged);
}

export function deepMerge(inherited: Json, own: Json): Json {
  if (!isMap(inherited) || !isMap(own) || isDsl(inherited) || isDsl(own) || isEntitySpec(own)) return own;
  const merged = new Map(Object.entries(inherited));
  for (const [name, value] of Object.entries(own)) {
    const before = merged.get(name);
    merged.set(name, before === undefined ? value : deepMerge(before, value));
  }
  return Object.fromEntries(merged);
}

/** `memberSpec` and its like: `$brooklyn:entitySpec`, a plain map with a type, or a type's name. */
function readSpecValue(cursor: Cursor): Json {
  const { value } = cursor;
  if (typeof value === "string" && !isDsl(value)) return specAt(cursor.with({ type: value }));
  if (isMap(value) && !isDsl(value) && !isEntitySpec(value)) return specAt(cursor);
  return readPlainValue(cursor, undefined);
}

function readPlainValue(cursor: Cursor, key: ConfigKey | undefined): Json {
  const { value } = cursor;
  if (isEntitySpec(value)) return value;
  const spec = nestedSpec(cursor);
  if (spec !== undefined) return spec;
  if (Array.isArray(value)) return value.some(isCompound) ? cursor.items("the value").map((item) => readPlainValue(item, undefined)) : value;
  if (isMap(value)) {
    const entry = dslEntry(value);
    // What these hold belongs to what is made of it, or to nobody.
    if (entry !== undefined && /^\$brooklyn:(literal|object|entitySpec)$/.test(entry[0])) return value;
    return Object.fromEntries(cursor.entries("the value").map(([name, each]) => [name, readPlainValue(each, undefined)]));
  }
  // A version 7.10 is that text, and not the number 7.1.
  return typeof value === "number" && key?.type.name === "java.lang.String" ? (cursor.written() ?? value) : value;
}

/** The spec that `$brooklyn:entitySpec` holds here, read now so that its faults are known at once; its expressions stay for its own scope. */
function nestedSpec(cursor: Cursor): Json | undefined {
  const { value } = cursor;
  if (typeof value === "string") {
    if (!value.startsWith("$brooklyn:entitySpec(")) return undefined;
    const node = cursor.attempt(() => parseDsl(value));
    const [arg] = node?.kind === "call" ? node.args : [];
    return arg?.kind === "constant" && typeof arg.value === "string" ? specAt(cursor.with({ type: arg.value })) : undefined;
  }
  const argument = dslEntry(value)?.[0] === "$brooklyn:entitySpec" ? cursor.get("$brooklyn:entitySpec") : undefined;
  if (argument === undefined) return undefined;
  const [only] = Array.isArray(argument.value) && argument.value.length === 1 ? argument.items("$brooklyn:entitySpec") : [argument];
  const plan = typeof only?.value === "string" ? only.with({ type: only.value }) : only;
  if (plan === undefined || !isMap(plan.value)) return cursor.fail("$brooklyn:entitySpec needs a map with a type, or the name of a type");
  if (isEntitySpec(plan.value)) return plan.value;
  // A type that is itself an expression is known when it is used.
  return ["type", "serviceType", "service_type"].some((name) => isDsl(plan.get(name)?.value)) ? undefined : specAt(plan);
}

function checkType(cursor: Cursor, key: ConfigKey, value: Json, owner: string): void {
  if (value === null || isDeferred(value)) return;
  try {
    key.type.coerce(value);
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
    const shown = key.secret ? "its value is not" : `${show(value)} is not`;
    cursor.fail(`config "${key.name}" of ${owner}: ${shown} ${error.expected}`, {
      code: "invalid-value",
      part: "value",
      details: { key: key.name, expected: error.expected, ...(key.secret ? {} : { value }) },
    });
  }
}

function isCompound(value: Json): boolean {
  return typeof value === "object" ? value !== null : typeof value === "string" && value.startsWith("$brooklyn:entitySpec(");
}

function specAt(plan: Cursor): Json {
  const spec: object = plan.reading.readers.spec(plan);
  // A spec is plain JSON by its definition; its interface only lacks an index signature.
  return spec as Json;
}
