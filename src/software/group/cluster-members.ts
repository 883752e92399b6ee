import { readPredicate } from "../../blueprint/read-predicate.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { MADE_FROM, memberRecord } from "../../model/made-from.ts";
import { entitySpec, type EntitySpec, type Json } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";
import { SERVICE_STATE } from "../stock/attributes.ts";
import { STARTABLE, stopForGood } from "../stock/startable.ts";
import { atMost } from "./at-most.ts";
import {
  CLUSTER_ENTITY,
  CLUSTER_MEMBER,
  CLUSTER_MEMBER_ID,
  CLUSTER_MEMBER_ZONE,
  CUSTOM_CHILD_FLAGS,
  ENTITY_QUARANTINED,
  FIRST_MEMBER_SPEC,
  MAX_CONCURRENT_CHILD_COMMANDS,
  MAX_SIZE,
  MEMBER_SPEC,
  QUARANTINE_FAILED,
  QUARANTINE_FILTER,
  QUARANTINE_GROUP,
} from "./cluster-keys.ts";
import { locationReference, placesFor, zoneOf, type Place } from "./cluster-zones.ts";
import { entityReference } from "./group.ts";
import { quarantineGroup } from "./quarantine-group.ts";
import { noteStart } from "./zone-failures.ts";

export interface Started {
  readonly started: Entity[];
  readonly failures: unknown[];
}

/**
 * Grows by `count` members, started at once; returns those that started. Failed ones are quarantined or removed.
 * @param places where they go, when that is not for the cluster's zones to say
 */
export async function grow(cluster: Entity, count: number, work: Work, places?: readonly Place[]): Promise<Started> {
  const max = cluster.config.peek(MAX_SIZE);
  if (max >= 0 && cluster.members.size + count > max) {
    throw new ClockerError("no-capacity", `Cannot grow "${cluster.displayName}" to ${cluster.members.size + count} members: its largest size is ${max}`, { remedy: 'Raise "cluster.max.size"' });
  }
  const specs = await memberSpecs(cluster, count, work);
  const chosen = places ?? placesFor(cluster, count);
  const members = specs.map(({ spec, base }, index) => {
    const member = addMember(cluster, spec, chosen[index] ?? {});
    cluster.management.documents.put(MADE_FROM, member.id, memberRecord(base));
    return member;
  });
  await cluster.management.documents.flush();
  return startMembers(cluster, members, work);
}

export async function startMembers(cluster: Entity, members: readonly Entity[], work: Work): Promise<Started> {
  const failures: unknown[] = [];
  const started: Entity[] = [];
  await atMost(cluster.config.peek(MAX_CONCURRENT_CHILD_COMMANDS), members, async (member) => {
    const zone = zoneOf(cluster, member);
    try {
      work.signal.throwIfAborted();
      if (member.is(STARTABLE)) await member.invoke("start", {}, work);
      started.push(member);
      if (zone !== undefined) noteStart(cluster, zone, { hasFailed: false });
    } catch (error) {
      failures.push(error);
      if (zone !== undefined && !work.signal.aborted) noteStart(cluster, zone, { hasFailed: true });
      await setAside(cluster, member, error, work);
    }
  });
  work.signal.throwIfAborted();
  return { started, failures };
}

/** Members whose start failed, or was cut off by a restart of the server. */
export function idleMembers(cluster: Entity): Entity[] {
  return [...cluster.members.values()].filter((member) => member.is(STARTABLE) && member.get(SERVICE_STATE) !== "RUNNING");
}

export async function removeMember(cluster: Entity, member: Entity, work: Work): Promise<void> {
  await stopForGood(member, work);
  cluster.management.unmanage(member);
  await cluster.management.documents.flush();
}

/** The cluster's quarantine group; undefined until a member had to go there. */
export function quarantineOf(cluster: Entity): Entity | undefined {
  return cluster.children.find((child) => child.displayName === QUARANTINE);
}

const QUARANTINE = "quarantine";

/** A member that failed to start: what it made is removed, or it is kept in quarantine for looking into. */
async function setAside(cluster: Entity, member: Entity, error: unknown, work: Work): Promise<void> {
  work.write("stderr", `"${member.displayName}" failed to start: ${messageOf(error)}\n`);
  cluster.removeMember(member);
  if (!work.signal.aborted && isKept(cluster, error)) return quarantine(cluster, member);
  try {
    // A task of its own, so that it goes on where the start was cancelled; who cancelled it waits for it.
    if (member.is(STARTABLE)) await cluster.management.submit(cluster, `remove ${member.displayName}, which failed to start`, (own) => member.invoke("stop", {}, own)).result;
    cluster.management.unmanage(member);
  } catch {
    // The task tells why. What is left of the member stays in sight, and can be stopped again.
    quarantine(cluster, member);
  }
}

/** Whether a member that failed so is kept: where the config does not say, all but those that never had a machine. */
function isKept(cluster: Entity, error: unknown): boolean {
  if (!cluster.config.peek(QUARANTINE_FAILED)) return false;
  const filter = cluster.config.find(QUARANTINE_FILTER)?.raw;
  if (filter === undefined || filter === null) return !(error instanceof ClockerError && error.code === "no-machine");
  return readPredicate(filter).accepts(error, cluster);
}

function quarantine(cluster: Entity, member: Entity): void {
  let group = quarantineOf(cluster);
  if (group === undefined) {
    group = cluster.management.create(entitySpec(quarantineGroup.name, { displayName: QUARANTINE }), cluster);
    cluster.set(QUARANTINE_GROUP, entityReference(group));
  }
  group.addMember(member);
  cluster.set(ENTITY_QUARANTINED, entityReference(member));
}

/** What each member is made of, and the cluster's spec of which that was made. */
async function memberSpecs(cluster: Entity, count: number, work: Work): Promise<{ spec: EntitySpec; base: EntitySpec }[]> {
  const spec = await cluster.config.get(MEMBER_SPEC, work);
  if (spec === undefined) throw new ClockerError("invalid-value", `Cannot make members of "${cluster.displayName}": "${MEMBER_SPEC.name}" is not set`);
  const first = cluster.members.size === 0 ? await cluster.config.get(FIRST_MEMBER_SPEC, work) : undefined;
  const flags = await cluster.config.get(CUSTOM_CHILD_FLAGS, work);
  return Array.from({ length: count }, (_, i) => {
    const base = i === 0 && first !== undefined ? first : spec;
    return { spec: withFlags(base, flags), base };
  });
}

/** Brooklyn's flags: a name, and config. */
function withFlags(spec: EntitySpec, flags: Readonly<Record<string, unknown>>): EntitySpec {
  const { displayName, name, ...config } = flags;
  const shown = displayName ?? name;
  // Config of the cluster: JSON.
  return { ...spec, ...(typeof shown === "string" ? { displayName: shown } : {}), config: { ...spec.config, ...(config as Record<string, Json>) } };
}

function addMember(cluster: Entity, spec: EntitySpec, place: Place): Entity {
  const number = Math.max(0, ...[...cluster.members.values()].map((member) => member.get(CLUSTER_MEMBER_ID) ?? 0)) + 1;
  const member = cluster.management.create({ ...spec, config: { ...place.config, ...spec.config, [CLUSTER_MEMBER_ID.name]: number } }, cluster);
  member.set(CLUSTER_MEMBER_ID, number);
  member.set(CLUSTER_MEMBER, true);
  member.set(CLUSTER_ENTITY, entityReference(cluster));
  // A member with a location of its own goes there, as in Brooklyn.
  if (place.zone !== undefined && spec.locations === undefined) {
    member.set(CLUSTER_MEMBER_ZONE, locationReference(place.zone));
    member.addLocation(place.zone);
  }
  cluster.addMember(member);
  return member;
}
