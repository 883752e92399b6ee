import { beforeEach, describe, expect, test } from "vitest";
import { cloudSpec, World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { webApplication, webServer } from "../../../test/support/simulated-software.ts";
import type { InMemoryEngine } from "../../engine/in-memory-engine.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { SERVICE_NOT_UP_INDICATORS, SERVICE_STATE, SERVICE_UP } from "../../software/stock/attributes.ts";
import { DockerCloud } from "../cloud.ts";
import * as keys from "../keys.ts";

let world: World;
let server: SimulatedServer;
let cloud: Entity;
let host: Entity;
let engine: InMemoryEngine;

const counts = (): number[] => DockerCloud.of(cloud).pool.hosts().map(({ containers }) => containers);
const health = (entity: Entity) => [entity.get(SERVICE_STATE), entity.get(SERVICE_UP)];
const containers = (): Entity[] => server.of(keys.DOCKER_CONTAINER);
const container = (): Entity => containers()[0] ?? server.find("a container");
let nextPort = 8000;
/** A container that somebody else runs on the host. */
async function foreign(name: string, labels: Record<string, string> = {}): Promise<string> {
  const id = await engine.createContainer({ name, image: "debian:bookworm-slim", ports: { "80/tcp": nextPort++ }, labels });
  await engine.startContainer(id);
  return id;
}

beforeEach(async () => {
  world = new World({ entityTypes: [webServer] });
  server = await world.open();
  cloud = await server.start(cloudSpec());
  host = server.find("docker-1");
  engine = world.liveEngines()[0] ?? world.engine("none");
});

describe("a host", () => {
  test("tells what its machine is and does", () => {
    const value = (name: string) => host.sensorValue(name)?.value;
    expect([value("host.address"), value("host.name"), value("docker.engine.version"), value("docker.host.name")]).toEqual(["10.0.0.1", expect.stringMatching(/^docker-1-/), "in-memory", "docker-1"]);
    expect([value("machine.uptime"), value("machine.loadAverage"), value("machine.memory.total"), value("docker.machine.memory.used")]).toEqual([1_000_000, 0.25, 8_000_000, 2_000_000 * 1024]);
  });

  test("whose engine does not answer any more is on fire and takes no containers, until it answers again", async () => {
    engine.goAway();
    await world.clock.advance(120_000);
    expect([health(host), health(cloud)[0]]).toEqual([["ON_FIRE", false], "ON_FIRE"]);
    expect(host.get(SERVICE_NOT_UP_INDICATORS)?.["engine"]).toContain("does not answer");
    expect(DockerCloud.of(cloud).pool.hosts()[0]?.accepting).toBe(false);
    engine.comeBack();
    await world.clock.advance(120_000);
    expect([health(host), health(cloud)]).toEqual([["RUNNING", true], ["RUNNING", true]]);
  });

  test("whose engine is away when the server restarts is on fire, and recovers with what is on it", async () => {
    await server.start(webApplication(2));
    await server.crash();
    engine.goAway();
    server = await world.open();
    host = server.find("docker-1");
    cloud = server.find("Cloud");
    await world.clock.advance(120_000);
    expect(health(host)).toEqual(["ON_FIRE", false]);
    expect(counts()).toEqual([2]);
    engine.comeBack();
    await world.clock.advance(120_000);
    expect([health(host), containers().map((each) => each.get(SERVICE_STATE))]).toEqual([["RUNNING", true], ["RUNNING", "RUNNING"]]);
  });

  test("restarted keeps its containers", async () => {
    await server.start(webApplication(2));
    await server.invoke(host, "restart");
    expect([health(host), counts(), (await world.containers()).length]).toEqual([["RUNNING", true], [2], 2]);
  });
});

describe("the scan of containers", () => {
  test("adopts what others run, counts it, and forgets it when it goes", async () => {
    const id = await foreign("theirs");
    await world.clock.advance(31_000);
    const found = server.find("theirs");
    expect([health(found), found.get(keys.ADOPTED), Object.keys(found.get(keys.CONTAINER_PORTS) ?? {}), counts(), cloud.get(keys.CONTAINERS_TOTAL)]).toEqual([["RUNNING", true], true, ["80/tcp"], [1], 1]);
    expect(server.find("All Docker Containers").members.has(found.id)).toBe(true);
    await engine.removeContainer(id);
    await world.clock.advance(31_000);
    expect([containers(), counts(), cloud.get(keys.CONTAINERS_TOTAL)]).toEqual([[], [0], 0]);
  });

  test("sees at once, by the engine's events, what comes", async () => {
    await world.clock.advance(1_000);
    await foreign("theirs");
    await world.clock.advance(10);
    expect(server.find("theirs").get(keys.ADOPTED)).toBe(true);
  });

  test("leaves adopted containers alone when their host is stopped, and after a restart of the server", async () => {
    const id = await foreign("theirs");
    await world.clock.advance(31_000);
    await server.crash();
    server = await world.open();
    expect(server.find("theirs").get(keys.CONTAINER_ID)).toBe(id);
    world.cloud.machines.delete = () => true;
    await server.until(server.applications.destroy(server.find("Cloud")).result);
    expect((await engine.listContainers()).map(({ name }) => name)).toEqual(["theirs"]);
  });

  test("does not adopt what does not run", async () => {
    await engine.createContainer({ name: "created", image: "debian:bookworm-slim" });
    await world.clock.advance(31_000);
    expect(containers()).toEqual([]);
  });

  test("removes what is labelled as ours and belongs to nobody, and nothing of another owner", async () => {
    await foreign("orphan", { [keys.OWNER_LABEL]: server.plane.planeId, [keys.CONTAINER_LABEL]: "nobody1234" });
    await world.clock.advance(31_000);
    expect(await world.containers()).toEqual([]);
    await foreign("others", { [keys.OWNER_LABEL]: "another0", [keys.CONTAINER_LABEL]: "nobody1234" });
    await world.clock.advance(31_000);
    expect(await world.containers()).toHaveLength(1);
  });

  test("tells of a container of ours that was removed behind our back", async () => {
    await server.start(webApplication());
    await engine.removeContainer(container().get(keys.CONTAINER_ID) ?? "");
    await world.clock.advance(31_000);
    expect(health(container())).toEqual(["ON_FIRE", false]);
    expect(Object.values(container().get(SERVICE_NOT_UP_INDICATORS) ?? {}).join()).toContain("removed on the host, not by Clocker");
    await server.until(server.applications.destroy(server.find("Web")).result);
    expect(counts()).toEqual([0]);
  });

  test("tells of a container that ended, and that it runs again", async () => {
    await server.start(webApplication());
    const id = container().get(keys.CONTAINER_ID) ?? "";
    engine.exitContainer(id, 137);
    await world.clock.advance(100);
    expect([health(container()), container().get(keys.CONTAINER_RUNNING)]).toEqual([["ON_FIRE", false], false]);
    await engine.startContainer(id);
    await world.clock.advance(100);
    expect([health(container()), container().get(keys.CONTAINER_RUNNING)]).toEqual([["RUNNING", true], true]);
  });

  test("during which a container comes does not take it for gone", async () => {
    const list = engine.listContainers.bind(engine);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    let isHeld = true;
    engine.listContainers = async (filter, signal) => {
      const found = await list(filter, signal);
      if (isHeld && filter?.labels === undefined) await gate;
      return found;
    };
    await world.clock.advance(31_000);
    await server.start(webApplication());
    isHeld = false;
    open();
    await world.clock.advance(10);
    expect(health(container())).toEqual(["RUNNING", true]);
  });

  test("during which a container goes goes on", async () => {
    const [first] = [await foreign("first"), await foreign("second")];
    const inspect = engine.inspectContainer.bind(engine);
    engine.inspectContainer = async (id, signal) => {
      if (id === first) await engine.removeContainer(first);
      return inspect(id, signal);
    };
    await world.clock.advance(31_000);
    expect(containers().map(({ displayName }) => displayName)).toEqual(["second"]);
    expect(server.plane.tasks.tasksOf(host.id).filter(({ state }) => state === "failed")).toEqual([]);
  });
});

describe("a container", () => {
  beforeEach(async () => {
    await server.start(webApplication());
  });

  test("is paused and resumed", async () => {
    await server.invoke(container(), "pause");
    expect([container().get(keys.CONTAINER_PAUSED), container().get(SERVICE_UP)]).toEqual([true, false]);
    await server.invoke(container(), "resume");
    expect([container().get(keys.CONTAINER_PAUSED), ...health(container())]).toEqual([false, "RUNNING", true]);
  });

  test("is shut down, which is no fault, and resumed", async () => {
    await server.invoke(container(), "shutDown");
    expect([health(container()), container().get(keys.CONTAINER_RUNNING), counts()]).toEqual([["STOPPED", false], false, [1]]);
    await world.clock.advance(31_000);
    expect(container().get(SERVICE_STATE)).toBe("STOPPED");
    await server.invoke(container(), "resume");
    expect(health(container())).toEqual(["RUNNING", true]);
  });

  test("keeps its container and ports when it is restarted", async () => {
    const [id, ports] = [container().get(keys.CONTAINER_ID), container().get(keys.CONTAINER_PORTS)];
    await server.invoke(container(), "restart");
    expect([container().get(keys.CONTAINER_ID), container().get(keys.CONTAINER_PORTS), ...health(container())]).toEqual([id, ports, "RUNNING", true]);
  });

  test("that fails to restart is on fire, and not when the next one succeeds", async () => {
    engine.failNext("startContainer", new ClockerError("engine-error", "No space left"));
    await expect(server.invoke(container(), "restart")).rejects.toThrow("No space left");
    expect(health(container())[0]).toBe("ON_FIRE");
    await server.invoke(container(), "restart");
    expect(health(container())).toEqual(["RUNNING", true]);
  });

  test("that is stopped keeps its place, and can be started again", async () => {
    await server.invoke(container(), "stop");
    expect([health(container()), counts(), await world.containers()]).toEqual([["STOPPED", false], [1], []]);
    await server.crash();
    server = await world.open();
    cloud = server.find("Cloud");
    expect([health(container()), counts()]).toEqual([["STOPPED", false], [1]]);
    await server.invoke(container(), "start");
    expect([health(container()), counts(), (await world.containers()).length]).toEqual([["RUNNING", true], [1], 1]);
  });

  test("whose start failed while the engine was away can be started again once it was scanned", async () => {
    await server.invoke(container(), "stop");
    engine.failNext("startContainer", new ClockerError("engine-error", "No space left"));
    engine.failNext("listContainers", new ClockerError("unreachable", "Away"));
    await expect(server.invoke(container(), "start")).rejects.toThrow("No space left");
    await world.clock.advance(31_000);
    await server.invoke(container(), "start");
    expect([health(container()), (await world.containers()).length]).toEqual([["RUNNING", true], 1]);
  });

  test("runs commands, and tells of those that fail", async () => {
    engine.onExec(() => true, ({ stdin = "" }) => (String(stdin).includes("hostname") ? { stdout: "box\n" } : {}));
    expect(await server.invoke(container(), "execCommand", { command: "hostname" })).toBe("box\n");
    await server.invoke(container(), "stop");
    await expect(server.invoke(container(), "execCommand", { command: "hostname" })).rejects.toMatchObject({ code: "conflict" });
  });
});
