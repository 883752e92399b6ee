import type { Entity } from "../../model/entity.ts";
import { entityReference } from "../../software/group/group.ts";
import { DockerCloud } from "../cloud.ts";
import { joinGroups } from "../infrastructure/container-groups.ts";
import { CONTAINER_HOST, CONTAINER_INFRASTRUCTURE, CONTAINER_OF } from "../keys.ts";
import { followMappedSensors } from "../location/mapped-sensors.ts";
import { hostOf, isInUse, runningIn } from "./relations.ts";

/** Makes a container part of its cloud, for as long as it is managed: its groups, and what the entity in it shows of it. */
export function joinCloud(container: Entity): void {
  const cloud = DockerCloud.get(container);
  const entity = runningIn(container);
  container.set(CONTAINER_HOST, entityReference(hostOf(container)));
  container.set(CONTAINER_INFRASTRUCTURE, entityReference(cloud.infrastructure));
  joinGroups(cloud, container, entity);
  if (entity === undefined) return;
  followMappedSensors(container, entity);
  container.addWatch(() => {
    if (isInUse(container)) entity.set(CONTAINER_OF, undefined);
  });
}
