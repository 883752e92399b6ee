import { beforeEach, describe, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { configKey } from "../../model/config-key.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { entitySpec, type EntitySpec, type Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { basicApplication, entityBase, starting, stopping } from "../stock/application.ts";
import { SERVICE_PROBLEMS, SERVICE_STATE, SERVICE_UP } from "../stock/attributes.ts";
import { setNotUp } from "../stock/service-state.ts";
import { STARTABLE } from "../stock/startable.ts";
import { CLUSTER_MEMBER_ID } from "./cluster-keys.ts";
import { dynamicCluster } from "./dynamic-cluster.ts";

const FAILS = configKey("test.fails", types.string, "The code of the error that starts end with");

/** What the members of a test do: in order, and which of them fail. */
const doings: string[] = [];
let failures = 0;
let code: "start-failed" | "no-machine" = "start-failed";

const member = defineEntityType({
  name: "test.Member",
  description: "Takes a second to start",
  extends: [entityBase],
  traits: [STARTABLE],
  config: [FAILS],
  effectors: [
    effector("start", "", ({ entity, work }) =>
      starting(entity, async () => {
        doings.push(`start ${entity.get(CLUSTER_MEMBER_ID)}`);
        const fails = failures > 0;
        failures--;
        await entity.management.clock.sleep(1_000, work.signal);
        if (fails) throw new ClockerError(code, "It does not work");
      }),
    ),
    effector("stop", "", ({ entity }) => stopping(entity, async () => void doings.push(`stop ${entity.get(CLUSTER_MEMBER_ID)}`))),
  ],
});

let server: SimulatedServer;

beforeEach(async () => {
  doings.length = 0;
  failures = 0;
  code = "start-failed";
  server = await new World({ entityTypes: [member] }).open();
});

function clusterSpec(config: Record<string, Json> = {}): EntitySpec {
  const memberSpec = JSON.parse(JSON.stringify(entitySpec(member.name))) as Json;
  return entitySpec(basicApplication.name, { displayName: "App", children: [entitySpec(dynamicCluster.name, { displayName: "Cluster", config: { "dynamiccluster.memberspec": memberSpec, ...config } })] });
}

async function start(config: Record<string, Json> = {}): Promise<Entity> {
  await server.start(clusterSpec(config));
  return server.find("Cluster");
}

/** Starts, and gives the error. */
async function startFails(config: Record<string, Json> = {}): Promise<unknown> {
  const { start: started } = await server.until(server.deploy(clusterSpec(config)));
  return server.until((started?.result ?? Promise.resolve()).catch((error: unknown) => error));
}

const numbers = (cluster: Entity) => [...cluster.members.values()].map((each) => each.get(CLUSTER_MEMBER_ID));

describe("start", () => {
  test("makes the initial number of members at once, numbered", async () => {
    const cluster = await start({ initialSize: 3 });
    expect([numbers(cluster), cluster.get(SERVICE_STATE), cluster.get(SERVICE_UP)]).toEqual([[1, 2, 3], "RUNNING", true]);
    expect(doings).toEqual(["start 1", "start 2", "start 3"]);
  });

  test("makes the first member of a spec of its own", async () => {
    const first = JSON.parse(JSON.stringify(entitySpec(member.name, { displayName: "The first" }))) as Json;
    const cluster = await start({ initialSize: 2, firstMemberSpec: first });
    expect([...cluster.members.values()].map(({ displayName }) => displayName)).toEqual(["The first", expect.stringMatching(/^Member:/)]);
  });

  test("succeeds with a quorum; failed members are quarantined, with their reason", async () => {
    failures = 1;
    const cluster = await start({ initialSize: 3, initialQuorumSize: 2 });
    expect([cluster.members.size, cluster.get(SERVICE_STATE)]).toEqual([2, "RUNNING"]);
    const [failed] = [...server.find("quarantine").members.values()];
    expect([failed?.get(SERVICE_STATE), failed?.get(SERVICE_PROBLEMS)]).toEqual(["ON_FIRE", { start: "It does not work" }]);
  });

  test("fails below the quorum, says why, and sets no working member aside", async () => {
    failures = 1;
    expect(await startFails({ initialSize: 2 })).toMatchObject({ code: "start-failed", message: expect.stringContaining("failed to get to initial size of 2; size is 1") as string, cause: { message: "It does not work" } });
    const cluster = server.find("Cluster");
    expect([cluster.get(SERVICE_STATE), cluster.members.size, server.find("App").get(SERVICE_STATE)]).toEqual(["ON_FIRE", 1, "ON_FIRE"]);
  });

  test("removes what failed where nothing is quarantined, or nothing was made", async () => {
    failures = 1;
    await startFails({ initialSize: 1, quarantineFailedEntities: false });
    expect([doings, server.of(member.name)]).toEqual([["start 1", "stop 1"], []]);
    failures = 1;
    code = "no-machine";
    await startFails({ initialSize: 1 });
    expect(server.of(member.name)).toEqual([]);
  });

  test("without a member spec says so", async () => {
    expect(await startFails({ "dynamiccluster.memberspec": null })).toMatchObject({ code: "invalid-value", message: expect.stringContaining('"dynamiccluster.memberspec" is not set') as string });
  });

  test("again makes only what is missing", async () => {
    failures = 1;
    await startFails({ initialSize: 2 });
    await server.invoke(server.find("App"), "start");
    expect([server.find("Cluster").members.size, server.find("App").get(SERVICE_STATE)]).toEqual([2, "RUNNING"]);
  });

  test("cancelled removes the members that it was making", async () => {
    const { start: started } = await server.until(server.deploy(clusterSpec({ initialSize: 2 })));
    await server.world.clock.advance(100);
    started?.task.cancel(new ClockerError("cancelled", "Enough"));
    await server.until((started?.result ?? Promise.resolve()).catch(() => {}));
    expect([started?.task.state, server.of(member.name), doings.slice(2).sort()]).toEqual(["cancelled", [], ["stop 1", "stop 2"]]);
  });
});

test("publishes the first member, and another one when that is gone", async () => {
  const cluster = await start({ "cluster.initial.size": 2 });
  const [first, second] = [...cluster.members.values()];
  expect(cluster.sensorValue("cluster.first.entity")?.value).toMatchObject({ id: first?.id });
  await server.invoke(cluster, "replaceMember", { memberId: first?.id });
  expect(cluster.sensorValue("cluster.first.entity")?.value).toMatchObject({ id: second?.id });
});

describe("resize", () => {
  test("grows, and shrinks by the newest", async () => {
    const cluster = await start({ initialSize: 1 });
    expect(await server.invoke(cluster, "resize", { desiredSize: "3" })).toBe(3);
    expect(await server.invoke(cluster, "resizeByDelta", { delta: -1 })).toBe(2);
    expect([numbers(cluster), doings.at(-1)]).toEqual([[1, 2], "stop 3"]);
  });

  test("is serialised", async () => {
    const cluster = await start({ initialSize: 0 });
    await Promise.all([1, 1, -1, 2].map((delta) => server.invoke(cluster, "resizeByDelta", { delta })));
    expect([cluster.members.size, doings]).toEqual([3, ["start 1", "start 2", "stop 2", "start 2", "start 3"]]);
  });

  test("refuses less than none, and more than the most", async () => {
    const cluster = await start({ maxSize: 2 });
    await expect(server.invoke(cluster, "resize", { desiredSize: -1 })).rejects.toMatchObject({ code: "invalid-value" });
    await expect(server.invoke(cluster, "resize", { desiredSize: 3 })).rejects.toMatchObject({ code: "no-capacity", remedy: 'Raise "cluster.max.size"' });
    expect(cluster.members.size).toBe(1);
  });

  test("that fails quarantines what failed, and keeps the rest", async () => {
    const cluster = await start({ initialSize: 1 });
    failures = 1;
    await expect(server.invoke(cluster, "resize", { desiredSize: 3 })).rejects.toMatchObject({ code: "start-failed" });
    expect([cluster.members.size, server.find("quarantine").members.size, cluster.get(SERVICE_STATE)]).toEqual([2, 1, "RUNNING"]);
  });

  test("cancelled removes what it was making", async () => {
    const cluster = await start({ initialSize: 1 });
    const { task, result } = server.applications.invoke(cluster, "resize", { desiredSize: 2 });
    await server.world.clock.advance(100);
    task.cancel(new ClockerError("cancelled", "Enough"));
    await server.until(result.catch(() => {}));
    expect([numbers(cluster), cluster.children.length]).toEqual([[1], 1]);
  });

  test("under way is ended by a stop", async () => {
    const cluster = await start({ initialSize: 1 });
    const resize = server.applications.invoke(cluster, "resize", { desiredSize: 4 });
    await server.world.clock.advance(100);
    await server.until(server.applications.destroy(server.find("App")).result);
    expect([resize.task.state, server.plane.entities.size]).toEqual(["cancelled", 0]);
  });
});

test("replaceMember starts the new one before it stops the old one", async () => {
  const cluster = await start({ initialSize: 2 });
  const [old] = cluster.members.keys();
  const id = await server.invoke(cluster, "replaceMember", { memberId: old });
  expect([cluster.members.has(String(id)), cluster.members.has(String(old)), doings.slice(2)]).toEqual([true, false, ["start 3", "stop 1"]]);
  await expect(server.invoke(cluster, "replaceMember", { memberId: "nobody" })).rejects.toMatchObject({ code: "not-found" });
  failures = 1;
  await expect(server.invoke(cluster, "replaceMember", { memberId: id })).rejects.toThrow("its replacement failed to start");
  expect(cluster.members.has(String(id))).toBe(true);
});

test("A cluster is up while one member is, and on fire while one of them is", async () => {
  const cluster = await start({ initialSize: 2 });
  const [first, second] = [...cluster.members.values()];
  if (first === undefined || second === undefined) throw new Error("There are no members");
  setNotUp(first, "test", "It is down");
  expect([cluster.get(SERVICE_UP), cluster.get(SERVICE_STATE)]).toEqual([true, "ON_FIRE"]);
  setNotUp(second, "test", "It is down");
  expect(cluster.get(SERVICE_UP)).toBe(false);
  setNotUp(first, "test", undefined);
  setNotUp(second, "test", undefined);
  expect([cluster.get(SERVICE_UP), cluster.get(SERVICE_STATE), server.find("App").get(SERVICE_STATE)]).toEqual([true, "RUNNING", "RUNNING"]);
});

test("stop removes all members, those in quarantine too", async () => {
  failures = 1;
  const cluster = await start({ initialSize: 3, initialQuorumSize: 1 });
  await server.invoke(cluster, "stop");
  expect([server.of(member.name), cluster.get(SERVICE_STATE), cluster.members.size]).toEqual([[], "STOPPED", 0]);
  await server.invoke(cluster, "start");
  expect([cluster.members.size, cluster.get(SERVICE_STATE)]).toEqual([3, "RUNNING"]);
});
