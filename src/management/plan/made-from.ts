import type { Entity } from "../../model/entity.ts";
import { MADE_FROM, type MadeFrom, type OwnSpec } from "../../model/made-from.ts";
import type { EntitySpec, Json, JsonObject } from "../../model/spec.ts";
import type { Plane } from "../plane.ts";

/** A spec without its children, and without the blueprint itself, which is kept elsewhere. */
export function ownSpec({ children: _children, ...own }: EntitySpec): OwnSpec {
  return { ...own, tags: plainTags(own) };
}

export function plainTags({ tags }: Pick<OwnSpec, "tags">): Json[] {
  return tags.filter((tag) => typeof tag !== "object" || tag === null || Array.isArray(tag) || tag["kind"] !== "yaml_spec");
}

/** What an entity was made from; undefined for those that code made, or somebody by hand. */
export function madeFrom(plane: Plane, entity: Entity): MadeFrom | undefined {
  // Written by `record`, here or by clusters; the store checks integrity.
  return plane.documents.get(MADE_FROM, entity.id) as unknown as MadeFrom | undefined;
}

export function record(plane: Plane, entity: Entity, made: MadeFrom): void {
  // Specs are JSON; keys that are undefined are left out.
  plane.documents.put(MADE_FROM, entity.id, JSON.parse(JSON.stringify(made)) as JsonObject);
}

/** The same, but nothing is stored. */
export function noteInMemory(plane: Plane, entity: Entity, made: MadeFrom): void {
  plane.documents.restore(MADE_FROM, entity.id, JSON.parse(JSON.stringify(made)) as JsonObject);
}

/** Makes entities of a blueprint's spec, and notes of each what it was made from. */
export function createRecorded(plane: Plane, spec: EntitySpec, parent: Entity | undefined, options: { id?: string; replaces?: string; isUnfinished?: boolean } = {}): Entity {
  const { replaces, isUnfinished, ...rest } = options;
  let isRoot = true;
  return plane.create(spec, parent, {
    ...rest,
    onMade: (entity, of) => {
      record(plane, entity, { spec: ownSpec(of), ...(isRoot && replaces !== undefined ? { replaces } : {}), ...(isRoot && isUnfinished === true ? { isUnfinished } : {}) });
      isRoot = false;
    },
  });
}

/** The blueprint's children of an entity: not those that its type, a cluster, a policy or somebody by hand has made. */
export function plannedChildren(plane: Plane, parent: Entity): Entity[] {
  return parent.children.filter((child) => {
    const made = madeFrom(plane, child);
    return made !== undefined && made.isMember !== true;
  });
}

/**
 * The spec of which an entity and what is below it were made, put together again: what it takes to make it anew.
 * Config that was changed since by hand is as it is now.
 */
export function specOf(plane: Plane, entity: Entity): EntitySpec | undefined {
  const made = madeFrom(plane, entity);
  if (made === undefined) return undefined;
  const config: Record<string, Json> = { ...made.spec.config };
  for (const name of Object.keys(config)) {
    const live = entity.config.own().get(name);
    if (live !== undefined) config[name] = live;
  }
  return { ...made.spec, config, children: plannedChildren(plane, entity).flatMap((child) => specOf(plane, child) ?? []) };
}

/** Whether two pieces of JSON say the same, in whatever order their keys stand. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const [own, other] = [Object.entries(a), new Map(Object.entries(b))];
  return own.filter(([, value]) => value !== undefined).every(([key, value]) => isSame(value, other.get(key))) && [...other].every(([key, value]) => value === undefined || Object.hasOwn(a, key));
}

/** A spec as the JSON that it is. */
export function asJson(value: object): Json {
  return value as Json;
}
