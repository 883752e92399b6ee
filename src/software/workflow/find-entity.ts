import { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";

/** The entity that a value means: one, its id, or what blueprints write as `id` or name below the application. */
export function entityOf(value: unknown, scope: Entity): Entity {
  if (value === undefined) return scope;
  if (value instanceof Entity) return value;
  const name = isRecord(value) ? value["id"] : value;
  const known = typeof name === "string" ? (scope.management.entity(name) ?? [...scope.application.descendants()].find(({ planId, displayName }) => planId === name || displayName === name)) : undefined;
  if (known === undefined) throw new ClockerError("not-found", `There is no entity ${JSON.stringify(name)}`);
  return known;
}
