import { configKey } from "../../model/config-key.ts";
import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { followEntities } from "../../model/follow-entities.ts";
import type { Location } from "../../model/location.ts";
import { sensor } from "../../model/sensor.ts";
import type { Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { starting, stopping } from "../stock/application.ts";
import { GROUP_SIZE } from "../stock/attributes.ts";
import { DerivedHealth, quorumOf, RUNNING_QUORUM, UP_QUORUM } from "../stock/children-health.ts";
import { LOCATIONS_PARAMETER, settle, startable, STARTABLE, stopChildren } from "../stock/startable.ts";
import { locationReference } from "./cluster-zones.ts";
import { groupBase } from "./group.ts";

export const FABRIC_MEMBER_SPEC = configKey("dynamicfabric.memberspec", types.entitySpec, "What members are made from, one in each location", { flag: "memberSpec", inherited: false });
export const FABRIC_FIRST_MEMBER_SPEC = configKey("dynamicfabric.firstmemberspec", types.entitySpec, "What the first member is made from", { flag: "firstMemberSpec", inherited: false });
export const NAME_PREFIX = configKey("dynamicfabric.displayNamePrefix", types.string, "What members' names begin with, before the location's", { flag: "displayNamePrefix", inherited: false });
export const NAME_SUFFIX = configKey("dynamicfabric.displayNameSuffix", types.string, "What members' names end with, after the location's", { flag: "displayNameSuffix", inherited: false });
export const INCLUDE_INITIAL_CHILDREN = configKey("dynamicfabric.includeInitialChildren", types.boolean, "Whether children of the blueprint are members, and take a location each", { flag: "includeInitialChildren", defaultValue: true, inherited: false });
export const FABRIC_CHILD_FLAGS = configKey("dynamicfabric.customChildFlags", types.map(), "Config that members get beside that of their spec", { flag: "customChildFlags", defaultValue: {}, inherited: false });
export const FABRIC_SIZE = sensor("fabric.size", types.integer, "Number of members of all members together");
export const FABRIC_MEMBER_LOCATION = sensor("fabric.member.location", types.json, "The location that the member was made for");

/** Brooklyn's `DynamicFabric`: a member in each of its locations. */
export const dynamicFabric = defineEntityType({
  name: "org.apache.brooklyn.entity.group.DynamicFabric",
  displayName: "Fabric",
  description: "Entities of one kind, one in each location",
  aliases: ["brooklyn.entity.group.DynamicFabric"],
  extends: [groupBase],
  traits: [STARTABLE],
  config: [FABRIC_MEMBER_SPEC, FABRIC_FIRST_MEMBER_SPEC, NAME_PREFIX, NAME_SUFFIX, INCLUDE_INITIAL_CHILDREN, FABRIC_CHILD_FLAGS, UP_QUORUM, RUNNING_QUORUM],
  sensors: [FABRIC_SIZE],
  effectors: [
    effector("start", "Starts a member in each location", start, { parameters: [LOCATIONS_PARAMETER] }),
    effector("stop", "Stops all members", stop),
    effector("restart", "Stops and starts all members", async (call) => {
      await stop(call);
      await start({ ...call, parameters: {} });
    }),
  ],
  hooks: { manage: watchMembers },
});

async function start({ entity: fabric, parameters, work }: EffectorCall): Promise<void> {
  await starting(fabric, async () => {
    settle(fabric, parameters["locations"]);
    const locations = [...fabric.locations];
    if (locations.length === 0) throw new ClockerError("invalid-value", `Cannot start "${fabric.displayName}": one or more locations must be supplied`, { remedy: "Give the fabric or its application locations" });
    const taken = placeInitialChildren(fabric, locations);
    const before = new Set(startable(fabric.children));
    for (const location of locations) if (!taken.has(location.id) && memberIn(fabric, location) === undefined) await addRegion(fabric, location, work);
    await inParallel([...before, ...startable([...fabric.members.values()]).filter((member) => !before.has(member))], (child) => child.invoke("start", {}, work));
  });
}

/** Children of the blueprint without a location of their own get the fabric's, in turn; returns the ids of those that need no other member. */
function placeInitialChildren(fabric: Entity, locations: readonly Location[]): Set<string> {
  const taken = new Set<string>();
  const include = fabric.config.peek(INCLUDE_INITIAL_CHILDREN);
  const initial = startable(fabric.children).filter((child) => child.get(FABRIC_MEMBER_LOCATION) === undefined);
  let next = 0;
  for (const child of initial) {
    if (include) fabric.addMember(child);
    const placed = locations.find((location) => child.locations.some(({ id }) => id === location.id));
    const location = placed ?? locations[include ? next++ % locations.length : 0];
    if (location === undefined || child.locationReferences !== undefined) continue;
    child.addLocation(location);
    if (include) taken.add(location.id);
  }
  return taken;
}

/** Makes the member for a location; it is not started yet. */
export async function addRegion(fabric: Entity, location: Location, work: Work): Promise<Entity> {
  const { config, management } = fabric;
  const first = fabric.members.size === 0 ? await config.get(FABRIC_FIRST_MEMBER_SPEC, work) : undefined;
  const spec = first ?? (await config.get(FABRIC_MEMBER_SPEC, work));
  if (spec === undefined) throw new ClockerError("invalid-value", `Cannot make members of "${fabric.displayName}": "${FABRIC_MEMBER_SPEC.name}" is not set`);
  const flags = await config.get(FABRIC_CHILD_FLAGS, work);
  // Config of the fabric: JSON.
  const member = management.create({ ...spec, config: { ...spec.config, ...(flags as Record<string, Json>) } }, fabric);
  member.rename(nameFor(fabric, member, location));
  member.set(FABRIC_MEMBER_LOCATION, locationReference(location));
  member.addLocation(location);
  fabric.addMember(member);
  await management.documents.flush();
  return member;
}

function nameFor(fabric: Entity, member: Entity, location: Location): string {
  const prefix = fabric.config.peek(NAME_PREFIX);
  const suffix = fabric.config.peek(NAME_SUFFIX);
  if (prefix !== undefined || suffix !== undefined) return `${prefix ?? ""}${location.name}${suffix ?? ""}`;
  return member.displayName.includes(location.name) ? member.displayName : `${member.displayName} (${location.name})`;
}

function memberIn(fabric: Entity, location: Location): Entity | undefined {
  return [...fabric.members.values()].find((member) => {
    const made = member.get(FABRIC_MEMBER_LOCATION);
    return typeof made === "object" && made !== null && "id" in made && made.id === location.id;
  });
}

async function stop({ entity: fabric, work }: EffectorCall): Promise<void> {
  await stopping(fabric, async () => void (await stopChildren(fabric, work)));
}

function watchMembers(fabric: Entity): void {
  const { events } = fabric.management;
  const health = new DerivedHealth(fabric, "members", quorumOf(fabric, { name: "atLeastOneUnlessEmpty" }));
  const watches = new Map<string, () => void>();
  const count = (): void => fabric.set(FABRIC_SIZE, [...fabric.members.values()].reduce((sum, member) => sum + (member.get(GROUP_SIZE) ?? 0), 0));
  const stopFollowing = followEntities(fabric, "members", {
    added: (member) => {
      health.watch(member);
      watches.set(member.id, events.subscribeSensor(member.id, GROUP_SIZE.name, count));
      count();
    },
    removed: (member) => {
      health.unwatch(member);
      watches.get(member.id)?.();
      watches.delete(member.id);
      count();
    },
  });
  count();
  fabric.addWatch(() => {
    stopFollowing();
    watches.forEach((unwatch) => unwatch());
    health.close();
  });
}
