import { hyphenatedLocationKeys, knownLocationKeys } from "./known-keys.ts";
import { modernName, namesWithoutSpec } from "./location-properties.ts";
import type { PropertyMap } from "./property-map.ts";
import { isSlipOf } from "./slip.ts";
import { isKnownKey, nearestKey } from "./unknown-keys.ts";

/** What is odd about properties, for people: unknown, old and incomplete ones, each once. Names only, never a value. */
export function warningsAbout(properties: PropertyMap): string[] {
  const all = [...properties].flatMap(([key, { source }]) => {
    const warning = unknownKey(key) ?? oldKey(key) ?? doubtfulLocationKey(key);
    return warning === undefined ? [] : [`${source}: ${warning}`];
  });
  const incomplete = namesWithoutSpec(properties).map(
    (name) => `The location "${name}" has properties and no spec: add "brooklyn.location.named.${name}=SPEC", for instance "localhost" or "byon(hosts=10.0.0.1)"`,
  );
  return [...all, ...incomplete];
}

function unknownKey(key: string): string | undefined {
  if (isKnownKey(key)) return undefined;
  const meant = nearestKey(key);
  return `Unknown property "${key}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`;
}

function oldKey(key: string): string | undefined {
  for (const [old, current] of [
    ["brooklyn.jclouds.", "brooklyn.location.jclouds."],
    ["brooklyn.localhost.", "brooklyn.location.localhost."],
  ] as const) {
    if (key.startsWith(old)) return `Old property "${key}"; write "${current}${key.slice(old.length)}"`;
  }
  const last = locationKeyOf(key);
  const modern = last === undefined ? undefined : modernName(last);
  return modern === undefined ? undefined : `Old property "${key}"; write "${key.slice(0, -(last?.length ?? 0))}${modern}"`;
}

/** Providers have keys that only they know, so an unknown one is worth a word only when it is nearly a known one. */
function doubtfulLocationKey(key: string): string | undefined {
  const last = locationKeyOf(key);
  if (last === undefined || knownParts.has(last)) return undefined;
  const meant = knownLocationKeys.find((known) => isSlipOf(last, known));
  return meant === undefined ? undefined : `Property "${key}" is not one that locations have in common; did you mean "${meant}" for "${last}"?`;
}

/** Known names, and the last parts of those with dots. */
const knownParts = new Set(knownLocationKeys.flatMap((key) => key.split(".")).concat(knownLocationKeys));

/** The last part of a property about locations; undefined for other properties and for the spec of a named location. */
function locationKeyOf(key: string): string | undefined {
  const match = /^brooklyn\.(?:location\.named\.[^.]+|location\.jclouds(?:\.[^.]+)?|location(?:\.[^.]+)?)\.([^.]+)$/.exec(key);
  const last = match?.[1];
  if (last === undefined || /^brooklyn\.location\.named\.[^.]+$/.test(key)) return undefined;
  return Object.hasOwn(hyphenatedLocationKeys, last) || key.startsWith("brooklyn.location.") ? last : undefined;
}
