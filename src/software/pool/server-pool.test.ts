import { beforeEach, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import type { Entity } from "../../model/entity.ts";
import { entitySpec, type EntitySpec, type Json } from "../../model/spec.ts";
import { emptySoftwareProcess } from "../process/software-process.ts";
import { basicApplication } from "../stock/application.ts";
import { SERVICE_PROBLEMS, SERVICE_STATE } from "../stock/attributes.ts";
import { poolEntityTypes } from "./index.ts";
import { AVAILABLE, CLAIMED } from "./pool-keys.ts";
import { serverPool } from "./server-pool.ts";

let world: World;
let server: SimulatedServer;

beforeEach(async () => {
  world = new World({ capacity: 4, entityTypes: [emptySoftwareProcess, ...poolEntityTypes] });
  world.onConnect = (machine) => void machine.on(/INSTALL_NAME/, { stdout: "/install/here\n/run/here\n" });
  server = await world.open();
});

async function startPool(config: Record<string, Json> = {}): Promise<Entity> {
  await server.start(entitySpec(basicApplication.name, { locations: [{ spec: "memory" }], children: [entitySpec(serverPool.name, { displayName: "Pool", config })] }));
  return server.find("Pool");
}

async function startIn(spec: string, displayName: string): Promise<Entity> {
  const blueprint: EntitySpec = entitySpec(basicApplication.name, { displayName: `${displayName}-app`, locations: [{ spec }], children: [entitySpec(emptySoftwareProcess.name, { displayName })] });
  const { start } = await server.until(server.deploy(blueprint));
  await server.until((start?.result ?? Promise.resolve()).catch(() => {}));
  return server.find(displayName);
}

const counts = (pool: Entity) => [pool.get(AVAILABLE), pool.get(CLAIMED)];

test("a pool is a location whose machines are claimed and given back", async () => {
  const pool = await startPool({ locationName: "my-pool" });
  expect([pool.members.size, counts(pool), world.cloud.machines.size]).toEqual([2, [2, 0], 2]);
  const one = await startIn("my-pool", "one");
  await startIn(`pool:${pool.id}`, "two");
  expect([one.get(SERVICE_STATE), counts(pool), world.cloud.machines.size]).toEqual(["RUNNING", [0, 2], 2]);
  const three = await startIn("my-pool", "three");
  expect([three.get(SERVICE_STATE), JSON.stringify(three.get(SERVICE_PROBLEMS))]).toEqual(["ON_FIRE", expect.stringContaining('No machines available in \\"my-pool\\"')]);
  await server.invoke(one, "stop");
  expect([counts(pool), world.cloud.machines.size]).toEqual([[1, 1], 2]);
  await server.invoke(three, "start");
  expect([three.get(SERVICE_STATE), counts(pool)]).toEqual(["RUNNING", [0, 2]]);
});

test("a resize leaves claimed machines alone", async () => {
  const pool = await startPool({ initialSize: 3 });
  const name = String(pool.sensorValue("entity.dynamicLocation.name")?.value);
  expect(name).toBe(`server-pool-${pool.id}`);
  await startIn(name, "one");
  await server.invoke(pool, "resize", { desiredSize: 1 });
  expect([pool.members.size, counts(pool)]).toEqual([1, [0, 1]]);
  await expect(server.invoke(pool, "resize", { desiredSize: 0 })).rejects.toThrow(/is claimed by "one"/);
});

test("a restart keeps the claims and the name", async () => {
  const pool = await startPool({ locationName: "my-pool" });
  await startIn("my-pool", "one");
  const gone = await startIn("my-pool", "gone");
  server.plane.unmanage(gone);
  await server.crash();
  server = await world.open();
  const again = server.find("Pool");
  expect([counts(again), world.cloud.machines.size, server.find("one").locations.length]).toEqual([[1, 1], 2, 1]);
  await server.invoke(server.find("one"), "stop");
  expect([counts(again), server.find("one").locations.length]).toEqual([[2, 0], 0]);
  expect((await startIn("my-pool", "two")).get(SERVICE_STATE)).toBe("RUNNING");
  expect(again.id).toBe(pool.id);
});

test("machines of a location are added, and stay when the pool shrinks", async () => {
  const pool = await startPool({ initialSize: 1 });
  const added = await server.invoke(pool, "addExistingMachinesFromSpec", { spec: "memory(zone=b)" });
  expect([added, counts(pool)]).toEqual([[expect.objectContaining({ id: expect.any(String) as string })], [2, 0]]);
  await expect(server.invoke(pool, "resize", { desiredSize: 0 })).rejects.toThrow(/was added by hand/);
  await server.invoke(pool, "stop");
  expect([pool.members.size, world.cloud.machines.size, counts(pool)]).toEqual([0, 0, [0, 0]]);
  await expect(server.until(server.deploy(entitySpec(basicApplication.name, { locations: [{ spec: `server-pool-${pool.id}` }] })))).rejects.toThrow(/Unknown location/);
});

test("what runs in a pool that was stopped can be stopped too, also after a restart", async () => {
  const pool = await startPool({ locationName: "my-pool" });
  await startIn("my-pool", "one");
  await startIn("my-pool", "two");
  await server.invoke(pool, "stop");
  await server.invoke(server.find("one"), "stop");
  await server.crash();
  server = await world.open();
  await server.invoke(server.find("two"), "stop");
  expect([server.find("one"), server.find("two")].map((each) => [each.get(SERVICE_STATE), each.locations.length])).toEqual([["STOPPED", 0], ["STOPPED", 0]]);
});

test("a pool that is unknown or wrongly written is refused", () => {
  expect(() => server.plane.locations.resolve({ spec: "pool:nobody" })).toThrow("Unknown ServerPool location id nobody, spec pool:nobody");
  expect(() => server.plane.locations.resolve({ spec: "pool" })).toThrow(/Invalid location 'pool'/);
});

test("a machine runs commands when asked", async () => {
  const pool = await startPool({ initialSize: 1 });
  const [machine] = pool.members.values();
  if (machine === undefined) throw new Error("There is a machine");
  expect(await server.invoke(machine, "execCommand", { command: "true" })).toBeTypeOf("string");
  await server.invoke(machine, "stop");
  await expect(server.invoke(machine, "execCommandTimeout", { command: "true", timeout: "5s" })).rejects.toMatchObject({ code: "no-machine" });
});
