import { expect, test } from "vitest";
import { cloudSpec, World } from "../../../test/support/in-memory-plane.ts";
import { webApplication, webServer } from "../../../test/support/simulated-software.ts";
import { policyTypes } from "../../policy/index.ts";
import { SERVICE_STATE } from "../../software/stock/attributes.ts";
import { CONTAINER_RUNNING, DOCKER_CONTAINER, DOCKER_HOST } from "../keys.ts";

async function open(config: Parameters<typeof cloudSpec>[0]) {
  const world = new World({ entityTypes: [webServer], adjunctTypes: policyTypes });
  const server = await world.open();
  await server.start(cloudSpec({ "docker.policy.ha.enable": true, ...config }));
  return { world, server };
}

test("a container that dies is started again", async () => {
  const { world, server } = await open({});
  await server.start(webApplication(1));
  const [container] = server.of(DOCKER_CONTAINER);
  const [made] = await world.containers();
  made?.engine.exitContainer(made.id, 137);
  await world.clock.advance(5_000);
  expect(container?.get(CONTAINER_RUNNING)).toBe(false);
  await world.clock.advance(60_000);
  expect([container?.get(CONTAINER_RUNNING), container?.get(SERVICE_STATE)]).toEqual([true, "RUNNING"]);
});

test("a container that somebody paused or shut down stays so", async () => {
  const { world, server } = await open({});
  await server.start(webApplication(1));
  const [container] = server.of(DOCKER_CONTAINER);
  if (container === undefined) throw new Error("There is no container");
  await server.invoke(container, "pause");
  await world.clock.advance(120_000);
  expect(await world.containers()).toMatchObject([{ state: "paused" }]);
  await server.invoke(container, "resume");
  expect(container.get(SERVICE_STATE)).toBe("RUNNING");
});

test("a host that restarting does not help is replaced", async () => {
  const { world, server } = await open({ "docker.host.cluster.initial.size": 2 });
  const before = server.of(DOCKER_HOST).map((host) => host.id);
  world.liveEngines()[0]?.goAway();
  await world.clock.advance(600_000);
  const after = server.of(DOCKER_HOST).filter((host) => host.get(SERVICE_STATE) === "RUNNING");
  expect(after).toHaveLength(2);
  expect(after.filter((host) => before.includes(host.id))).toHaveLength(1);
  expect(world.cloud.machines.size).toBe(2);
});

test("without it nothing is restarted", async () => {
  const { world, server } = await open({ "docker.policy.ha.enable": false });
  await server.start(webApplication(1));
  const [made] = await world.containers();
  made?.engine.exitContainer(made.id, 137);
  await world.clock.advance(120_000);
  expect(await world.containers()).toMatchObject([{ state: "exited" }]);
});

test("somebody else's container is theirs: it is not started again, and not removed", async () => {
  const { world, server } = await open({});
  const [engine] = world.liveEngines();
  if (engine === undefined) throw new Error("There is no engine");
  engine.addImage("theirs:latest");
  const id = await engine.createContainer({ name: "theirs", image: "theirs:latest" });
  await engine.startContainer(id);
  await world.clock.advance(31_000);
  const theirs = server.find("theirs");
  await expect(server.invoke(theirs, "stop")).rejects.toThrow("not made by Clocker");
  await engine.stopContainer(id);
  await world.clock.advance(120_000);
  expect(await engine.listContainers()).toMatchObject([{ name: "theirs", state: "exited" }]);
});
