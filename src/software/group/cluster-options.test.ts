import { beforeEach, describe, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { entitySpec, type Json } from "../../model/spec.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { basicApplication, entityBase, starting, stopping } from "../stock/application.ts";
import { SERVICE_STATE, SERVICE_UP } from "../stock/attributes.ts";
import { setNotUp } from "../stock/service-state.ts";
import { STARTABLE } from "../stock/startable.ts";
import { atMost } from "./at-most.ts";
import { ALL_MEMBERS_UP, CLUSTER_MEMBER_ID } from "./cluster-keys.ts";
import { dynamicCluster } from "./dynamic-cluster.ts";

const ROLE = sensor("role", types.string, "");
let doings: string[] = [];
let errors: ClockerError[] = [];
let running = 0;
let most = 0;

async function busy(entity: Entity, what: string, signal: AbortSignal): Promise<void> {
  doings.push(`${what} ${entity.get(CLUSTER_MEMBER_ID)}`);
  most = Math.max(most, ++running);
  await entity.management.clock.sleep(1_000, signal);
  running--;
}

const member = defineEntityType({
  name: "test.Member",
  description: "Takes a second for everything",
  extends: [entityBase],
  traits: [STARTABLE],
  effectors: [
    effector("start", "", ({ entity, work }) =>
      starting(entity, async () => {
        const error = errors.shift();
        await busy(entity, "start", work.signal);
        if (error !== undefined) throw error;
      }),
    ),
    effector("stop", "", ({ entity, work }) => stopping(entity, () => busy(entity, "stop", work.signal))),
    effector("restart", "", ({ entity, work }) => starting(entity, () => busy(entity, "restart", work.signal))),
  ],
});

let server: SimulatedServer;

beforeEach(async () => {
  [doings, errors, running, most] = [[], [], 0, 0];
  server = await new World({ entityTypes: [member] }).open();
});

async function start(config: Record<string, Json> = {}): Promise<Entity> {
  const memberSpec = JSON.parse(JSON.stringify(entitySpec(member.name))) as Json;
  await server.start(entitySpec(basicApplication.name, { children: [entitySpec(dynamicCluster.name, { displayName: "Cluster", config: { "dynamiccluster.memberspec": memberSpec, ...config } })] })).catch(() => {});
  return server.find("Cluster");
}

const numbers = (cluster: Entity) => [...cluster.members.values()].map((each) => each.get(CLUSTER_MEMBER_ID));

describe("restart", () => {
  test("is refused unless a mode says otherwise", async () => {
    await expect(server.invoke(await start(), "restart")).rejects.toThrow("Restart not supported for this cluster: dynamiccluster.restartMode is not configured");
    const cluster = server.find("Cluster");
    cluster.config.set("restartMode", "off");
    await expect(server.invoke(cluster, "restart")).rejects.toThrow(/is off/);
    cluster.config.set("restartMode", "upside-down");
    await expect(server.invoke(cluster, "restart")).rejects.toMatchObject({ code: "invalid-value" });
  });

  test.each([
    ["sequential", 1],
    ["parallel", 3],
  ])("%s restarts members, %i at once", async (mode, expected) => {
    const cluster = await start({ initialSize: 3, restartMode: mode, maxConcurrentChildCommands: 0 });
    most = 0;
    await server.invoke(cluster, "restart");
    expect([doings.slice(3), most, cluster.get(SERVICE_STATE)]).toEqual([["restart 1", "restart 2", "restart 3"], expected, "RUNNING"]);
  });
});

test("maxConcurrentChildCommands bounds starts and stops", async () => {
  const cluster = await start({ initialSize: 5, maxConcurrentChildCommands: 2 });
  expect([cluster.members.size, most]).toEqual([5, 2]);
  most = 0;
  await server.invoke(cluster, "resize", { desiredSize: 1 });
  expect([cluster.members.size, most]).toEqual([1, 2]);
});

test("atMost waits for all, keeps the order of results, and throws the first failure", async () => {
  const done: number[] = [];
  const work = async (n: number): Promise<number> => {
    await Promise.resolve();
    if (n === 2) throw new Error("two");
    done.push(n);
    return n * 10;
  };
  expect(await atMost(2, [1, 3, 4], work)).toEqual([10, 30, 40]);
  await expect(atMost(2, [1, 2, 3, 4, 5], work)).rejects.toThrow("two");
  expect(done).toEqual([1, 3, 4, 1, 3, 4, 5]);
});

test.each<[Json, number[]]>([
  ["oldest", [2, 3]],
  ["newest", [1, 2]],
  [{ type: "org.apache.brooklyn.entity.group.SensorMatchingRemovalStrategy", "brooklyn.config": { "sensor.matching.sensor": "role", "sensor.matching.value": "spare" } }, [1, 3]],
  [{ "$brooklyn:object": { type: "FirstFromRemovalStrategy", "object.fields": { "firstfrom.strategies": [{ type: "SensorMatchingRemovalStrategy", "sensor.matching.sensor": "role", "sensor.matching.value": "nobody" }, "oldest"] } } }, [2, 3]],
])("a cluster shrinks as its removal strategy %j says", async (strategy, left) => {
  const cluster = await start({ initialSize: 3, removalStrategy: strategy });
  [...cluster.members.values()][1]?.set(ROLE, "spare");
  await server.invoke(cluster, "resize", { desiredSize: 2 });
  expect(numbers(cluster)).toEqual(left);
});

test("an unknown removal strategy is refused with the known ones", async () => {
  const cluster = await start({ initialSize: 1, removalStrategy: "newst" });
  await expect(server.invoke(cluster, "resize", { desiredSize: 0 })).rejects.toMatchObject({ code: "invalid-value", remedy: 'Did you mean "newest"?' });
});

test("quarantineFilter says which failed members are kept", async () => {
  errors = [new ClockerError("no-machine", "There is none"), new ClockerError("timeout", "Too late")];
  const cluster = await start({ initialSize: 3, initialQuorumSize: 1, quarantineFilter: { not: { "java-instance-of": "TimeoutException" } } });
  const quarantine = server.find("quarantine");
  expect([cluster.members.size, quarantine.members.size, quarantine.is("org.apache.brooklyn.entity.group.QuarantineGroup")]).toEqual([1, 1, true]);
  await server.invoke(quarantine, "expungeMembers", { firstStop: false });
  expect([quarantine.members.size, server.of(member.name).length]).toEqual([0, 1]);
});

test("a start whose members all fail says so in Brooklyn's words", async () => {
  errors = [new ClockerError("start-failed", "It broke"), new ClockerError("start-failed", "It broke too")];
  const cluster = await start({ initialSize: 2 });
  expect(JSON.stringify(cluster.sensorValue("service.problems")?.value)).toContain('All nodes in cluster \\"Cluster\\" failed; first failure is: It broke');
});

test("members know their cluster, and get the custom flags", async () => {
  const cluster = await start({ customChildFlags: { displayName: "Flagged", colour: "red" } });
  const [only] = cluster.members.values();
  expect([only?.displayName, only?.config.own().get("colour"), only?.config.own().get("cluster.member.id"), only?.sensorValue("cluster.member")?.value, only?.sensorValue("cluster.entity")?.value]).toEqual(["Flagged", "red", 1, true, expect.objectContaining({ id: cluster.id })]);
});

test("quorum.up and quorum.running say when a cluster is up and running; cluster.one_and_all.members.up is about all", async () => {
  const cluster = await start({ initialSize: 3, "quorum.up": [[0, 0], [4, 2]], "quorum.running": "atLeastOne" });
  const [first, second] = [...cluster.members.values()];
  expect(cluster.get(ALL_MEMBERS_UP)).toBe(true);
  if (first !== undefined) setNotUp(first, "test", "It is down");
  expect([cluster.get(SERVICE_UP), cluster.get(SERVICE_STATE), cluster.get(ALL_MEMBERS_UP)]).toEqual([true, "RUNNING", false]);
  if (second !== undefined) setNotUp(second, "test", "It is down");
  expect([cluster.get(SERVICE_UP), cluster.get(SERVICE_STATE)]).toEqual([false, "ON_FIRE"]);
});

test("a cluster that was made with members must have one to be up, one that was made empty need not", async () => {
  const cluster = await start({ initialSize: 1 });
  await server.invoke(cluster, "resize", { desiredSize: 0 });
  expect(cluster.get(SERVICE_UP)).toBe(false);
  await server.invoke(cluster, "stop");
  cluster.config.set("initialSize", 0);
  const empty = server.plane.create(entitySpec(dynamicCluster.name, { config: { initialSize: 0 } }), cluster.application);
  await server.invoke(empty, "start");
  expect([empty.get(SERVICE_UP), empty.get(ALL_MEMBERS_UP)]).toEqual([true, false]);
});

test("with start.timeout a cluster waits until it is up", async () => {
  const cluster = await start({ initialSize: 1, "quorum.up": 2, startTimeout: "30s" });
  expect([cluster.get(SERVICE_STATE), JSON.stringify(cluster.sensorValue("service.problems")?.value)]).toEqual(["ON_FIRE", expect.stringContaining("is not up 30s after its members have started")]);
});
