import type { Entity } from "../entity.ts";
import type { Location } from "../location.ts";
import { absent, present, type Subject } from "./subject.ts";

/** Whom of its surroundings a predicate on an entity looks at. */
export type Relation = "self" | "parent" | "application" | "children" | "siblings" | "members" | "ancestors" | "descendants" | "groups" | "locations" | "tags";

/** Targets that are one thing. */
const single: Readonly<Record<string, Relation>> = { self: "self", this: "self", entity: "self", parent: "parent", application: "application", root: "application" };
/** Targets that are many; under the singular name any one of them will do. */
const plural: Readonly<Record<string, Relation>> = {
  children: "children",
  siblings: "siblings",
  members: "members",
  ancestors: "ancestors",
  descendants: "descendants",
  groups: "groups",
  locations: "locations",
  tags: "tags",
};
const singular: Readonly<Record<string, Relation>> = {
  child: "children",
  sibling: "siblings",
  member: "members",
  ancestor: "ancestors",
  descendant: "descendants",
  group: "groups",
  location: "locations",
  tag: "tags",
};

export const targetNames = [...Object.keys(single), ...Object.keys(plural), ...Object.keys(singular)];

export interface Target {
  readonly relation: Relation;
  /** `child`, `location`: the checks are made on each, and one that passes is enough. */
  readonly isAnyOf: boolean;
}

/** @returns undefined for a name that is no target */
export function targetNamed(name: string): Target | undefined {
  const key = name.toLowerCase();
  const any = Object.hasOwn(singular, key) ? singular[key] : undefined;
  if (any !== undefined) return { relation: any, isAnyOf: true };
  const relation = Object.hasOwn(single, key) ? single[key] : Object.hasOwn(plural, key) ? plural[key] : undefined;
  return relation === undefined ? undefined : { relation, isAnyOf: false };
}

/** What stands in the relation to an entity. */
export function targetOf(entity: Entity, relation: Relation): Subject {
  switch (relation) {
    case "self":
      return present(entity);
    case "parent":
      return entity.parent === undefined ? absent(`"${entity.displayName}" has no parent`) : present(entity.parent);
    case "application":
      return present(entity.application);
    case "children":
      return present([...entity.children]);
    case "siblings":
      return present(entity.parent?.children.filter((each) => each !== entity) ?? []);
    case "members":
      return present([...entity.members.values()]);
    case "ancestors":
      return present([...ancestorsOf(entity)]);
    case "descendants":
      return present([...entity.descendants()].slice(1));
    case "groups":
      return present([...entity.groups.values()]);
    case "locations":
      return present([...locationsOf(entity)]);
    case "tags":
      return present([...entity.tags]);
  }
}

export function* ancestorsOf(entity: Entity): Generator<Entity> {
  for (let each = entity.parent; each !== undefined; each = each.parent) yield each;
}

/** An entity's locations, else those of the nearest ancestor that has any. */
function locationsOf(entity: Entity): readonly Location[] {
  for (let each: Entity | undefined = entity; each !== undefined; each = each.parent) if (each.locations.length > 0) return each.locations;
  return [];
}

/** A config value as it can be told without waiting. */
export function configOf(entity: Entity, name: string): Subject {
  const key = entity.config.key(name);
  const found = entity.config.find(key ?? { name, aliases: [], inherited: true });
  if (found === undefined) {
    if (key === undefined) return absent(`"${entity.displayName}" has no config "${name}"`);
    return present(key.defaultValue === undefined ? null : key.type.toJson(key.defaultValue));
  }
  if (entity.management.isDeferred(found.raw)) return absent(`config "${name}" of "${entity.displayName}" is not known yet`, true);
  return present(key === undefined ? found.raw : key.type.toJson(entity.config.coerce(key, found.raw)));
}

/** A sensor's value as JSON; absent until it has one. */
export function sensorOf(entity: Entity, name: string): Subject {
  const held = entity.sensorValue(name);
  if (held === undefined) return absent(`"${entity.displayName}" has no value of the sensor "${name}"`);
  return present(entity.sensor(name)?.type.toJson(held.value) ?? held.value);
}
