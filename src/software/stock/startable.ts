import type { Entity } from "../../model/entity.ts";
import type { EffectorParameter } from "../../model/effector.ts";
import type { Location } from "../../model/location.ts";
import type { JsonObject, LocationReference } from "../../model/spec.ts";
import { STARTABLE } from "../../model/traits.ts";
import { types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { isMachineLocation } from "../../provider/location.ts";
import { SERVICE_STATE } from "./attributes.ts";

export { APPLICATION, GROUP, RESIZABLE, STARTABLE } from "../../model/traits.ts";

/** `start(locations)`: spec strings or location maps; empty or absent means where the entity or its parents were asked to be. */
export const LOCATIONS_PARAMETER: EffectorParameter = {
  name: "locations",
  type: types.json,
  description: "The location or locations to start in, as a string or list of strings; none means where the blueprint says",
};

/** Starts the startable children of an entity at once, each as a sub-task, and waits for all. */
export function startChildren(entity: Entity, work: Work): Promise<unknown> {
  return inParallel(startable(entity.children), (child) => child.invoke("start", {}, work));
}

/** Stops the startable children of an entity at once. */
export function stopChildren(entity: Entity, work: Work): Promise<unknown> {
  return inParallel(startable(entity.children), (child) => child.invoke("stop", {}, work));
}

/** Stops an entity that is about to leave management, and what its own stop does not reach. */
export async function stopForGood(entity: Entity, work: Work): Promise<void> {
  if (entity.is(STARTABLE)) await entity.invoke("stop", {}, work);
  await stopStrays(entity, work);
}

/**
 * Stops what still runs below an entity: what was started by hand below one that starts nothing (a group, or a process whose children are not its own to
 * start). Else their processes and machines would stay when the entities go.
 */
export async function stopStrays(entity: Entity, work: Work): Promise<void> {
  for (const each of [...entity.descendants()].slice(1)) if (each.isManaged && each.is(STARTABLE) && !isAtRest(each)) await each.invoke("stop", {}, work);
}

function isAtRest(entity: Entity): boolean {
  const state = entity.get(SERVICE_STATE);
  return state === undefined || state === "CREATED" || state === "STOPPED" || state === "DESTROYED";
}

export function startable(entities: readonly Entity[]): Entity[] {
  return entities.filter((entity) => entity.is(STARTABLE));
}

/**
 * The locations an entity starts in: those given to the effector, else its own, else its nearest ancestor's (reference, 3.4). Where an ancestor was
 * started counts more than where it was asked to be.
 * @throws ClockerError `unknown-location`.
 */
export function locationsFor(entity: Entity, given: unknown): Location[] {
  const resolved = (references: readonly LocationReference[]): Location[] => references.map((reference) => entity.management.locations.resolve(reference));
  const asked = referencesOf(given);
  if (asked.length > 0) return resolved(asked);
  // An empty list takes back only what a type brings, as in Brooklyn.
  if (entity.locationReferences !== undefined && entity.locationReferences.length > 0) return resolved(entity.locationReferences);
  for (let owner: Entity | undefined = entity; owner !== undefined; owner = owner.parent) {
    if (owner.locations.length > 0) return [...owner.locations];
    if (owner.locationReferences !== undefined && owner.locationReferences.length > 0) return resolved(owner.locationReferences);
  }
  return [];
}

/** Puts an entity into the locations that it starts in, out of those of an earlier start. */
export function settle(entity: Entity, given: unknown): void {
  const locations = locationsFor(entity, given);
  const isKept = (known: Location): boolean => isMachineLocation(known) || locations.some(({ id }) => id === known.id);
  for (const known of [...entity.locations]) if (!isKept(known)) entity.removeLocation(known);
  for (const location of locations) entity.addLocation(location);
}

function referencesOf(given: unknown): LocationReference[] {
  if (given === undefined || given === null || given === "") return [];
  if (Array.isArray(given)) return given.flatMap(referencesOf);
  if (typeof given === "string") return [{ spec: given }];
  if (typeof given === "object") {
    if ("spec" in given && typeof given.spec === "string") return [given as LocationReference];
    return Object.entries(given).map(([spec, config]: [string, unknown]) => ({ spec, ...(isObject(config) ? { config } : {}) }));
  }
  return [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
