import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType, type EntityType } from "../../model/entity-type.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { Mutex } from "../../model/mutex.ts";
import { entitySpec, type EntitySpec } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { starting, stopping } from "../stock/application.ts";
import { SERVICE_STATE, START_TIMEOUT } from "../stock/attributes.ts";
import { atLeastOneUnlessEmpty, DerivedHealth } from "../stock/children-health.ts";
import { LOCATIONS_PARAMETER, locationsFor, RESIZABLE, STARTABLE, stopChildren } from "../stock/startable.ts";
import { CLUSTER_MEMBER_ID, FIRST_MEMBER_SPEC, INITIAL_QUORUM_SIZE, INITIAL_SIZE, MAX_SIZE, MEMBER_SPEC, QUARANTINE_FAILED, QUARANTINE_GROUP } from "./cluster-keys.ts";
import { basicGroup, entityReference, groupBase } from "./group.ts";

/** What a kind of cluster decides for itself. */
export interface ClusterRules {
  /**
   * The members that may be removed, best first. Members left out are never removed by a resize.
   * Brooklyn's default: the newest first.
   */
  removable(cluster: Entity): Entity[];
  /** Why a member can't be removed, for messages. */
  whyKept?(member: Entity): string;
  /** Told in the same step in which a member is chosen for removal. */
  claim?(member: Entity): void;
  /** Told that a claimed member stays, since it could not be stopped. */
  unclaim?(member: Entity): void;
}

const newestFirst: ClusterRules = {
  removable: (cluster) => [...cluster.members.values()].sort((a, b) => (b.get(CLUSTER_MEMBER_ID) ?? 0) - (a.get(CLUSTER_MEMBER_ID) ?? 0)),
};

/** What changes the members of one cluster happens one after the other. */
const changing = new WeakMap<Entity, Mutex>();

function alone<T>(cluster: Entity, work: Work, body: () => Promise<T>): Promise<T> {
  const mutex = changing.get(cluster) ?? new Mutex();
  changing.set(cluster, mutex);
  return mutex.run(body, work.signal);
}

/** Defines a kind of cluster: members of one spec, started, resized, replaced, and quarantined when they fail. */
export function defineClusterType(definition: { name: string; displayName: string; description: string; aliases?: readonly string[]; rules?: ClusterRules }): EntityType {
  const rules = definition.rules ?? newestFirst;
  return defineEntityType({
    name: definition.name,
    displayName: definition.displayName,
    description: definition.description,
    aliases: definition.aliases ?? [],
    extends: [groupBase],
    traits: [STARTABLE, RESIZABLE, "org.apache.brooklyn.entity.group.DynamicCluster", "org.apache.brooklyn.entity.group.Cluster"],
    config: [INITIAL_SIZE, INITIAL_QUORUM_SIZE, MAX_SIZE, MEMBER_SPEC, FIRST_MEMBER_SPEC, QUARANTINE_FAILED, START_TIMEOUT],
    sensors: [QUARANTINE_GROUP],
    effectors: [
      effector("start", "Starts the cluster with its initial number of members", (call) => alone(call.entity, call.work, () => start(call, rules)), { parameters: [LOCATIONS_PARAMETER] }),
      effector("stop", "Stops and removes all members", (call) => alone(call.entity, call.work, () => stop(call))),
      effector("restart", "Stops and starts the cluster", (call) =>
        alone(call.entity, call.work, async () => {
          await stop(call);
          await start({ ...call, parameters: {} }, rules);
        }),
      ),
      effector("resize", "Changes the number of members", (call) => resizeTo(call, () => call.parameters["desiredSize"] as number, rules), {
        parameters: [{ name: "desiredSize", type: types.integer, description: "The number of members to have" }],
        returnType: "java.lang.Integer",
      }),
      effector("resizeByDelta", "Adds members, or removes them when negative", (call) => resizeTo(call, (size) => size + (call.parameters["delta"] as number), rules), {
        parameters: [{ name: "delta", type: types.integer, description: "How many members to add" }],
        returnType: "java.lang.Integer",
      }),
      effector("replaceMember", "Starts another member, then stops and removes this one", (call) => alone(call.entity, call.work, () => replaceMember(call)), {
        parameters: [{ name: "memberId", type: types.string, description: "Id of the member to replace" }],
        returnType: "java.lang.String",
      }),
    ],
    hooks: { manage: deriveHealthFromMembers },
  });
}

export const dynamicCluster = defineClusterType({
  name: "org.apache.brooklyn.entity.group.DynamicCluster",
  displayName: "Cluster",
  description: "A cluster of entities of one kind, which can be resized",
  aliases: ["brooklyn.entity.group.DynamicCluster", "cluster"],
});

/** Grows by `count` members, started at once; returns those that started. Failed ones are quarantined or removed. */
async function grow(cluster: Entity, count: number, work: Work): Promise<{ started: Entity[]; failures: unknown[] }> {
  const max = cluster.config.peek(MAX_SIZE);
  if (max >= 0 && cluster.members.size + count > max) {
    throw new ClockerError("no-capacity", `Cannot grow "${cluster.displayName}" to ${cluster.members.size + count} members: its largest size is ${max}`, { remedy: 'Raise "cluster.max.size"' });
  }
  const specs = await memberSpecs(cluster, count, work);
  const members = specs.map((spec) => addMember(cluster, spec));
  await cluster.management.documents.flush();
  return startMembers(cluster, members, work);
}

async function startMembers(cluster: Entity, members: readonly Entity[], work: Work): Promise<{ started: Entity[]; failures: unknown[] }> {
  const failures: unknown[] = [];
  const started: Entity[] = [];
  await inParallel(members, async (member) => {
    try {
      if (member.is(STARTABLE)) await member.invoke("start", {}, work);
      started.push(member);
    } catch (error) {
      failures.push(error);
      await setAside(cluster, member, error, work);
    }
  });
  work.signal.throwIfAborted();
  return { started, failures };
}

async function start({ entity: cluster, parameters, work }: EffectorCall, rules: ClusterRules): Promise<void> {
  await starting(cluster, async () => {
    for (const location of locationsFor(cluster, parameters["locations"])) cluster.addLocation(location);
    const size = await cluster.config.get(INITIAL_SIZE, work);
    const asked = await cluster.config.get(INITIAL_QUORUM_SIZE, work);
    const quorum = asked < 0 ? size : asked;
    const missing = size - cluster.members.size;
    if (missing < 0) await shrink(cluster, -missing, work, rules);
    // Members whose start failed, or was cut off by a restart of the server, get another try.
    const idle = [...cluster.members.values()].filter((member) => member.is(STARTABLE) && member.get(SERVICE_STATE) !== "RUNNING");
    const outcomes = await inParallel([() => startMembers(cluster, idle, work), ...(missing > 0 ? [() => grow(cluster, missing, work)] : [])], (each) => each());
    if (cluster.members.size >= quorum) return;
    const [first] = outcomes.flatMap(({ failures }) => failures);
    throw new ClockerError("start-failed", `On start of cluster "${cluster.displayName}", failed to get to initial size of ${size}; size is ${cluster.members.size}`, first === undefined ? {} : { cause: first });
  });
}

async function stop({ entity: cluster, work }: EffectorCall): Promise<void> {
  await stopping(cluster, async () => {
    await stopChildren(cluster, work);
    const quarantined = cluster.children.find((child) => child.displayName === QUARANTINE)?.members;
    for (const child of [...cluster.children]) if (cluster.members.has(child.id) || quarantined?.has(child.id) === true) cluster.management.unmanage(child);
  });
}

function resizeTo({ entity: cluster, work }: EffectorCall, desired: (size: number) => number, rules: ClusterRules): Promise<number> {
  return alone(cluster, work, async () => {
    const size = desired(cluster.members.size);
    if (size < 0) throw new ClockerError("invalid-value", `Cannot resize "${cluster.displayName}" to ${size}: expected 0 or more`);
    const delta = size - cluster.members.size;
    if (delta > 0) {
      const { failures } = await grow(cluster, delta, work);
      if (failures.length > 0) {
        throw new ClockerError("start-failed", `Cannot grow "${cluster.displayName}" to ${size} members: ${failures.length} of ${delta} failed to start`, { cause: failures[0] });
      }
    }
    if (delta < 0) await shrink(cluster, -delta, work, rules);
    return cluster.members.size;
  });
}

async function shrink(cluster: Entity, count: number, work: Work, rules: ClusterRules): Promise<void> {
  const removable = rules.removable(cluster);
  if (removable.length < count) {
    const kept = [...cluster.members.values()].filter((member) => !removable.includes(member));
    const reasons = kept.map((member) => `"${member.displayName}" ${rules.whyKept?.(member) ?? "must stay"}`);
    throw new ClockerError("conflict", `Cannot remove ${count} of ${cluster.members.size} members of "${cluster.displayName}": ${reasons.join("; ")}`);
  }
  const chosen = removable.slice(0, count);
  for (const member of chosen) rules.claim?.(member);
  await inParallel(chosen, async (member) => {
    try {
      await removeMember(cluster, member, work);
    } catch (error) {
      rules.unclaim?.(member);
      throw error;
    }
  });
}

async function replaceMember({ entity: cluster, parameters, work }: EffectorCall): Promise<string> {
  const member = cluster.members.get(String(parameters["memberId"]));
  if (member === undefined) throw new ClockerError("not-found", `Cannot replace member "${String(parameters["memberId"])}": it is not a member of "${cluster.displayName}"`);
  const { started, failures } = await grow(cluster, 1, work);
  const replacement = started[0];
  if (replacement === undefined) throw new ClockerError("start-failed", `Cannot replace "${member.displayName}": its replacement failed to start`, { cause: failures[0] });
  await removeMember(cluster, member, work);
  return replacement.id;
}

async function removeMember(cluster: Entity, member: Entity, work: Work): Promise<void> {
  if (member.is(STARTABLE)) await member.invoke("stop", {}, work);
  cluster.management.unmanage(member);
  await cluster.management.documents.flush();
}

/** A member that failed to start: what it made is removed, or it is kept in quarantine for looking into. */
async function setAside(cluster: Entity, member: Entity, error: unknown, work: Work): Promise<void> {
  work.write("stderr", `"${member.displayName}" failed to start: ${messageOf(error)}\n`);
  cluster.removeMember(member);
  const noMachine = error instanceof ClockerError && error.code === "no-machine";
  if (!noMachine && !work.signal.aborted && cluster.config.peek(QUARANTINE_FAILED)) {
    quarantineOf(cluster).addMember(member);
    return;
  }
  try {
    // A task of its own, so that it goes on where the start was cancelled; who cancelled it waits for it.
    if (member.is(STARTABLE)) await cluster.management.submit(cluster, `remove ${member.displayName}, which failed to start`, (own) => member.invoke("stop", {}, own)).result;
    cluster.management.unmanage(member);
  } catch {
    // The task tells why. What is left of the member stays in sight, and can be stopped again.
    quarantineOf(cluster).addMember(member);
  }
}

const QUARANTINE = "quarantine";

function quarantineOf(cluster: Entity): Entity {
  const known = cluster.children.find((child) => child.displayName === QUARANTINE);
  if (known !== undefined) return known;
  const group = cluster.management.create(entitySpec(basicGroup.name, { displayName: QUARANTINE }), cluster);
  cluster.set(QUARANTINE_GROUP, entityReference(group));
  return group;
}

async function memberSpecs(cluster: Entity, count: number, work: Work): Promise<EntitySpec[]> {
  const spec = await cluster.config.get(MEMBER_SPEC, work);
  if (spec === undefined) throw new ClockerError("invalid-value", `Cannot make members of "${cluster.displayName}": "${MEMBER_SPEC.name}" is not set`);
  const first = cluster.members.size === 0 ? await cluster.config.get(FIRST_MEMBER_SPEC, work) : undefined;
  return Array.from({ length: count }, (_, i) => (i === 0 && first !== undefined ? first : spec));
}

function addMember(cluster: Entity, spec: EntitySpec): Entity {
  const number = Math.max(0, ...[...cluster.members.values()].map((member) => member.get(CLUSTER_MEMBER_ID) ?? 0)) + 1;
  const member = cluster.management.create(spec, cluster);
  member.set(CLUSTER_MEMBER_ID, number);
  cluster.addMember(member);
  return member;
}

function deriveHealthFromMembers(cluster: Entity): void {
  const health = new DerivedHealth(cluster, "members", atLeastOneUnlessEmpty);
  cluster.members.forEach((member) => health.watch(member));
  const stop = cluster.management.events.subscribeEntity(cluster.id, (event) => {
    if (event.kind === "member-added") health.watch(event.member);
    if (event.kind === "member-removed") health.unwatch(event.member);
  });
  cluster.addWatch(() => {
    stop();
    health.close();
  });
}
