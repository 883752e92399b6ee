import type { Entity } from "../../model/entity.ts";
import { entitySpec } from "../../model/spec.ts";
import { basicGroup } from "../../software/group/group.ts";
import type { DockerCloud } from "../cloud.ts";

export const ALL_CONTAINERS = "All Docker Containers";
export const APPLICATIONS = "Docker Applications";

/** Puts a container into the cloud's group of all containers, and its entity into the bucket of its application. */
export function joinGroups(cloud: DockerCloud, container: Entity, entity: Entity | undefined): void {
  groupOf(cloud.infrastructure, ALL_CONTAINERS)?.addMember(container);
  const applications = groupOf(cloud.infrastructure, APPLICATIONS);
  if (applications === undefined || entity === undefined) return;
  const bucket = bucketOf(applications, entity.application);
  bucket.addMember(entity);
  container.addWatch(() => {
    bucket.removeMember(entity);
    if (bucket.members.size > 0 || !bucket.isManaged) return;
    applications.removeMember(bucket);
    bucket.management.unmanage(bucket);
  });
}

/** One bucket an application, by its name (Clocker's "Docker Applications" multi-group). */
function bucketOf(applications: Entity, application: Entity): Entity {
  const known = applications.children.find((child) => child.tags.includes(application.id));
  if (known !== undefined) return known;
  const bucket = applications.management.create(entitySpec(basicGroup.name, { displayName: application.displayName, tags: [application.id] }), applications);
  applications.addMember(bucket);
  return bucket;
}

function groupOf(infrastructure: Entity, name: string): Entity | undefined {
  return infrastructure.children.find((child) => child.displayName === name);
}
