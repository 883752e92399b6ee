import type { Entity } from "../model/entity.ts";
import { isMachineLocation, type MachineLocation } from "../provider/location.ts";
import { containerLocation } from "./location/container-location.ts";
import { CONTAINER_ID, DOCKER_CONTAINER } from "./keys.ts";

/** The machine that an entity is or runs on: a container's own, a host's, a software process's. Undefined while it has none. */
export function machineLocationOf(entity: Entity): MachineLocation | undefined {
  if (entity.is(DOCKER_CONTAINER)) return entity.get(CONTAINER_ID) === undefined ? undefined : containerLocation(entity);
  return entity.locations.find(isMachineLocation);
}

/** The container that an entity is or runs in. */
export function containerOf(entity: Entity): Entity | undefined {
  if (entity.is(DOCKER_CONTAINER)) return entity;
  // A container's location has the id of its entity.
  const containers = entity.locations.map(({ id }) => entity.management.entity(id));
  return containers.find((found) => found?.is(DOCKER_CONTAINER));
}
