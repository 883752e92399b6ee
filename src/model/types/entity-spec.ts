import type { AdjunctSpec, EntitySpec } from "../spec.ts";
import { entitySpec } from "../spec.ts";
import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

/**
 * What to make members or children from. In config it is stored as the whole spec, as `readBlueprint` makes it of
 * `$brooklyn:entitySpec` and of a plain map with a `type`; a bare type name is a spec as well.
 */
export const entitySpecType: ValueType<EntitySpec> = {
  name: "org.apache.brooklyn.api.entity.EntitySpec",
  expected: "a specification of an entity: a map with a type",
  coerce: (value) => {
    if (isEntitySpec(value)) return value;
    if (typeof value === "string" && /^[\w.$:-]+$/.test(value)) return entitySpec(value);
    if (!isRecord(value) || typeof value["type"] !== "string" || value["type"] === "") throw new CoercionError(value, entitySpecType.expected);
    const completed: unknown = { ...entitySpec(value["type"]), ...value };
    if (!isEntitySpec(completed)) throw new CoercionError(value, entitySpecType.expected);
    return completed;
  },
  toJson: (value) => value,
};

/**
 * Whether a value is a whole spec. The language relies on it: `$brooklyn:` expressions within a spec belong to the
 * entity that will be made of it, so that they are left as they are where the spec is only passed on.
 */
export function isEntitySpec(value: unknown): value is EntitySpec {
  return isSpecAt(value, 0);
}

/** Deeper trees of children than this are not made by anybody. */
const DEEPEST = 200;

function isSpecAt(value: unknown, depth: number): boolean {
  if (!isRecord(value) || depth > DEEPEST) return false;
  return (
    typeof value["type"] === "string" &&
    isRecord(value["config"]) &&
    isListOf(value["children"], (child) => isSpecAt(child, depth + 1)) &&
    isListOf(value["policies"], isAdjunctSpec) &&
    isListOf(value["enrichers"], isAdjunctSpec) &&
    isListOf(value["initializers"], isAdjunctSpec) &&
    isListOf(value["parameters"], isRecord) &&
    Array.isArray(value["tags"])
  );
}

function isAdjunctSpec(value: unknown): value is AdjunctSpec {
  return isRecord(value) && typeof value["type"] === "string" && isRecord(value["config"]);
}

function isListOf(value: unknown, accepts: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => accepts(item));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
