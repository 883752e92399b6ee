import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { sensor } from "../../model/sensor.ts";
import type { Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { entityBase } from "../stock/application.ts";
import { GROUP_MEMBERS, GROUP_SIZE } from "../stock/attributes.ts";
import { GROUP } from "../stock/startable.ts";

export const CHILDREN_AS_MEMBERS = configKey("brooklyn.BasicGroup.childrenAsMembers", types.boolean, "Whether children are members too", { flag: "childrenAsMembers", defaultValue: false, inherited: false });

/** Brooklyn's `cluster.first.entity`: the one that others ask for what there must be one of (a seed, a primary). It stays first while it is a member. */
export const FIRST_MEMBER = sensor("cluster.first.entity", types.json, "The first of the cluster's members");

/** Publishes `group.members` and `group.members.count` as members come and go. */
export const groupBase = defineEntityType({
  name: "org.apache.brooklyn.entity.group.AbstractGroup",
  description: "Entities that belong together",
  isAbstract: true,
  extends: [entityBase],
  traits: [GROUP],
  sensors: [GROUP_MEMBERS, GROUP_SIZE],
  hooks: { manage: publishMembers },
});

export const basicGroup = defineEntityType({
  name: "org.apache.brooklyn.entity.group.BasicGroup",
  displayName: "Group",
  description: "Entities that belong together, added by hand or by code",
  aliases: ["brooklyn.entity.basic.BasicGroup", "group"],
  extends: [groupBase],
  config: [CHILDREN_AS_MEMBERS],
  hooks: { manage: followChildren },
});

/** How REST and the store write a reference to an entity. */
export function entityReference(entity: Entity): Json {
  return { type: "org.apache.brooklyn.api.entity.Entity", id: entity.id, name: entity.displayName };
}

function firstOf(group: Entity): Json | undefined {
  const before = group.get(FIRST_MEMBER);
  const known = typeof before === "object" && before !== null && "id" in before ? group.members.get(String(before.id)) : undefined;
  const first = known ?? [...group.members.values()][0];
  return first === undefined ? undefined : entityReference(first);
}

function publishMembers(group: Entity): void {
  const publish = () => {
    group.set(GROUP_MEMBERS, [...group.members.values()].map(entityReference));
    if (group.type.sensors.has(FIRST_MEMBER.name)) group.set(FIRST_MEMBER, firstOf(group));
    group.set(GROUP_SIZE, group.members.size);
  };
  publish();
  group.addWatch(
    group.management.events.subscribeEntity(group.id, (event) => {
      if (event.kind === "member-added" || event.kind === "member-removed" || event.kind === "entity-changed") publish();
    }),
  );
}

function followChildren(group: Entity): void {
  if (!group.config.peek(CHILDREN_AS_MEMBERS)) return;
  group.children.forEach((child) => group.addMember(child));
  group.addWatch(
    group.management.events.subscribeEntity(group.id, (event) => {
      if (event.kind === "entity-added" && event.entity.parent === group) group.addMember(event.entity);
    }),
  );
}
