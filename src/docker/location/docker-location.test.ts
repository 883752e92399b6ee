import { beforeEach, describe, expect, test } from "vitest";
import { cloudSpec, World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { webApplication, webServer, WEBAPP_URL } from "../../../test/support/simulated-software.ts";
import type { InMemoryEngine } from "../../engine/in-memory-engine.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { entitySpec } from "../../model/spec.ts";
import { sameServerEntity } from "../../software/process/same-server.ts";
import { basicApplication } from "../../software/stock/application.ts";
import { setProvisioningAllowed } from "../../provider/provisioning-access.ts";
import { SERVICE_PROBLEMS, SERVICE_STATE, SERVICE_UP } from "../../software/stock/attributes.ts";
import { DockerCloud } from "../cloud.ts";
import { runtimeOf } from "../container/relations.ts";
import * as keys from "../keys.ts";

let world: World;
let server: SimulatedServer;
let cloud: Entity;

async function open(config: Record<string, unknown> = {}, options: { capacity?: number } = {}): Promise<void> {
  world = new World({ entityTypes: [webServer, sameServerEntity], ...options });
  server = await world.open();
  cloud = await server.start(cloudSpec(JSON.parse(JSON.stringify(config))));
}

const counts = (): number[] => DockerCloud.of(cloud).pool.hosts().map(({ containers }) => containers);
const reasonOf = (entity: Entity): string => Object.values(entity.get(SERVICE_PROBLEMS) ?? {}).join("; ");

/** Deploys, and gives the failure of the start. */
async function failing(count = 1, config: Record<string, unknown> = {}): Promise<{ error: Error; web: Entity }> {
  const { application, start } = await server.until(server.deploy(webApplication(count, { config: JSON.parse(JSON.stringify(config)) })));
  const error: unknown = await server.until(start?.result ?? Promise.resolve()).catch((thrown: unknown) => thrown);
  if (!(error instanceof Error)) throw new Error("The start did not fail");
  return { error, web: application };
}

/** No container on any engine, no entity of one, no place reserved. */
async function expectNothingLeft(): Promise<void> {
  await world.clock.advance(31_000);
  expect(await world.containers()).toEqual([]);
  expect(server.of(keys.DOCKER_CONTAINER)).toEqual([]);
  expect(counts().reduce((sum, count) => sum + count, 0)).toBe(0);
}

describe("placement", () => {
  test("depth first fills a host to its limit of 4, then takes the next", async () => {
    await open({ "docker.host.cluster.initial.size": 2 });
    for (let i = 1; i <= 5; i++) {
      await server.start(webApplication(1, { name: `App${i}` }));
      expect(counts()).toEqual([Math.min(i, 4), Math.max(0, i - 4)]);
    }
  });

  test("breadth first spreads over the hosts", async () => {
    await open({ "docker.host.cluster.initial.size": 3, "docker.container.strategies": ["BreadthFirst"] });
    for (let i = 1; i <= 4; i++) await server.start(webApplication(1, { name: `App${i}` }));
    expect(counts()).toEqual([2, 1, 1]);
  });

  test("30 at once never overshoot, and share each growth", async () => {
    await open();
    await server.start(webApplication(30));
    expect(counts()).toEqual([4, 4, 4, 4, 4, 4, 4, 2]);
    expect(await world.containers()).toHaveLength(30);
    expect(world.cloud.machines.size).toBe(8);
    const names = server.of(keys.DOCKER_CONTAINER).map((container) => `${runtimeOf(container).host.displayName} ${container.displayName}`);
    expect(new Set(names).size).toBe(30);
  });

  test("the decision, with the reason for every host, is on the container", async () => {
    await open({ "docker.host.cluster.initial.size": 2, "docker.container.cluster.maxSize": 1 });
    await server.start(webApplication(1, { name: "One" }));
    await server.start(webApplication(1, { name: "Two" }));
    const second = server.of(keys.DOCKER_CONTAINER).find((container) => runtimeOf(container).host.displayName === "docker-2");
    expect(second?.get(keys.PLACEMENT)).toMatchObject({
      hostName: "docker-2",
      candidates: [{ hostName: "docker-2", kept: true }, { hostName: "docker-1", kept: false, reason: expect.stringContaining("1 of 1 container") as string }],
    });
  });

  test("a cloud at its limit of hosts says so, and makes nothing", async () => {
    await open({ "docker.host.cluster.maxSize": 1, "docker.container.cluster.maxSize": 1 });
    await server.start(webApplication(1, { name: "First" }));
    const { error, web } = await failing();
    expect(error).toMatchObject({ code: "no-capacity", message: expect.stringContaining("the cloud is at its limit of 1 host") as string });
    expect([web.get(SERVICE_STATE), server.find("Web 1").get(SERVICE_STATE)]).toEqual(["ON_FIRE", "ON_FIRE"]);
    expect(reasonOf(server.find("Web 1"))).toContain("docker.host.cluster.maxSize");
    expect([world.cloud.machines.size, (await world.containers()).length, server.of(keys.DOCKER_CONTAINER).length]).toEqual([1, 1, 1]);
  });

  test("a growth that gets no machine fails those who wait for it, and leaves no host", async () => {
    await open({ "docker.container.cluster.maxSize": 1 }, { capacity: 1 });
    const { error } = await failing(3);
    expect(error).toMatchObject({ code: "no-capacity" });
    expect(server.of(keys.DOCKER_HOST)).toHaveLength(1);
    expect([counts(), cloud.get(keys.HOSTS_TOTAL)]).toEqual([[1], 1]);
    expect(cloud.get(SERVICE_STATE)).toBe("RUNNING");
  });

  test("a place comes free when an application is removed", async () => {
    await open({ "docker.host.cluster.maxSize": 1, "docker.container.cluster.maxSize": 1 });
    const first = await server.start(webApplication(1, { name: "First" }));
    await server.until(server.applications.destroy(first).result);
    await server.start(webApplication());
    expect(counts()).toEqual([1]);
  });

  test("one host as a location takes no other", async () => {
    await open({ "docker.host.cluster.initial.size": 2, "docker.container.cluster.maxSize": 1 });
    const [, second] = server.of(keys.DOCKER_HOST);
    await server.start(webApplication(1, { location: `docker:${cloud.id}:${second?.id}`, name: "There" }));
    expect(counts()).toEqual([0, 1]);
    const { start } = await server.until(server.deploy(webApplication(1, { location: `docker:${cloud.id}:${second?.id}` })));
    await expect(server.until(start?.result ?? Promise.resolve())).rejects.toThrow("only this host was asked for");
    expect(world.cloud.machines.size).toBe(2);
  });
});

describe("a failure", () => {
  let engine: InMemoryEngine;
  const died = new ClockerError("engine-error", "The engine died");

  beforeEach(async () => {
    await open();
    engine = world.liveEngines()[0] ?? world.engine("none");
  });

  test.each(["createContainer", "startContainer", "inspectContainer", "inspectImage"] as const)("of %s leaves nothing, and is the entity's reason to be on fire", async (call) => {
    engine.failNext(call, died);
    const { error, web } = await failing();
    expect(error.message).toContain("The engine died");
    expect([web.get(SERVICE_STATE), web.get(SERVICE_UP), server.find("Web 1").get(SERVICE_STATE)]).toEqual(["ON_FIRE", false, "ON_FIRE"]);
    expect(reasonOf(server.find("Web 1"))).toContain("The engine died");
    expect(server.find("Web 1").get(keys.CONTAINER_OF)).toBeUndefined();
    await expectNothingLeft();
    expect(cloud.get(SERVICE_STATE)).toBe("RUNNING");
  });

  test("of the store while the container is recorded makes no container", async () => {
    server.plane.events.subscribe((event) => {
      if (event.kind === "entity-added" && event.entity.is(keys.DOCKER_CONTAINER)) server.store.write = () => Promise.reject(new ClockerError("storage", "The disk is full"));
    });
    const { error } = await failing();
    expect(error.message).toContain("The disk is full");
    expect([engine.calls.get("createContainer") ?? 0, server.of(keys.DOCKER_CONTAINER).length, counts()]).toEqual([0, 0, [0]]);
  });

  test("of an engine that is away at the clean-up too is mended by the next scan", async () => {
    engine.failNext("startContainer", died);
    for (let i = 0; i < 2; i++) engine.failNext("listContainers", new ClockerError("unreachable", "The engine is away"));
    const { error } = await failing();
    expect(error.message).toContain("The engine died");
    expect(await world.containers()).toHaveLength(1);
    await expectNothingLeft();
  });

  test("of a container that ends at once tells its exit code and last lines", async () => {
    const startContainer = engine.startContainer.bind(engine);
    engine.startContainer = async (id, signal) => {
      await startContainer(id, signal);
      engine.print(id, "stderr", "no such file\n");
      engine.exitContainer(id, 127);
    };
    const { error } = await failing();
    expect(error.message).toContain("ended at once with exit code 127");
    expect(error.message).toContain("no such file");
    await expectNothingLeft();
  });

  test("to find the image, to pull it or to build it leaves nothing", async () => {
    engine.failNext("pullImage", new ClockerError("not-found", "There is no such image in any registry"));
    expect((await failing(1, { "docker.image.name": "nobody/nothing:1" })).error.message).toContain('Cannot pull image "nobody/nothing:1"');
    await server.until(server.applications.destroy(server.find("Web")).result);
    world.resources.set("memory:Dockerfile", "FROM ${baseImage}\nRUN false\n");
    engine.onExec(/false$/, () => ({ exitCode: 3, stderr: "it does not build" }));
    expect((await failing(1, { "docker.dockerfile.url": "memory:Dockerfile" })).error).toMatchObject({ code: "build-failed", message: expect.stringContaining("it does not build") as string });
    await expectNothingLeft();
  });

  test.each(["pullImage", "startContainer"] as const)("to answer %s within docker.container.startTimeout leaves nothing, and says so", async (call) => {
    const neverBeforeAborted = (...given: unknown[]): Promise<never> =>
      new Promise((_resolve, reject) => {
        for (const signal of given) if (signal instanceof AbortSignal) signal.addEventListener("abort", () => reject(signal.reason));
      });
    engine[call] = neverBeforeAborted;
    cloud.config.set("docker.container.startTimeout", "2m");
    const { error } = await failing(1, { "docker.image.name": "nobody/nothing:1" });
    expect(error).toMatchObject({ code: "timeout", message: expect.stringContaining("took longer than 2m") as string });
    await expectNothingLeft();
  });

  test("of one of three in parallel leaves the other two", async () => {
    engine.failNext("startContainer", died);
    await failing(3);
    expect(server.of(webServer.name).map((entity) => String(entity.get(SERVICE_STATE))).sort()).toEqual(["ON_FIRE", "RUNNING", "RUNNING"]);
    expect([counts(), (await world.containers()).length]).toEqual([[2], 2]);
  });

  test("and a start again succeeds", async () => {
    engine.failNext("startContainer", died);
    const { web } = await failing();
    await server.invoke(web, "start");
    expect([web.get(SERVICE_STATE), web.get(SERVICE_UP), web.get(SERVICE_PROBLEMS)]).toEqual(["RUNNING", true, {}]);
    expect(counts()).toEqual([1]);
  });
});

describe("ports", () => {
  test("one that another process has is left for another", async () => {
    await open();
    world.liveEngines()[0]?.takeHostPort(49000);
    await server.start(webApplication());
    expect(server.of(keys.DOCKER_CONTAINER)[0]?.get(keys.CONTAINER_PORTS)).toEqual({ "8080/tcp": 49001 });
    expect(await world.containers()).toHaveLength(1);
  });

  test("a wished one that is taken fails the start and leaves nothing", async () => {
    await open();
    world.liveEngines()[0]?.takeHostPort(8080);
    const { error } = await failing(1, { "docker.container.directPorts": [8080] });
    expect(error.message).toContain("8080");
    await expectNothingLeft();
  });

  test.each(["createContainer", "startContainer", "inspectContainer"] as const)("the only one is free again after %s failed", async (call) => {
    await open({ "docker.host.portRange": "49000-49000" });
    world.liveEngines()[0]?.failNext(call, new ClockerError("engine-error", "The engine died"));
    const { web } = await failing();
    await server.invoke(web, "start");
    expect(server.of(keys.DOCKER_CONTAINER)[0]?.get(keys.CONTAINER_PORTS)).toEqual({ "8080/tcp": 49000 });
  });

  test("a range without a free port is a clear error", async () => {
    await open({ "docker.host.portRange": "49000-49000" });
    await server.start(webApplication(1, { name: "First" }));
    const { error } = await failing();
    expect(error).toMatchObject({ code: "no-port", message: expect.stringContaining('"docker-1"') as string });
    expect(await world.containers()).toHaveLength(1);
  });
});

describe("mapped sensors", () => {
  test("follow ports and URLs, and go with the container", async () => {
    await open();
    await server.start(webApplication());
    const web = server.find("Web 1");
    const address = server.of(keys.DOCKER_HOST)[0]?.get({ name: "host.address" } as never);
    expect(web.sensorValue("mapped.http.port")?.value).toBe(`${String(address)}:49000`);
    web.set(WEBAPP_URL, "http://localhost:8080/shop?a=1");
    expect(web.sensorValue("mapped.webapp.url")?.value).toBe(`http://${String(address)}:49000/shop?a=1`);
    web.set(WEBAPP_URL, `http://${String(address)}:8080/`);
    expect(web.sensorValue("mapped.webapp.url")?.value).toBe(`http://${String(address)}:49000/`);
    await server.invoke(web, "stop");
    expect(mappedOf(web)).toEqual({});
  });

  test("are those of all children of one server, also after a restart, and go when a child stops", async () => {
    await open();
    world.onConnect = (machine) => void machine.on(/INSTALL_NAME/, { stdout: "/install/here\n/run/here\n" });
    const children = ["One", "Two"].map((displayName) => entitySpec(webServer.name, { displayName }));
    await server.start(entitySpec(basicApplication.name, { locations: [{ spec: "my-docker-cloud" }], children: [entitySpec(sameServerEntity.name, { children })] }));
    const ports = (): unknown[] => ["One", "Two"].map((name) => String(mappedOf(server.find(name))["mapped.http.port"]).split(":")[1]);
    expect(ports()).toEqual(["49000", "49001"]);
    await server.crash();
    server = await world.open();
    await server.until(server.rebind);
    expect(ports()).toEqual(["49000", "49001"]);
    server.find("Two").set(WEBAPP_URL, "http://localhost:8081/");
    expect(mappedOf(server.find("Two"))["mapped.webapp.url"]).toMatch(/:49001\/$/);
    await server.invoke(server.find("One"), "stop");
    expect([mappedOf(server.find("One")), Object.keys(mappedOf(server.find("Two")))]).toEqual([{}, ["mapped.http.port", "mapped.webapp.url"]]);
  });

  const mappedOf = (entity: Entity): Record<string, unknown> =>
    Object.fromEntries([...entity.sensorValues()].filter(([name]) => name.startsWith("mapped.")).map(([name, { value }]) => [name, value]));
});

describe("cancelling and deleting", () => {
  test.each([1, 3, 5, 8, 13, 21, 34])("an application deleted %i steps into its start leaves nothing", async (steps) => {
    await open({ "docker.container.cluster.maxSize": 1 });
    const { application } = await server.until(server.deploy(webApplication(2)));
    for (let i = 0; i < steps; i++) await Promise.resolve();
    await server.until(server.applications.destroy(application).result);
    expect(server.plane.applications()).toEqual([cloud]);
    await expectNothingLeft();
  });

  test("an application deleted while its container starts waits until the start has given up", async () => {
    await open();
    const engine = world.liveEngines()[0];
    if (engine === undefined) throw new Error("There is no engine");
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    engine.startContainer = (_id, signal) => new Promise((_resolve, reject) => {
      begin();
      signal?.addEventListener("abort", () => reject(new ClockerError("cancelled", "Gave up")));
    });
    const { application, start } = await server.until(server.deploy(webApplication()));
    await server.until(begun);
    await server.until(server.applications.destroy(application).result);
    expect(start?.task.state).toBe("cancelled");
    await expectNothingLeft();
  });

  test("a cloud deleted with applications in it removes them first", async () => {
    await open();
    await server.start(webApplication(6));
    await server.until(server.applications.destroy(cloud).result);
    expect([server.plane.entities.size, world.cloud.machines.size]).toEqual([0, 0]);
  });

  test("a cloud deleted while it grows leaves no machine", async () => {
    await open({ "docker.container.cluster.maxSize": 1 });
    world.cloud.options.makingTime = 60_000;
    const { application } = await server.until(server.deploy(webApplication(3)));
    await world.clock.advance(1_000);
    await server.until(server.applications.destroy(cloud).result);
    expect(world.cloud.machines.size).toBe(0);
    expect(application.isManaged && application.get(SERVICE_STATE) !== "ON_FIRE").toBe(false);
  });
});

test("docker.host.removeEmpty removes a host when its last container goes, but never below the initial size", async () => {
  await open({ "docker.container.cluster.maxSize": 1, "docker.host.removeEmpty": true });
  const web = await server.start(webApplication(3));
  expect(world.cloud.machines.size).toBe(3);
  await server.until(server.applications.destroy(web).result);
  await world.clock.advance(5_000);
  expect([world.cloud.machines.size, cloud.get(keys.HOSTS_TOTAL), cloud.get(SERVICE_STATE)]).toEqual([1, 1, "RUNNING"]);
});

test("an application goes though its host's engine is gone; what is left is removed when the engine is back", async () => {
  await open();
  const application = await server.start(webApplication(1));
  const [engine] = world.liveEngines();
  engine?.goAway();
  await server.until(server.applications.destroy(application).result);
  expect(server.plane.entity(application.id)).toBeUndefined();
  expect(counts()).toEqual([0]);
  engine?.comeBack();
  await expectNothingLeft();
});

test("an application whose failed entity is mended is running again", async () => {
  await open();
  world.liveEngines()[0]?.failNext("startContainer", new ClockerError("engine-error", "No space left"));
  const { web: application } = await failing();
  expect(application.get(SERVICE_STATE)).toBe("ON_FIRE");
  await server.invoke(server.find("Web 1"), "start");
  expect([application.get(SERVICE_STATE), application.get(SERVICE_UP), application.get(SERVICE_PROBLEMS)]).toEqual(["RUNNING", true, {}]);
});

test("hosts in quarantine keep their machines, and count at the limit of hosts", async () => {
  await open({ "docker.host.cluster.maxSize": 2, "docker.container.cluster.maxSize": 1 });
  await server.start(webApplication(1, { name: "First" }));
  world.onConnect = (machine) => machine.on(/has dockerd/, { exitCode: 3, stderr: "no such command" });
  await failing();
  expect(world.cloud.machines.size).toBe(2);
  const { error } = await failing();
  expect(error.message).toContain("the cloud is at its limit of 2 hosts (1 in quarantine)");
  expect(world.cloud.machines.size).toBe(2);
});

test("a cloud gives no containers while provisioning is forbidden, and what runs goes on", async () => {
  await open();
  await server.start(webApplication(1));
  setProvisioningAllowed(server.plane.documents, false);
  expect((await failing()).error.message).toContain("Access controller forbids provisioning");
  expect([await world.containers(), counts()]).toEqual([[expect.anything()], [1]]);
  setProvisioningAllowed(server.plane.documents, true);
  await server.start(webApplication(1, { name: "Next" }));
  expect(counts()).toEqual([2]);
});
