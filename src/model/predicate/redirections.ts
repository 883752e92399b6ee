import { Entity } from "../entity.ts";
import { ClockerError, messageOf } from "../errors.ts";
import { show } from "../value-type.ts";
import { jsonPath } from "./json-path.ts";
import type { Reading } from "./node.ts";
import { absent, isRecord, itemsOf, present, type Subject } from "./subject.ts";
import { configOf, sensorOf } from "./targets.ts";

/** Goes from a value to a part of it, or to something that belongs to it. */
export type Redirection = (value: unknown, entity: Entity | undefined) => Subject;

/** Keys that say what of the value is checked: one a predicate. */
export const redirectionNames: readonly string[] = ["config", "sensor", "key", "index", "filter", "jsonpath", "error-field", "error-cause"];

export function redirectionOf(raw: Readonly<Record<string, unknown>>, reading: Reading): Redirection | undefined {
  const { config, sensor, key, index, filter, jsonpath } = raw;
  if (config !== undefined) return configRedirection(nameIn("config", config));
  if (sensor !== undefined) return sensorRedirection(nameIn("sensor", sensor), reading);
  if (key !== undefined) return (value) => keyOf(asData(value), String(key));
  if (index !== undefined) return indexRedirection(index);
  if (filter !== undefined) return filterRedirection(filter, reading);
  if (jsonpath !== undefined) {
    const find = jsonPath(nameIn("jsonpath", jsonpath));
    return (value) => find(asData(value));
  }
  return errorRedirection(raw, reading);
}

/** An entity as a map of what it is. */
function asData(value: unknown): unknown {
  return value instanceof Entity ? { id: value.id, name: value.displayName, displayName: value.displayName, type: value.typeName, applicationId: value.application.id, catalogItemId: value.catalogItemId ?? null } : value;
}

function configRedirection(name: string): Redirection {
  return (value, entity) => {
    if (hasConfig(value)) return Object.hasOwn(value.config, name) ? present(value.config[name]) : absent(`location "${value.name}" has no config "${name}"`);
    const of = value instanceof Entity ? value : entity;
    return of === undefined ? absent(`${show(value)} has no config`) : configOf(of, name);
  };
}

function sensorRedirection(name: string, reading: Reading): Redirection {
  reading.sensors.add(name);
  return (value, entity) => {
    const of = value instanceof Entity ? value : entity;
    return of === undefined ? absent(`${show(value)} has no sensors`) : sensorOf(of, name);
  };
}

function keyOf(value: unknown, key: string): Subject {
  if (!isRecord(value)) return absent(`${show(value)} is no map, so it has no key "${key}"`);
  return Object.hasOwn(value, key) ? present(value[key]) : absent(`the map has no key "${key}"`);
}

function indexRedirection(given: unknown): Redirection {
  const index = Number(given);
  if (!Number.isInteger(index)) throw new ClockerError("invalid-value", `Cannot use ${show(given)} as index of a predicate: expected a whole number`);
  return (value) => {
    const items = itemsOf(value);
    if (items === undefined) return absent(`${show(value)} is no list, so it has no item ${index}`);
    const at = index < 0 ? items.length + index : index;
    return at >= 0 && at < items.length ? present(items[at]) : absent(`a list of ${items.length} has no item ${index}`);
  };
}

function filterRedirection(raw: unknown, reading: Reading): Redirection {
  const filter = reading.read(raw);
  return (value, entity) => {
    const items = itemsOf(value);
    return items === undefined ? absent(`${show(value)} is no list to filter`) : present(items.filter((item) => filter.test(item, item instanceof Entity ? item : entity)));
  };
}

function errorRedirection(raw: Readonly<Record<string, unknown>>, reading: Reading): Redirection | undefined {
  const field = raw["error-field"];
  if (field !== undefined) {
    const name = nameIn("error-field", field);
    return (value) => (value instanceof Error ? fieldOf(value, name) : absent(`${show(value)} is no error`));
  }
  if (raw["error-cause"] === undefined) return undefined;
  const cause = reading.read(raw["error-cause"]);
  return (value, entity) => {
    for (let error = value; error instanceof Error; error = error.cause) if (cause.test(error, entity)) return present(error);
    return absent("no cause of the error passes");
  };
}

function fieldOf(error: Error, name: string): Subject {
  if (name === "message") return present(messageOf(error));
  return name in error ? present(Reflect.get(error, name)) : absent(`the error has no "${name}"`);
}

/** A name, or a sensor, which has one. */
function nameIn(key: string, value: unknown): string {
  const name: unknown = typeof value === "object" && value !== null && "name" in value ? value.name : value;
  if (typeof name !== "string" || name === "") throw new ClockerError("invalid-value", `Cannot use ${show(value)} as ${key} of a predicate: expected a name`);
  return name;
}

function hasConfig(value: unknown): value is { readonly name: string; readonly config: Readonly<Record<string, unknown>> } {
  return typeof value === "object" && value !== null && !(value instanceof Entity) && "spec" in value && "name" in value && typeof value.name === "string" && "config" in value && isRecord(value.config);
}
