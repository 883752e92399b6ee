import type { Entity } from "../../model/entity.ts";
import type { EffectorParameter } from "../../model/effector.ts";
import type { Location } from "../../model/location.ts";
import type { LocationReference } from "../../model/spec.ts";
import { STARTABLE } from "../../model/traits.ts";
import { types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";

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

export function startable(entities: readonly Entity[]): Entity[] {
  return entities.filter((entity) => entity.is(STARTABLE));
}

/**
 * The locations an entity starts in: those given to the effector, else its own, else its nearest ancestor's (reference, 3.4).
 * @throws ClockerError `unknown-location`.
 */
export function locationsFor(entity: Entity, given: unknown): Location[] {
  const asked = referencesOf(given);
  for (let owner: Entity | undefined = entity; owner !== undefined; owner = owner.parent) {
    const references: readonly LocationReference[] | undefined = asked.length > 0 ? asked : owner.locationReferences;
    if (references !== undefined) return references.map((reference) => entity.management.locations.resolve(reference));
    // Locations that an ancestor was started in count as its own.
    const started = owner === entity ? [] : owner.locations;
    if (started.length > 0) return [...started];
  }
  return [];
}

function referencesOf(given: unknown): LocationReference[] {
  if (given === undefined || given === null || given === "") return [];
  if (Array.isArray(given)) return given.flatMap(referencesOf);
  if (typeof given === "string") return [{ spec: given }];
  if (typeof given === "object") {
    if ("spec" in given && typeof given.spec === "string") return [given as LocationReference];
    return Object.entries(given).map(([spec, config]) => ({ spec, ...(typeof config === "object" && config !== null ? { config } : {}) }));
  }
  return [];
}
