import { beforeEach, describe, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import type { Entity } from "../../model/entity.ts";
import { InMemoryMachine } from "../../machine/in-memory-machine.ts";
import { ClockerError } from "../../model/errors.ts";
import { entitySpec } from "../../model/spec.ts";
import { InMemoryCloud, InMemoryProvider } from "../../provider/in-memory.ts";
import { setProvisioningAllowed } from "../../provider/provisioning-access.ts";
import { MACHINE_DOCUMENTS, ProviderLocation } from "./provider-location.ts";

let world: World;
let server: SimulatedServer;
let location: ProviderLocation;
let entity: Entity;

beforeEach(async () => {
  world = new World();
  server = await world.open();
  const found = server.locations.resolve({ spec: "memory" });
  if (!(found instanceof ProviderLocation)) throw new Error("Not a provider's location");
  location = found;
  entity = server.plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicEntity", { displayName: "My Entity!" }));
});

const obtain = () => server.run((work) => location.obtain({ entity, inboundPorts: [22], properties: {} }, work));
const records = () => [...server.plane.documents.all(MACHINE_DOCUMENTS).values()].map(({ state }) => state);
const diskRecords = () => [...world.disk.records.values()].filter(({ kind }) => kind === MACHINE_DOCUMENTS).map(({ text }) => (JSON.parse(text) as { state: string }).state);

test("obtain records the machine durably before it is asked for, and when it is there", async () => {
  const seen: unknown[] = [];
  world.cloud.options.inject = (phase) => seen.push(phase, diskRecords());
  const machine = await obtain();
  expect([seen, diskRecords(), server.locations.location(machine.id)]).toEqual([["before", ["requested"], "after", ["requested"]], ["obtained"], machine]);
  expect([machine.hostname, machine.address, machine.parent]).toEqual([expect.stringMatching(/^my-entity-[a-z0-9]{4}$/), "10.0.0.1", location]);
});

test("release records it first, gives the machine back once, and forgets it", async () => {
  const machine = await obtain();
  await server.run((work) => location.release(machine, work));
  await server.run((work) => location.release(machine, work));
  expect([world.cloud.machines.size, records(), diskRecords(), server.locations.location(machine.id)]).toEqual([0, [], [], undefined]);
});

test("obtain that the provider refuses leaves no record", async () => {
  world.cloud.options.inject = () => {
    throw new ClockerError("no-machine", "There is none");
  };
  await expect(obtain()).rejects.toThrow("There is none");
  expect([world.cloud.machines.size, records()]).toEqual([0, []]);
});

test("a machine that could be neither used nor given back stays recorded, and is given back with the next", async () => {
  const cloud = new InMemoryCloud({ clock: world.clock, machine: () => new InMemoryMachine({}) });
  let isAway = true;
  class FlakyProvider extends InMemoryProvider {
    override release(id: string): Promise<void> {
      return isAway ? Promise.reject(new ClockerError("unreachable", "The cloud is away")) : super.release(id);
    }
  }
  location = new ProviderLocation({ id: "flaky", name: "flaky", spec: "flaky", type: "test", config: {}, provider: new FlakyProvider(cloud), management: server.plane });
  cloud.options.inject = () => {
    throw new ClockerError("no-machine", "There is none");
  };
  await expect(obtain()).rejects.toThrow("There is none");
  expect(records()).toEqual(["releasing"]);
  delete cloud.options.inject;
  isAway = false;
  await obtain();
  expect([cloud.machines.size, records()]).toEqual([1, ["obtained"]]);
});

test("obtain that cannot be recorded asks for nothing", async () => {
  server.store.write = () => Promise.reject(new ClockerError("storage", "The disk is full"));
  await expect(obtain()).rejects.toThrow("The disk is full");
  expect(world.cloud.machines.size).toBe(0);
});

test("obtain whose answer cannot be recorded gives the machine back", async () => {
  world.cloud.options.inject = (phase) => {
    if (phase === "after") server.store.write = () => Promise.reject(new ClockerError("storage", "The disk is full"));
  };
  await expect(obtain()).rejects.toThrow("The disk is full");
  expect([world.cloud.machines.size, records()]).toEqual([0, []]);
});

describe("a restart", () => {
  test("gives back what is labelled as ours and nobody remembers, and nothing of another owner", async () => {
    await server.crash();
    world.cloud.make({ id: "forgotten1", owner: "simplane", name: "forgotten", properties: {} });
    world.cloud.make({ id: "another001", owner: "another0", name: "another", properties: {} });
    await world.open();
    expect([...world.cloud.machines.keys()]).toEqual(["another001"]);
  });

  test("gives back the machine of an entity that is gone, and leaves one that is there its machine", async () => {
    const machine = await obtain();
    await server.crash();
    server = await world.open();
    expect(server.plane.entity(entity.id)?.locations.map(({ id }) => id)).toEqual([machine.id]);
    server.plane.unmanage(server.plane.entity(entity.id) ?? entity);
    await server.crash();
    await world.open();
    expect(world.cloud.machines.size).toBe(0);
  });
});

test("obtain is refused while provisioning is forbidden, over restarts of the server; nothing is asked for", async () => {
  setProvisioningAllowed(server.plane.documents, false);
  await expect(obtain()).rejects.toThrow('Access controller forbids provisioning in "memory"');
  expect([world.cloud.machines.size, records()]).toEqual([0, []]);
  await server.plane.documents.flush();
  expect([...world.disk.records.values()].filter(({ kind }) => kind === "access").map(({ text }) => JSON.parse(text) as unknown)).toEqual([{ allowed: false }]);
  setProvisioningAllowed(server.plane.documents, true);
  await obtain();
  expect(world.cloud.machines.size).toBe(1);
});
