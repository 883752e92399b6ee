import { describe, expect, test } from "vitest";
import { cloudSpec, World, type SimulatedServer } from "../../test/support/in-memory-plane.ts";
import { webApplication, webServer, WEBAPP_URL } from "../../test/support/simulated-software.ts";
import type { Entity } from "../model/entity.ts";
import { isMachineLocation } from "../provider/location.ts";
import { sensorsToRecord } from "./entity/entity-record.ts";
import { SERVICE_PROBLEMS, SERVICE_STATE } from "../software/stock/attributes.ts";
import { DockerCloud } from "../docker/cloud.ts";
import * as keys from "../docker/keys.ts";

test("A restart of the server keeps entities, sensors, config, groups, locations and placement", async () => {
  const world = new World({ entityTypes: [webServer] });
  const first = await world.open();
  await first.start(cloudSpec({ "docker.host.cluster.initial.size": 2, "docker.container.cluster.maxSize": 2 }));
  await first.start(webApplication(3, { config: { "docker.container.environment": { A: 1 } } }));
  first.find("Web 1").set(WEBAPP_URL, "http://localhost:8080/shop");
  await world.clock.advance(2_000);
  const before = snapshot(first);
  await first.crash();

  const second = await world.open();
  expect(second.logged).toEqual([]);
  expect(snapshot(second)).toEqual(before);
  expect(await world.containers()).toHaveLength(3);
  const cloud = second.find("Cloud");
  expect(DockerCloud.of(cloud).pool.hosts().map(({ containers, accepting }) => [containers, accepting])).toEqual([[2, true], [1, true]]);
  expect(second.locations.definitions().map(({ name }) => name)).toEqual(["my-docker-cloud"]);
  // It goes on where it was: the next container fills the second host, the one after makes a third.
  await second.start(webApplication(2, { name: "More" }));
  expect(DockerCloud.of(cloud).pool.hosts().map(({ containers }) => containers)).toEqual([2, 2, 1]);
  const machine = second.find("Web 1").locations.find(isMachineLocation);
  expect(machine?.mappedPort(8080)).toEqual({ host: machine?.address, port: expect.any(Number) });
  await second.until(second.applications.destroy(second.find("Web")).result);
  await second.until(second.applications.destroy(cloud).result);
  expect([world.cloud.machines.size, second.plane.entities.size]).toEqual([0, 0]);
});

/** All that users see of all entities. */
function snapshot(server: SimulatedServer): Record<string, unknown> {
  const entities = [...server.plane.entities.all()].sort((a, b) => a.id.localeCompare(b.id));
  return Object.fromEntries(entities.map((entity) => [`${entity.displayName} ${entity.id}`, described(entity)]));
}

function described(entity: Entity): Record<string, unknown> {
  const sensors = sensorsToRecord(entity);
  // Readings change with time by themselves.
  for (const name of Object.keys(sensors)) if (entity.sensor(name)?.transient === true) delete sensors[name];
  return {
    type: entity.type.name,
    parent: entity.parent?.id,
    children: entity.children.map((child) => child.id),
    config: Object.fromEntries(entity.config.own()),
    sensors,
    members: [...entity.members.keys()].sort(),
    groups: [...entity.groups.keys()].sort(),
    locations: entity.locations.map((location) => location.id).sort(),
    adjuncts: entity.adjuncts.map((adjunct) => adjunct.id),
    state: entity.get(SERVICE_STATE),
    declared: [...entity.sensorValues().keys()].filter((name) => entity.sensor(name) === undefined),
    port: entity.get(keys.CONTAINER_PORTS),
  };
}

describe("A server that is shut down in the middle of its work leaves it as a crash would, and keeps what it has made:", () => {
  const untilAborted = (signal: AbortSignal | undefined): Promise<never> => new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));

  /** Gives the entity that was interrupted, in the next run. */
  async function expectInterrupted(world: World, first: SimulatedServer, name: string): Promise<SimulatedServer> {
    await first.close();
    expect([world.cloud.machines.size, first.logged]).toEqual([1, []]);
    const second = await world.open();
    expect([await world.containers(), [...second.plane.tasks.all()].filter((task) => !task.isEnded)]).toEqual([[], []]);
    const interrupted = second.find(name);
    expect([interrupted.get(SERVICE_STATE), Object.values(interrupted.get(SERVICE_PROBLEMS) ?? {}).join()]).toEqual(["ON_FIRE", expect.stringContaining("interrupted by a restart")]);
    return second;
  }

  test("setting up a host", async () => {
    const world = new World({ entityTypes: [webServer] });
    world.onConnect = (machine) => machine.on(/has dockerd/, (_command, { signal }) => untilAborted(signal));
    const first = await world.open();
    await first.until(first.deploy(cloudSpec()));
    await world.clock.advance(1_000);
    world.onConnect = () => {};
    const second = await expectInterrupted(world, first, "Cloud");
    await second.invoke(second.find("Cloud"), "start");
    expect([second.find("Cloud").get(SERVICE_STATE), world.cloud.machines.size]).toEqual(["RUNNING", 1]);
  });

  test("starting a container", async () => {
    const world = new World({ entityTypes: [webServer] });
    const first = await world.open();
    await first.start(cloudSpec());
    for (const engine of world.liveEngines()) engine.startContainer = (_id, signal) => untilAborted(signal);
    await first.until(first.deploy(webApplication()));
    await world.clock.advance(1_000);
    const second = await expectInterrupted(world, first, "Web");
    await second.until(second.applications.destroy(second.find("Web")).result);
    expect(second.of(keys.DOCKER_CONTAINER)).toEqual([]);
  });
});

test("A restart writes little: what did not change is not stored again", async () => {
  const world = new World({ entityTypes: [webServer] });
  const first = await world.open();
  await first.start(cloudSpec());
  await first.start(webApplication(3));
  await first.crash();
  const stored = new Map(world.disk.records);
  const second = await world.open();
  await second.until(second.plane.documents.flush());
  const rewritten = [...world.disk.records].filter(([key, record]) => record.kind === "entity" && stored.get(key) !== record);
  expect(rewritten.map(([key]) => key)).toEqual([]);
});

test("Entities that can't be restored, of a type that is not there, keep their containers, and are back when the type is", async () => {
  const options = { entityTypes: [webServer] };
  const world = new World(options);
  const first = await world.open();
  await first.start(cloudSpec());
  await first.start(webApplication(1));
  const before = snapshot(first);
  await first.crash();

  options.entityTypes = [];
  const second = await world.open();
  expect(second.logged.join()).toContain("Cannot restore entity Web 1");
  await world.clock.advance(61_000);
  expect(await world.containers()).toHaveLength(1);
  expect(world.cloud.machines.size).toBe(1);
  await second.crash();

  options.entityTypes = [webServer];
  const third = await world.open();
  await world.clock.advance(61_000);
  expect(Object.keys(snapshot(third))).toEqual(Object.keys(before));
  expect(third.find("Web 1").get(SERVICE_STATE)).toBe("RUNNING");
});
