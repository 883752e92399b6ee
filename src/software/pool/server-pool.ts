import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { followEntities } from "../../model/follow-entities.ts";
import { entitySpec, type Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { CLUSTER_MEMBER_ID, INITIAL_SIZE, MEMBER_SPEC } from "../group/cluster-keys.ts";
import { grow } from "../group/cluster-members.ts";
import { alone, defineClusterType } from "../group/dynamic-cluster.ts";
import { entityReference } from "../group/group.ts";
import { SERVICE_STATE } from "../stock/attributes.ts";
import { LOCATIONS_PARAMETER } from "../stock/startable.ts";
import { isProvisioning } from "../../provider/location.ts";
import { machineEntity } from "./machine-entity.ts";
import { AVAILABLE, CLAIMED, CLAIMED_BY, LOCATION_NAME, LOCATION_SPEC, LOCATION_STATUS, POOL_LOCATION_NAME, POOL_LOCATION_PREFIX, POOL_LOCATION_SUFFIX, REMOVABLE } from "./pool-keys.ts";
import { SERVER_POOL, ServerPoolLocation } from "./pool-location.ts";

const cluster = defineClusterType({
  name: "org.apache.brooklyn.entity.machine.pool.ServerPoolCluster",
  displayName: "Server Pool",
  description: "Machines of which entities claim one each",
  rules: {
    removable: (pool) => [...pool.members.values()].filter((member) => member.get(CLAIMED_BY) === undefined && member.config.peek(REMOVABLE)),
    whyKept: (member) => {
      const id = member.get(CLAIMED_BY);
      return id === undefined ? "was added by hand" : `is claimed by "${member.management.entity(id)?.displayName ?? id}"`;
    },
    claim: (member) => poolOf(member)?.setLeaving(member, true),
    unclaim: (member) => poolOf(member)?.setLeaving(member, false),
  },
});

/**
 * Brooklyn's `ServerPool`: a cluster of machines that is a location itself, `pool:ID` and by its name. An entity started there claims a machine and
 * gives it back when it stops; machines that are claimed are never removed by a resize.
 */
export const serverPool = defineEntityType({
  name: SERVER_POOL,
  displayName: "Server Pool",
  description: "Machines that are a location: entities started there claim one each, and give it back",
  aliases: ["brooklyn.entity.pool.ServerPool", "server-pool"],
  extends: [cluster],
  config: [POOL_LOCATION_NAME, POOL_LOCATION_PREFIX, POOL_LOCATION_SUFFIX],
  sensors: [LOCATION_NAME, LOCATION_SPEC, LOCATION_STATUS, AVAILABLE, CLAIMED],
  effectors: [
    effector("start", "Starts the machines and registers the pool as a location", start, { parameters: [LOCATIONS_PARAMETER] }),
    effector("stop", "Stops the machines and takes the location away", stop),
    effector("addExistingMachinesFromSpec", "Adds the machines of a location to the pool, all of them for a list of hosts; a resize leaves them", (call) => alone(call.entity, call.work, () => addExisting(call)), {
      parameters: [{ name: "spec", type: types.string, description: 'Spec of the location, such as byon:(hosts="10.0.0.1,10.0.0.2")' }],
      returnType: "java.util.Collection",
    }),
  ],
  hooks: {
    init: (pool) => {
      if (pool.config.find(INITIAL_SIZE) === undefined) pool.config.set(INITIAL_SIZE.name, DEFAULT_SIZE);
      // A spec is JSON.
      if (pool.config.find(MEMBER_SPEC) === undefined) pool.config.set(MEMBER_SPEC.name, entitySpec(machineEntity.name) as unknown as Json);
    },
    manage,
    reconnect: async (pool) => settleClaims(pool),
    unmanage: deregister,
  },
});

const DEFAULT_SIZE = 2;

async function start(call: EffectorCall): Promise<void> {
  const pool = call.entity;
  const { locations } = pool.management;
  const known = pool.get(LOCATION_NAME);
  const name = known ?? (await nameOf(pool, call.work));
  if (known === undefined) locations.reserve(name);
  try {
    await cluster.effectors.get("start")?.run(call);
  } catch (error) {
    if (known === undefined) locations.unregister(name);
    throw error;
  }
  if (known === undefined) register(pool, name);
  ServerPoolLocation.of(pool).count();
}

async function nameOf(pool: Entity, work: Work): Promise<string> {
  const given = await pool.config.get(POOL_LOCATION_NAME, work);
  const suffix = await pool.config.get(POOL_LOCATION_SUFFIX, work);
  return given ?? [await pool.config.get(POOL_LOCATION_PREFIX, work), pool.id, ...(suffix === undefined ? [] : [suffix])].join("-");
}

function register(pool: Entity, name: string): void {
  const location = ServerPoolLocation.of(pool);
  pool.set(LOCATION_NAME, name);
  pool.set(LOCATION_SPEC, location.spec);
  pool.set(LOCATION_STATUS, true);
  pool.management.locations.register(name, location);
}

async function stop(call: EffectorCall): Promise<void> {
  await cluster.effectors.get("stop")?.run(call);
  deregister(call.entity);
  call.entity.set(LOCATION_NAME, undefined);
  call.entity.set(LOCATION_SPEC, undefined);
  call.entity.set(LOCATION_STATUS, undefined);
}

function deregister(pool: Entity): void {
  const name = pool.get(LOCATION_NAME);
  if (name !== undefined) pool.management.locations.unregister(name);
}

/** New, or after a restart: the machines of the members can be found, and the pool by its name. */
function manage(pool: Entity): void {
  const { locations, events } = pool.management;
  const location = ServerPoolLocation.of(pool);
  const watches = new Map<string, () => void>();
  const stopFollowing = followEntities(pool, "members", {
    added: (member) => {
      locations.add(location.pooled(member));
      watches.set(member.id, events.subscribeSensor(member.id, SERVICE_STATE.name, () => location.count()));
      location.count();
    },
    removed: (member) => {
      locations.forget(location.pooled(member));
      watches.get(member.id)?.();
      watches.delete(member.id);
      location.count();
    },
  });
  location.count();
  const name = pool.get(LOCATION_NAME);
  if (name !== undefined) locations.register(name, location);
  pool.addWatch(() => {
    stopFollowing();
    watches.forEach((stopWatching) => stopWatching());
  });
}

/** After a restart: a machine that was claimed just before the end belongs to who claimed it, so that its stop gives it back; that of one who is gone is free. */
function settleClaims(pool: Entity): void {
  const location = ServerPoolLocation.of(pool);
  for (const member of pool.members.values()) {
    const id = member.get(CLAIMED_BY);
    if (id === undefined) continue;
    const claimant = pool.management.entity(id);
    if (claimant !== undefined) claimant.addLocation(location.pooled(member));
    else if (pool.management.locations.location(id) === undefined) member.set(CLAIMED_BY, undefined);
  }
  location.count();
}

/** More than any list of hosts. */
const MOST_MACHINES = 10_000;

async function addExisting({ entity: pool, parameters, work }: EffectorCall): Promise<Json[]> {
  const zone = pool.management.locations.resolve({ spec: types.string.coerce(parameters["spec"] ?? "") });
  if (!isProvisioning(zone)) throw new ClockerError("invalid-value", `Cannot add machines of location "${zone.name}" to "${pool.displayName}": it gives no machines`);
  // Only a list of hosts comes to an end; of others one is taken.
  const most = zone.type.endsWith(".FixedListMachineProvisioningLocation") ? MOST_MACHINES : 1;
  const added: Json[] = [];
  while (added.length < most) {
    const { started, failures } = await grow(pool, 1, work, [{ zone, config: { [REMOVABLE.name]: false } }]);
    const [member] = started;
    if (member === undefined) {
      const [failure] = failures;
      if (added.length > 0 && failure instanceof ClockerError && failure.code === "no-machine") break;
      throw failure;
    }
    work.log(`${member.displayName} (${member.get(CLUSTER_MEMBER_ID) ?? ""}) is on a machine of ${zone.name}`);
    added.push(entityReference(member));
  }
  ServerPoolLocation.of(pool).count();
  return added;
}

function poolOf(member: Entity): ServerPoolLocation | undefined {
  return member.parent?.is(SERVER_POOL) === true ? ServerPoolLocation.of(member.parent) : undefined;
}
