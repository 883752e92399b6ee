import type { Json, JsonObject } from "../../model/spec.ts";
import type { KnownSecrets } from "./known-secrets.ts";
import { isSecretName } from "./secret-names.ts";
import { suppressed } from "./suppressed.ts";

/** A task's record without secrets: neither under their names nor, where they are known, in any text. */
export function scrubbed(record: JsonObject, known: KnownSecrets): JsonObject {
  learnFrom(record, known);
  return withoutNamed(record, known);
}

/** Has the values of secret names known. */
export function learnFrom(value: Json, known: KnownSecrets): void {
  if (Array.isArray(value)) value.forEach((item) => learnFrom(item, known));
  if (!isMap(value)) return;
  for (const [name, each] of Object.entries(value)) {
    if (typeof each === "string" && isSecretName(name) && !/(file|url)$/i.test(name) && !each.startsWith("<suppressed>")) known.add(each);
    else learnFrom(each, known);
  }
}

function withoutNamed(map: JsonObject, known: KnownSecrets): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, isSecretName(name) && isShown(value) ? suppressed(value) : withoutKnown(value, known)]));
}

/** JSON with the secrets that are known left out of its text. */
export function withoutKnown(value: Json, known: KnownSecrets): Json {
  if (typeof value === "string") return known.scrub(value);
  if (Array.isArray(value)) return value.map((item) => withoutKnown(item, known));
  return isMap(value) ? withoutNamed(value, known) : value;
}

function isShown(value: Json): boolean {
  return value !== null && typeof value !== "boolean" && !(typeof value === "string" && value.startsWith("<suppressed>"));
}

function isMap(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
