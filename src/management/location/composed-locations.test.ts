import { beforeEach, describe, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import type { Entity } from "../../model/entity.ts";
import { entitySpec, type Json, type LocationReference } from "../../model/spec.ts";
import { isProvisioning, type MachineLocation, type ProvisioningLocation } from "../../provider/location.ts";
import { basicEntity } from "../../software/stock/application.ts";
import { PROVISIONING_LOCATION } from "../../software/stock/attributes.ts";

let world: World;
let server: SimulatedServer;

beforeEach(async () => {
  world = new World({ capacity: 2 });
  server = await world.open();
});

function locate(spec: string, config: Record<string, Json> = {}): ProvisioningLocation {
  const location = server.plane.locations.resolve({ spec, config });
  if (!isProvisioning(location)) throw new Error("It gives machines");
  return location;
}

function make(displayName: string): Entity {
  return server.plane.create(entitySpec(basicEntity.name, { displayName }));
}

async function obtain(location: ProvisioningLocation, entity: Entity): Promise<MachineLocation> {
  const machine = await server.run((work) => location.obtain({ entity, inboundPorts: [], properties: {} }, work));
  entity.set(PROVISIONING_LOCATION, { id: location.id });
  entity.addLocation(machine);
  return machine;
}

const release = (machine: MachineLocation) => server.run((work) => (isProvisioning(machine.parent) ? machine.parent.release(machine, work) : Promise.reject(new Error("no parent"))));

describe("single", () => {
  test("gives the same machine to all who ask, and gives it back with the last", async () => {
    const location = locate("single:(target=memory)");
    const [a, b] = [make("a"), make("b")];
    const [first, second] = await Promise.all([obtain(location, a), obtain(location, b)]);
    expect([world.cloud.machines.size, first.machine === second.machine, first.id === second.id, first.parent]).toEqual([1, true, false, location]);
    expect((await obtain(location, a)).id).toBe(first.id);
    await release(first);
    expect(world.cloud.machines.size).toBe(1);
    await release(second);
    await release(second);
    expect([world.cloud.machines.size, second.machine.name]).toEqual([0, first.machine.name]);
  });

  test("keeps the machine over a restart for those who use it, and gives it back when none is left", async () => {
    const machine = await obtain(locate("single:(target=memory)"), make("a"));
    await obtain(locate("single:(target=memory)"), make("gone"));
    server.plane.unmanage(server.find("gone"));
    await server.crash();
    server = await world.open();
    const again = server.find("a").locations;
    expect([again.map(({ id }) => id), world.cloud.machines.size]).toEqual([[machine.id], 1]);
    server.plane.unmanage(server.find("a"));
    await server.crash();
    server = await world.open();
    expect(world.cloud.machines.size).toBe(0);
    expect((await obtain(locate("single:(target=memory)"), make("b"))).address).toBeDefined();
  });

  test("without a target says what Brooklyn says", () => {
    expect(() => locate("single")).toThrow("target must be specified in single-machine spec");
    expect(() => locate("multi")).toThrow("target must be specified in single-machine spec");
  });
});

test("host is a list of one host, shared", async () => {
  const location = locate("host:(host=10.0.0.1, user=bob)");
  const machine = await obtain(location, make("a"));
  expect(machine.parent).toBe(location);
  const byon = server.locations.inUse().find((each) => each.spec === "byon");
  expect(byon?.config).toEqual({ user: "bob", hosts: ["10.0.0.1"] });
  expect(() => locate("host")).toThrow(/Invalid location 'host'/);
});

describe("multi", () => {
  test("tries its targets in order, and has them as zones", async () => {
    const location = locate('multi:(targets="memory(zone=a),memory:(zone=b)")');
    expect(location.zones?.().map((zone) => zone.config["zone"])).toEqual(["a", "b"]);
    const machine = await obtain(location, make("a"));
    expect(machine.parent.config["zone"]).toBe("a");
    await obtain(location, make("b"));
    await expect(obtain(location, make("c"))).rejects.toMatchObject({ code: "no-machine", message: expect.stringContaining("No machines available in any of") as string });
    await server.run((work) => location.release(machine, work));
    expect(world.cloud.machines.size).toBe(1);
  });

  test("takes targets as a list of specs and maps", () => {
    const location = locate("multi", { targets: ["memory(zone=a)", { memory: { zone: "b" } }, { spec: "memory", config: { zone: "c" } }] });
    expect(location.zones?.().map((zone) => zone.config["zone"])).toEqual(["a", "b", "c"]);
  });

  test("its targets are the same locations after a restart", async () => {
    const ids = locate('multi:(targets="memory(zone=a),memory(zone=b)")').zones?.().map((zone) => zone.id);
    await server.crash();
    server = await world.open();
    expect(locate('multi:(targets="memory(zone=a),memory(zone=b)")').zones?.().map((zone) => zone.id)).toEqual(ids);
  });
});

test("check looks at the targets of a location", () => {
  const { locations } = server;
  const refused: LocationReference[] = [{ spec: 'multi:(targets="memory,nowhere")' }, { spec: "single:(target=nowhere)" }, { spec: "multi", config: { targets: ["nowhere"] } }];
  for (const reference of refused) expect(() => locations.check(reference)).toThrow(/Unknown location 'nowhere'/);
  const accepted: LocationReference[] = [{ spec: "host:(1.2.3.4)" }, { spec: "multi", config: { targets: 'memory, byon:(hosts="1.2.3.4,1.2.3.5")' } }];
  for (const reference of accepted) expect(() => locations.check(reference)).not.toThrow();
});

test("id finds a location in use", () => {
  const location = locate("memory");
  expect(server.plane.locations.resolve({ spec: `id:${location.id}` })).toBe(location);
  expect(() => server.plane.locations.resolve({ spec: "id:nobody" })).toThrow(/Unknown location 'id:nobody'/);
});
