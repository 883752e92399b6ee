import { Entity } from "../../model/entity.ts";
import { isRecord } from "../../model/predicate/subject.ts";

/** A value as it may leave a workflow: entities by their id and name. */
export function plainOf(value: unknown): unknown {
  if (value instanceof Entity) return { type: "org.apache.brooklyn.api.entity.Entity", id: value.id, name: value.displayName };
  if (Array.isArray(value)) return value.map(plainOf);
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainOf(each)])) : value;
}
