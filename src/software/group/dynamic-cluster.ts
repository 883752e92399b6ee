import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType, type EntityType } from "../../model/entity-type.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { Mutex } from "../../model/mutex.ts";
import { types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { starting, stopping } from "../stock/application.ts";
import { RUNNING_QUORUM, UP_QUORUM } from "../stock/children-health.ts";
import { LOCATIONS_PARAMETER, RESIZABLE, settle, startable, STARTABLE, stopForGood } from "../stock/startable.ts";
import { atMost } from "./at-most.ts";
import { deriveHealthFromMembers } from "./cluster-health.ts";
import { CLUSTER_START_TIMEOUT, clusterKeys, clusterSensors, INITIAL_QUORUM_SIZE, INITIAL_SIZE, MAX_CONCURRENT_CHILD_COMMANDS, REMOVAL_STRATEGY, ZONES_ENABLED } from "./cluster-keys.ts";
import { grow, idleMembers, quarantineOf, removeMember, startMembers } from "./cluster-members.ts";
import { resumePolicies, restartMembers, suspendPolicies, waitUntilUp } from "./cluster-run.ts";
import { fromFullestZones, zoneOf } from "./cluster-zones.ts";
import { FIRST_MEMBER, groupBase } from "./group.ts";
import { removalStrategy } from "./removal-strategy.ts";

/** What a kind of cluster decides for itself. */
export interface ClusterRules {
  /** The members that may be removed; those left out are never removed by a resize. The cluster's removal strategy puts them in order. */
  removable(cluster: Entity): Entity[];
  /** Why a member can't be removed, for messages. */
  whyKept?(member: Entity): string;
  /** Told in the same step in which a member is chosen for removal. */
  claim?(member: Entity): void;
  /** Told that a claimed member stays, since it could not be stopped. */
  unclaim?(member: Entity): void;
}

const anyMember: ClusterRules = { removable: (cluster) => [...cluster.members.values()] };

/** What changes the members of one cluster happens one after the other. */
const changing = new WeakMap<Entity, Mutex>();

/** Runs what changes the members of a cluster, alone. */
export function alone<T>(cluster: Entity, work: Work, body: () => Promise<T>): Promise<T> {
  const mutex = changing.get(cluster) ?? new Mutex();
  changing.set(cluster, mutex);
  return mutex.run(body, work.signal);
}

export interface ClusterDefinition {
  name: string;
  displayName: string;
  description: string;
  aliases?: readonly string[];
  rules?: ClusterRules;
  /** Whether it is up with no members at all; else only where it was made to begin empty. */
  mayBeEmpty?: boolean;
}

/** Defines a kind of cluster: members of one spec, started, resized, replaced, and quarantined when they fail. */
export function defineClusterType(definition: ClusterDefinition): EntityType {
  const { rules = anyMember, mayBeEmpty = false } = definition;
  return defineEntityType({
    name: definition.name,
    displayName: definition.displayName,
    description: definition.description,
    aliases: definition.aliases ?? [],
    extends: [groupBase],
    traits: [STARTABLE, RESIZABLE, "org.apache.brooklyn.entity.group.DynamicCluster", "org.apache.brooklyn.entity.group.Cluster"],
    config: [...clusterKeys, UP_QUORUM, RUNNING_QUORUM],
    sensors: [...clusterSensors, FIRST_MEMBER],
    effectors: [
      effector("start", "Starts the cluster with its initial number of members", (call) => alone(call.entity, call.work, () => start(call, rules)), { parameters: [LOCATIONS_PARAMETER] }),
      effector("stop", "Stops and removes all members", (call) => alone(call.entity, call.work, () => stop(call))),
      effector("restart", "Restarts the members, as the cluster's restart mode says", (call) => alone(call.entity, call.work, () => restartMembers(call.entity, call.work))),
      effector("resize", "Changes the number of members", (call) => resizeTo(call, () => types.integer.coerce(call.parameters["desiredSize"]), rules), {
        parameters: [{ name: "desiredSize", type: types.integer, description: "The number of members to have", isRequired: true }],
        returnType: "java.lang.Integer",
      }),
      effector("resizeByDelta", "Adds members, or removes them when negative", (call) => resizeTo(call, (size) => size + types.integer.coerce(call.parameters["delta"]), rules), {
        parameters: [{ name: "delta", type: types.integer, description: "How many members to add", isRequired: true }],
        returnType: "java.lang.Integer",
      }),
      effector("replaceMember", "Starts another member, then stops and removes this one", (call) => alone(call.entity, call.work, () => replaceMember(call)), {
        parameters: [{ name: "memberId", type: types.string, description: "Id of the member to replace", isRequired: true }],
        returnType: "java.lang.String",
      }),
    ],
    hooks: { manage: (cluster) => deriveHealthFromMembers(cluster, { mayBeEmpty }) },
  });
}

export const dynamicCluster = defineClusterType({
  name: "org.apache.brooklyn.entity.group.DynamicCluster",
  displayName: "Cluster",
  description: "A cluster of entities of one kind, which can be resized",
  aliases: ["brooklyn.entity.group.DynamicCluster", "cluster"],
});

async function start({ entity: cluster, parameters, work }: EffectorCall, rules: ClusterRules): Promise<void> {
  await starting(cluster, async () => {
    settle(cluster, parameters["locations"]);
    const size = await cluster.config.get(INITIAL_SIZE, work);
    const asked = await cluster.config.get(INITIAL_QUORUM_SIZE, work);
    const quorum = asked < 0 ? size : asked;
    const missing = size - cluster.members.size;
    if (missing < 0) await shrink(cluster, -missing, work, rules);
    // Members whose start failed, or was cut off by a restart of the server, get another try.
    const idle = idleMembers(cluster);
    const outcomes = await inParallel([() => startMembers(cluster, idle, work), ...(missing > 0 ? [() => grow(cluster, missing, work)] : [])], (each) => each());
    if (cluster.members.size < quorum) throw tooFew(cluster, size, quorum, outcomes.flatMap(({ failures }) => failures));
    resumePolicies(cluster);
    const timeout = await cluster.config.get(CLUSTER_START_TIMEOUT, work);
    if (timeout !== undefined && cluster.members.size > 0) await waitUntilUp(cluster, timeout, work);
  });
}

/** Brooklyn's words for a start that made too few members. */
function tooFew(cluster: Entity, size: number, quorum: number, failures: readonly unknown[]): ClockerError {
  const [first] = failures;
  const none = cluster.members.size === 0 && first !== undefined;
  const detail = quorum === size ? "" : ` (initial quorum size is ${quorum})`;
  const short = `On start of cluster "${cluster.displayName}", failed to get to initial size of ${size}; size is ${cluster.members.size}${detail}`;
  const what = none ? `${failures.length > 1 ? "All nodes" : "Node"} in cluster "${cluster.displayName}" failed` : short;
  if (first === undefined) return new ClockerError("start-failed", what);
  return new ClockerError("start-failed", failures.length > 1 ? `${what}; first failure is: ${messageOf(first)}` : what, { cause: first });
}

async function stop({ entity: cluster, work }: EffectorCall): Promise<void> {
  await stopping(cluster, async () => {
    suspendPolicies(cluster);
    await atMost(cluster.config.peek(MAX_CONCURRENT_CHILD_COMMANDS), startable(cluster.children), (child) => stopForGood(child, work));
    const quarantined = quarantineOf(cluster)?.members;
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
  const ordered = removalStrategy(cluster.config.find(REMOVAL_STRATEGY)?.raw)(rules.removable(cluster));
  const removable = cluster.config.peek(ZONES_ENABLED) ? fromFullestZones(cluster, ordered) : ordered;
  if (removable.length < count) {
    const kept = [...cluster.members.values()].filter((member) => !removable.includes(member));
    const reasons = kept.map((member) => `"${member.displayName}" ${rules.whyKept?.(member) ?? "must stay"}`);
    throw new ClockerError("conflict", `Cannot remove ${count} of ${cluster.members.size} members of "${cluster.displayName}": ${reasons.join("; ")}`);
  }
  const chosen = removable.slice(0, count);
  for (const member of chosen) rules.claim?.(member);
  await atMost(cluster.config.peek(MAX_CONCURRENT_CHILD_COMMANDS), chosen, async (member) => {
    try {
      await removeMember(cluster, member, work);
    } catch (error) {
      rules.unclaim?.(member);
      throw error;
    }
  });
}

/** The replacement goes into the zone of the one that it replaces. */
async function replaceMember({ entity: cluster, parameters, work }: EffectorCall): Promise<string> {
  const member = cluster.members.get(String(parameters["memberId"]));
  if (member === undefined) throw new ClockerError("not-found", `Cannot replace member "${String(parameters["memberId"])}": it is not a member of "${cluster.displayName}"`);
  const zone = zoneOf(cluster, member);
  const { started, failures } = await grow(cluster, 1, work, zone === undefined ? undefined : [{ zone }]);
  const replacement = started[0];
  if (replacement === undefined) throw new ClockerError("start-failed", `Cannot replace "${member.displayName}": its replacement failed to start`, { cause: failures[0] });
  await removeMember(cluster, member, work);
  return replacement.id;
}
