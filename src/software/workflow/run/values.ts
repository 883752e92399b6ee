import { Adjunct } from "../../../model/adjunct.ts";
import { Entity } from "../../../model/entity.ts";
import { messageOf } from "../../../model/errors.ts";
import type { Management } from "../../../model/management.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import type { Json, JsonObject } from "../../../model/spec.ts";
import { missing } from "../missing.ts";

const ENTITY = "org.apache.brooklyn.api.entity.Entity";
const DEEPEST = 50;

/** A value of a workflow as it is stored: entities by their id, errors by their text; what has no JSON becomes text. */
export function storable(value: unknown, depth = 0): Json {
  if (value === undefined || value === null || value === missing || depth > DEEPEST) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Entity) return { type: ENTITY, id: value.id, name: value.displayName };
  if (value instanceof Adjunct) return { type: "org.apache.brooklyn.api.policy.Policy", id: value.id, entityId: value.entity.id };
  if (value instanceof Error) return messageOf(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((each) => storable(each, depth + 1));
  if (value instanceof Map) return storableMap(value.entries(), depth);
  if (value instanceof Set) return [...value].map((each) => storable(each, depth + 1));
  return typeof value === "object" ? storableMap(Object.entries(value), depth) : String(value);
}

function storableMap(entries: Iterable<[unknown, unknown]>, depth: number): JsonObject {
  const map: JsonObject = {};
  for (const [key, each] of entries) if (each !== undefined && each !== missing) map[String(key)] = storable(each, depth + 1);
  return map;
}

/** A stored value as the workflow had it: entities again, where they still are. */
export function revived(value: unknown, management: Management): unknown {
  if (Array.isArray(value)) return value.map((each) => revived(each, management));
  if (!isRecord(value)) return value;
  if (value["type"] === ENTITY && typeof value["id"] === "string") return management.entity(value["id"]) ?? value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revived(each, management)]));
}
