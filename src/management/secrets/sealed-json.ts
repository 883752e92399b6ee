import type { Secrets } from "../../model/management.ts";
import type { Json, JsonObject } from "../../model/spec.ts";
import type { KnownSecrets } from "./known-secrets.ts";
import { isSecretName } from "./secret-names.ts";

/** The only key of a map that stands for a sealed value. */
const SEALED = "$sealed";
/** What a definition `{name: ..., default: ...}` says of its value, where its name is a secret's. */
const valueNames = new Set(["default", "defaultValue", "value", "static.value"]);

export interface Sealing {
  readonly secrets: Secrets;
  /** Told the values that are sealed. */
  readonly known: KnownSecrets;
  /** Beside names that are a secret's by themselves. */
  readonly isSecret?: (name: string) => boolean;
}

/**
 * JSON for the store: the values of secret names are sealed at any depth, and so is text that holds such a name with something after it, for instance a blueprint
 * or a location's spec. `opened` gives back what it was.
 */
export function sealed(value: JsonObject, sealing: Sealing): JsonObject {
  return sealedMap(value, sealing);
}

function sealedValue(value: Json, sealing: Sealing): Json {
  if (typeof value === "string") return /[:=]/.test(value) && isSecretName(value) ? seal(value, sealing) : value;
  if (Array.isArray(value)) return sealedList(value, sealing);
  return isMap(value) ? (Object.hasOwn(value, SEALED) ? seal(value, sealing) : sealedMap(value, sealing)) : value;
}

/** The same list when nothing in it is sealed, as nearly always. */
function sealedList(list: Json[], sealing: Sealing): Json {
  const items = list.map((item) => sealedValue(item, sealing));
  return items.some((item, index) => item !== list[index]) ? items : list;
}

/** The same map when nothing in it is sealed, as nearly always. */
function sealedMap(map: JsonObject, sealing: Sealing): JsonObject {
  const isOfSecret = typeof map["name"] === "string" && isSecret(map["name"], sealing);
  const changed: [string, Json][] = [];
  for (const name in map) {
    if (!Object.hasOwn(map, name)) continue;
    const value = map[name];
    if (value === undefined) continue;
    const safe = sealedMember(name, value, isOfSecret, sealing);
    if (safe !== value) changed.push([name, safe]);
  }
  return changed.length === 0 ? map : { ...map, ...Object.fromEntries(changed) };
}

function sealedMember(name: string, value: Json, isOfSecret: boolean, sealing: Sealing): Json {
  const isValueOfSecret = isOfSecret && valueNames.has(name);
  if (!isValueOfSecret && !isSecret(name, sealing)) return sealedValue(value, sealing);
  if (value === null || typeof value === "boolean") return value;
  learn(name, value, sealing.known);
  return seal(value, sealing);
}

function isSecret(name: string, { isSecret: isOwn }: Sealing): boolean {
  return isSecretName(name) || isOwn?.(name) === true;
}

/** A name such as `privateKeyFile` names a file: where it is is no secret. */
function learn(name: string, value: Json, known: KnownSecrets): void {
  if (/(file|url)$/i.test(name)) return;
  if (typeof value === "string" || typeof value === "number") known.add(String(value));
  // A sensor's record.
  else if (isMap(value) && typeof value["value"] === "string") known.add(value["value"]);
}

function seal(value: Json, { secrets }: Sealing): Json {
  return { [SEALED]: secrets.seal(JSON.stringify(value)) };
}

/**
 * What `sealed` was given. A value that cannot be opened, as its key is lost, stays as it is.
 * @param onFailure told why, once a value
 */
export function opened(value: JsonObject, secrets: Secrets, onFailure: (error: unknown) => void): JsonObject {
  const changed: [string, Json][] = [];
  for (const [name, each] of Object.entries(value)) {
    const clear = openedValue(each, secrets, onFailure);
    if (clear !== each) changed.push([name, clear]);
  }
  // The same map when nothing in it was sealed, as nearly always.
  return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) };
}

function openedValue(value: Json, secrets: Secrets, onFailure: (error: unknown) => void): Json {
  if (Array.isArray(value)) {
    const items = value.map((item) => openedValue(item, secrets, onFailure));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isMap(value)) return value;
  const text = value[SEALED];
  if (text === undefined || Object.keys(value).length !== 1) return opened(value, secrets, onFailure);
  try {
    // What `seal` made.
    return JSON.parse(secrets.open(text)) as Json;
  } catch (error) {
    onFailure(error);
    return value;
  }
}

function isMap(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
