import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { DockerCloud } from "../cloud.ts";
import type { HostRuntime } from "../host/host-runtime.ts";
import { CONTAINER_ENTITY, CONTAINER_OF, DOCKER_HOST } from "../keys.ts";

/** What a host calls the group of its containers. */
export const CONTAINERS = "Docker Containers";

/** The group of a host's containers; they are its children. */
export function containersOf(host: Entity): Entity {
  const group = host.children.find((child) => child.displayName === CONTAINERS);
  if (group === undefined) throw new ClockerError("internal", `Docker host "${host.displayName}" has no group of containers`);
  return group;
}

/** The host that a container is on: the parent of its group. */
export function hostOf(container: Entity): Entity {
  const host = container.parent?.parent;
  if (host === undefined || !host.is(DOCKER_HOST)) throw new ClockerError("internal", `Container "${container.displayName}" is not on a Docker host`);
  return host;
}

export function runtimeOf(container: Entity): HostRuntime {
  return DockerCloud.get(container).host(hostOf(container).id);
}

/** The entity that a container was made for, while it is managed. */
export function runningIn(container: Entity): Entity | undefined {
  return container.management.entity(referencedId(container.get(CONTAINER_ENTITY)) ?? "");
}

/** Whether the entity that a container was made for still counts it as its own; it does until the container is given back. */
export function isInUse(container: Entity): boolean {
  const id = referencedId(container.get(CONTAINER_ENTITY));
  // One that could not be restored may be so by the next version of the server.
  if (id !== undefined && container.management.entity(id) === undefined && container.management.knows(id)) return true;
  return referencedId(runningIn(container)?.get(CONTAINER_OF)) === container.id;
}

export function referencedId(reference: unknown): string | undefined {
  return typeof reference === "object" && reference !== null && "id" in reference && typeof reference.id === "string" ? reference.id : undefined;
}
