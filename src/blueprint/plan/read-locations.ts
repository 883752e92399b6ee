import type { LocationReference } from "../../model/spec.ts";
import { type Cursor, isMap } from "./cursor.ts";
import { checkExpressions } from "./read-config.ts";

/**
 * `location` and `locations` of an application or a service: text, a map with one key, or a list of those (reference, 3.4).
 * Undefined when there is neither; an empty list means none.
 */
export function readLocations(plan: Cursor): LocationReference[] | undefined {
  const one = plan.get("location");
  const many = plan.get("locations");
  if (one !== undefined && many !== undefined && JSON.stringify(listed(one)) !== JSON.stringify(listed(many))) {
    return many.fail("location and locations are both given, and they differ", { remedy: "Keep one of them" });
  }
  const given = many ?? one;
  if (given === undefined) return undefined;
  const places = Array.isArray(given.value) ? given.items("locations") : [given];
  return places.map(readLocation);
}

function readLocation(cursor: Cursor): LocationReference {
  const reference = referenceAt(cursor);
  if (reference.spec.startsWith("$brooklyn:") || cursor.reading.types.knownLocation?.(reference) !== false) return reference;
  return cursor.fail(`Unknown location '${reference.spec}'`, { code: "unknown-location", part: "value", details: { location: reference.spec } });
}

function referenceAt(cursor: Cursor): LocationReference {
  checkExpressions(cursor, cursor.value);
  if (typeof cursor.value === "string") return cursor.value.trim() === "" ? cursor.fail("a location is empty") : { spec: cursor.value.trim() };
  if (!isMap(cursor.value)) return cursor.fail("a location must be text, or a map with one key whose value is its config");
  const keys = Object.keys(cursor.value);
  const [spec] = keys;
  if (spec === undefined || keys.length !== 1) return cursor.fail("a location given as a map must have a single key, and its config as the value");
  const config = cursor.get(spec);
  if (config === undefined) return { spec };
  return isMap(config.value) ? { spec, config: config.value } : config.fail(`the config of location "${spec}" must be a map`);
}

function listed(cursor: Cursor): unknown[] {
  return Array.isArray(cursor.value) ? cursor.value : [cursor.value];
}
