import { Entity } from "../../model/entity.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { isMachineLocation } from "../../provider/location.ts";
import { machineOf } from "../process/provision.ts";
import { siteOf } from "../process/site.ts";
import { missing } from "./missing.ts";

/** Brooklyn's model `entity`: `name`, `config.KEY`, `sensor.NAME`, `parent.*`, ...; `missing` for what it has not. */
export async function ofEntity(entity: Entity, path: readonly string[], work: Work): Promise<unknown> {
  const [first = "", ...rest] = path;
  switch (first) {
    case "":
      return entity;
    case "id":
      return entity.id;
    case "name":
    case "displayName":
      return entity.displayName;
    case "parent":
      return entity.parent === undefined ? missing : ofEntity(entity.parent, rest, work);
    case "application":
      return ofEntity(entity.application, rest, work);
    case "children":
    case "child":
      return among([...entity.children], first === "child", rest, work);
    case "members":
    case "member":
      return among([...entity.members.values()], first === "member", rest, work);
    case "sensor":
    case "attribute":
      return longest(rest, work, async (name) => entity.sensorValue(name)?.value ?? missing);
    case "config":
      return longest(rest, work, (name) => configOf(entity, name, work));
    case "attributeWhenReady":
      return entity.management.resolve(`$brooklyn:attributeWhenReady(${JSON.stringify(rest.join("."))})`, entity, work);
    case "effector":
      return entity.effector(rest.join("."))?.name ?? missing;
    case "tags":
      return beneath(entity.tags, rest, work);
    case "location":
      return ofLocation(entity, rest);
    case "driver":
      return ofDriver(entity, rest[0] ?? "");
    default:
      return missing;
  }
}

/** One of several entities by its position, id, name or id in the blueprint; all of them without one. */
async function among(entities: readonly Entity[], mustName: boolean, path: readonly string[], work: Work): Promise<unknown> {
  const [which, ...rest] = path;
  if (which === undefined) return mustName ? missing : entities;
  if (which === "size") return entities.length;
  const named = entities.find((each) => [each.id, each.planId, each.config.peek(PLAN_ID), each.displayName].includes(which));
  const found = named ?? (/^-?\d+$/.test(which) ? entities.at(Number(which)) : undefined);
  return found === undefined ? missing : ofEntity(found, rest, work);
}

/** What `update-children` knows a child by: set as config, for `id` is what the blueprint gave. */
export const PLAN_ID = { name: "camp.plan.id", aliases: [], inherited: false, merge: "overwrite" as const, type: types.string, defaultValue: undefined, description: "", label: undefined, pinned: false, reconfigurable: false, constraints: [], secret: false };

/** Names of sensors and keys have dots: the longest that has a value counts, and the rest leads into it. */
async function longest(path: readonly string[], work: Work, read: (name: string) => Promise<unknown>): Promise<unknown> {
  for (let length = path.length; length > 0; length--) {
    const value = await read(path.slice(0, length).join("."));
    if (value !== missing) return beneath(value, path.slice(length), work);
  }
  return missing;
}

async function configOf(entity: Entity, name: string, work: Work): Promise<unknown> {
  const key = entity.config.key(name) ?? { ...PLAN_ID, name, inherited: true, type: types.json };
  return (await entity.config.get(key, work)) ?? missing;
}

function beneath(value: unknown, path: readonly string[], work: Work): unknown {
  let current = value;
  for (const [index, name] of path.entries()) {
    if (current instanceof Entity) return ofEntity(current, path.slice(index), work);
    if (typeof current !== "object" || current === null) return missing;
    if (Array.isArray(current)) current = name === "size" ? current.length : ((current as unknown[]).at(Number(name)) ?? missing);
    else current = Object.hasOwn(current, name) ? (Reflect.get(current, name) as unknown) : missing;
    if (current === missing) return missing;
  }
  return current;
}

/** Where it runs, else where it was put. */
function ofLocation(entity: Entity, [field = ""]: readonly string[]): unknown {
  for (let at: Entity | undefined = entity; at !== undefined; at = at.parent) {
    const location = at.locations.find(isMachineLocation) ?? at.locations[0];
    if (location === undefined) continue;
    if (field === "") return { id: location.id, name: location.name };
    return field === "id" ? location.id : field === "name" || field === "displayName" ? location.name : missing;
  }
  return missing;
}

/** Brooklyn's `entity.driver.*` of a software process. */
function ofDriver(entity: Entity, field: string): unknown {
  const location = machineOf(entity);
  const site = location === undefined ? undefined : siteOf(entity, location);
  if (site === undefined) return missing;
  const known: Readonly<Record<string, string>> = { installDir: site.installDir, runDir: site.runDir, pidFile: site.pidFile };
  return Object.hasOwn(known, field) ? known[field] : missing;
}
