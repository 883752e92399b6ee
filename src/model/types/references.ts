import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

/** An entity by its id; `management.entity(id)` has the entity. */
export interface EntityRef {
  readonly id: string;
}

/** A reference to an entity: its id, `{type, id}` as REST writes it, or the entity itself. */
export const entityType: ValueType<EntityRef> = {
  name: "org.apache.brooklyn.api.entity.Entity",
  expected: "an entity",
  coerce: (value) => ({ id: nameIn(value, "id") ?? refuse(value, entityType.expected) }),
  toJson: (value) => ({ type: entityType.name, id: value.id }),
};

/** A sensor by its name, or anything that has one. */
export const sensorRefType: ValueType<string> = {
  name: "org.apache.brooklyn.api.sensor.AttributeSensor",
  expected: "a sensor or the name of one",
  coerce: (value) => nameIn(value, "name") ?? refuse(value, sensorRefType.expected),
  toJson: (value) => value,
};

/** The text, or the text under `field`; undefined when there is none. */
function nameIn(value: unknown, field: string): string | undefined {
  const name: unknown = typeof value === "object" && value !== null && field in value ? Reflect.get(value, field) : value;
  return typeof name === "string" && name !== "" ? name : undefined;
}

function refuse(value: unknown, expected: string): never {
  throw new CoercionError(value, expected);
}
