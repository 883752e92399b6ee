import { readPredicate } from "../../blueprint/read-predicate.ts";
import { configKey } from "../../model/config-key.ts";
import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Predicate } from "../../model/predicate/predicate.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { groupBase } from "./group.ts";
import { watchTree } from "./watch-tree.ts";

export const ENTITY_FILTER = configKey("dynamicgroup.entityfilter", types.predicate, "Which entities are members: a predicate, such as { sensor: service.isUp, equals: true }", { flag: "entityFilter", inherited: false });
export const ANCESTOR = configKey("dynamicgroup.ancestor", types.entity, "Below which entity members are looked for; the group's application when absent", { flag: "ancestor", inherited: false });
export const RUNNING = sensor("dynamicgroup.running", types.boolean, "Whether members are looked for");

/**
 * Brooklyn's `DynamicGroup`: its members are the entities of its application, or below `dynamicgroup.ancestor`, that a predicate accepts. Membership
 * follows events of those entities. Unlike Brooklyn's, a group is never its own member.
 */
export const dynamicGroup = defineEntityType({
  name: "org.apache.brooklyn.entity.group.DynamicGroup",
  displayName: "Dynamic Group",
  description: "Entities that meet a condition, followed as they change",
  aliases: ["brooklyn.entity.basic.DynamicGroup", "dynamic-group"],
  extends: [groupBase],
  config: [ENTITY_FILTER, ANCESTOR],
  sensors: [RUNNING],
  effectors: [effector("rescanEntities", "Looks at all entities again", ({ entity, work }: EffectorCall) => rescan(entity, work))],
  hooks: { manage: follow },
});

const followed = new WeakMap<Entity, () => void>();

/** Begins at once where nothing has to be resolved, else in a task. */
function follow(group: Entity): void {
  group.addWatch(() => unfollow(group));
  const { management } = group;
  const isDeferred = [ENTITY_FILTER, ANCESTOR].some((key) => management.isDeferred(group.config.find(key)?.raw));
  if (isDeferred) management.submit(group, "rescan entities", (work) => rescan(group, work));
  else begin(group, group.config.peek(ENTITY_FILTER), group.config.peek(ANCESTOR)?.id);
}

async function rescan(group: Entity, work: Work): Promise<void> {
  const filter = await group.config.get(ENTITY_FILTER, work);
  const ancestor = await group.config.get(ANCESTOR, work);
  begin(group, filter, ancestor?.id);
}

function begin(group: Entity, filter: unknown, ancestorId: string | undefined): void {
  unfollow(group);
  if (!group.isManaged) return;
  // As in Brooklyn, a group without a filter has no members.
  const predicate = filter === undefined ? undefined : readPredicate(filter);
  const root = ancestorId === undefined ? group.application : group.management.entity(ancestorId);
  if (root === undefined) throw new ClockerError("not-found", `Cannot look for members of "${group.displayName}": there is no entity "${ancestorId ?? ""}"`, { remedy: `Set ${ANCESTOR.name} to an entity that exists` });
  const seen = new Set<string>();
  if (predicate !== undefined) followed.set(group, watch(group, root, predicate, seen));
  for (const member of [...group.members.values()]) if (!seen.has(member.id)) group.removeMember(member);
  group.set(RUNNING, true);
}

function watch(group: Entity, root: Entity, predicate: Predicate, seen: Set<string>): () => void {
  const stop = watchTree(root, predicate.sensors, predicate.relations, {
    look: (entity) => {
      if (entity === group) return;
      if (predicate.accepts(entity)) {
        seen.add(entity.id);
        group.addMember(entity);
      } else group.removeMember(entity);
    },
    gone: (entity) => {
      seen.delete(entity.id);
      group.removeMember(entity);
    },
  });
  return stop;
}

function unfollow(group: Entity): void {
  followed.get(group)?.();
  followed.delete(group);
}
