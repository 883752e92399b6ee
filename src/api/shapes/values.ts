import { Adjunct } from "../../model/adjunct.ts";
import { Entity } from "../../model/entity.ts";
import { messageOf } from "../../model/errors.ts";
import { Task } from "../../model/task.ts";
import type { ValueType } from "../../model/value-type.ts";
import { withoutSecret } from "./secrets.ts";

const DEEPEST = 50;

/**
 * A config or sensor value as JSON, as Brooklyn writes it: through its type, then things of the plane as `{type, id}`;
 * what can't be written becomes `{type: "error", message}`. Values with a secret's name are suppressed.
 */
export function shownValue(name: string, value: unknown, type: ValueType<unknown> | undefined, options: { secret?: boolean } = {}): unknown {
  if (value === undefined || value === null) return undefined;
  if (options.secret === true) return withoutSecret("secret", jsonOf(value));
  try {
    return withoutSecret(name, jsonOf(type === undefined ? value : type.toJson(value)));
  } catch (error) {
    return { type: "error", message: messageOf(error) };
  }
}

/** Anything as JSON. @throws Error for what holds itself. */
export function jsonOf(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw new Error("Cannot write the value: it is nested too deeply, or holds itself");
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "function" || typeof value === "symbol") return notSerializable(value);
  if (typeof value !== "object" || value === null) return value;
  const reference = referenceTo(value);
  if (reference !== undefined) return reference;
  if (Array.isArray(value)) return value.map((item: unknown) => jsonOf(item, depth + 1) ?? null);
  if (value instanceof Set) return [...(value as Set<unknown>)].map((item) => jsonOf(item, depth + 1) ?? null);
  const entries: [unknown, unknown][] = value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value);
  return Object.fromEntries(entries.flatMap(([key, item]) => (item === undefined ? [] : [[String(key), jsonOf(item, depth + 1)]])));
}

/** Things of the plane are named, not written out (reference, 1.1). */
function referenceTo(value: object): unknown {
  if (value instanceof Entity) return { type: "org.apache.brooklyn.api.entity.Entity", id: value.id };
  if (value instanceof Task) return { type: "org.apache.brooklyn.api.mgmt.Task", id: value.id, displayName: value.name };
  if (value instanceof Adjunct) return { type: "org.apache.brooklyn.api.policy.Policy", id: value.id, entityId: value.entity.id };
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Error) return { type: "error", message: messageOf(value) };
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (isLocation(value)) return { type: "org.apache.brooklyn.api.location.Location", id: value.id };
  return undefined;
}

/** A location is an interface with many classes; plain data with the same fields is not one. */
function isLocation(value: object): value is { id: string } {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null && "spec" in value && "parent" in value && "id" in value && typeof value.id === "string";
}

function notSerializable(value: unknown): unknown {
  return { error: true, errorType: "java.io.NotSerializableException", type: typeof value, toString: String(value).slice(0, 200) };
}
