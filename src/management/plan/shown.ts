import * as docker from "../../docker/keys.ts";
import type { OwnSpec } from "../../model/made-from.ts";
import type { EntitySpec, Json } from "../../model/spec.ts";
import { isEntitySpec, types as valueTypes } from "../../model/types/index.ts";
import { INITIAL_SIZE, MAX_SIZE } from "../../software/group/cluster-keys.ts";
import type { Plane } from "../plane.ts";
import { withoutKnown } from "../secrets/scrubbed.ts";
import { isSecretName } from "../secrets/secret-names.ts";
import { suppressed, withoutSecrets } from "../secrets/suppressed.ts";
import { CLUSTER } from "./effect-of-key.ts";
import type { PlannedDifference } from "./plan.ts";
import type { Difference } from "./plan-node.ts";

/** A value as it may be shown. */
export function shownValue(plane: Plane, value: Json, isSecret: boolean): Json {
  if (isSecret && value !== null && typeof value !== "boolean") return suppressed(value);
  if (isEntitySpec(value)) return shownType(value);
  return withoutKnown(withoutSecrets(value), plane.knownSecrets);
}

export function shownDifference(plane: Plane, { kind, key, change, from, to, effect, reason, isSecret = false }: Difference): PlannedDifference {
  return {
    kind,
    key,
    change,
    ...(from === undefined ? {} : { from: shownValue(plane, from, isSecret) }),
    ...(to === undefined ? {} : { to: shownValue(plane, to, isSecret) }),
    effect,
    ...(reason === undefined ? {} : { reason }),
  };
}

export function shownType({ type, typeName }: Pick<OwnSpec, "type" | "typeName">): string {
  const name = typeName ?? type;
  return name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("$")) + 1);
}

type Fact = { readonly name: string; readonly value: string };

/** Keys that tell what an entity will be like, and what they are called for short. */
const telling: readonly (readonly [key: string, name: string])[] = [
  [docker.DOCKERFILE_URL.name, "dockerfile"],
  ["install.version", "version"],
  ["download.url", "download"],
  [docker.DIRECT_PORTS.name, "ports"],
  [docker.OPEN_PORTS.name, "ports"],
  [docker.PORT_BINDINGS.name, "ports"],
  [docker.MEMORY.name, "memory"],
  [docker.CPU_SHARES.name, "cpu shares"],
  [docker.STRATEGIES.name, "strategies"],
  [docker.HOST_INITIAL_SIZE.name, "hosts"],
  [docker.HOST_MAX_SIZE.name, "most hosts"],
  [docker.MAX_CONTAINERS.name, "containers a host"],
  [docker.LOCATION_NAME.name, "location name"],
  [MAX_SIZE.name, "largest size"],
];

/** What is telling of a spec's config. */
export function factsOf(plane: Plane, spec: EntitySpec): Fact[] {
  const type = plane.types.entityType(spec.type);
  const facts: Fact[] = [];
  const image = spec.config[docker.IMAGE_NAME.name];
  if (typeof image === "string") facts.push({ name: "image", value: imageOf(image, spec.config[docker.IMAGE_TAG.name]) });
  if (type?.traits.has(CLUSTER) === true) facts.push({ name: "size", value: textOf(spec.config[INITIAL_SIZE.name] ?? INITIAL_SIZE.defaultValue) });
  for (const [key, name] of telling) {
    const value = spec.config[key];
    if (value !== undefined && value !== null && !isSecretName(key)) facts.push({ name, value: textOf(shownValue(plane, value, false)) });
  }
  for (const key of type?.config.values() ?? []) {
    const value = spec.config[key.name];
    if (key.type.name === valueTypes.portRange.name && value !== undefined) facts.push({ name: key.name, value: textOf(value) });
  }
  return facts;
}

export function imageOf(name: string, tag: Json | undefined): string {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return /[:@]/.test(last) || tag === undefined || tag === null ? name : `${name}:${textOf(tag)}`;
}

function textOf(value: Json): string {
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value);
}
