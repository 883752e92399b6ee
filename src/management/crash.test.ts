import { expect, test } from "vitest";
import { cloudSpec, World, type SimulatedServer } from "../../test/support/in-memory-plane.ts";
import { webApplication, webServer } from "../../test/support/simulated-software.ts";
import { CONTAINER_ID, CONTAINER_LABEL, DOCKER_CONTAINER, DOCKER_HOST } from "../docker/keys.ts";
import { entitySpec, type EntitySpec } from "../model/spec.ts";
import { emptySoftwareProcess } from "../software/process/software-process.ts";
import { poolEntityTypes } from "../software/pool/index.ts";
import { serverPool } from "../software/pool/server-pool.ts";
import { basicApplication } from "../software/stock/application.ts";
import { isMachineLocation } from "../provider/location.ts";
import { expectedState } from "../software/stock/service-state.ts";
import { MACHINE_DOCUMENTS } from "./location/provider-location.ts";

type Story = (server: SimulatedServer) => Promise<unknown>;

const config = { "docker.host.cluster.initial.size": 1, "docker.container.cluster.maxSize": 1 };
const startCloud: Story = (server) => server.start(cloudSpec(config));
/** The second container needs a second host: the cloud grows. */
const startWeb: Story = (server) => server.start(webApplication(2));
const stopOne: Story = (server) => server.invoke(server.find("Web 1"), "stop");
const resize: (size: number) => Story = (size) => (server) => server.invoke(server.find("Cloud"), "resize", { desiredSize: size });
const destroyWeb: Story = (server) => server.until(server.applications.destroy(server.find("Web")).result);
const destroyCloud: Story = (server) => server.until(server.applications.destroy(server.find("Cloud")).result);

const pool = entitySpec(basicApplication.name, { displayName: "Pool app", locations: [{ spec: "memory" }], children: [entitySpec(serverPool.name, { displayName: "Pool", config: { locationName: "my-pool", initialSize: 2 } })] });
const serversIn = (location: string): EntitySpec => entitySpec(basicApplication.name, { displayName: "Servers", locations: [{ spec: location }], children: ["One", "Two"].map((displayName) => entitySpec(emptySoftwareProcess.name, { displayName })) });
const startPool: Story = (server) => server.start(pool);
const startIn: (location: string) => Story = (location) => (server) => server.start(serversIn(location));
const stopServer: Story = (server) => server.invoke(server.find("One"), "stop");
const destroy: (name: string) => Story = (name) => (server) => server.until(server.applications.destroy(server.find(name)).result);
const resizePool: (size: number) => Story = (size) => (server) => server.invoke(server.find("Pool"), "resize", { desiredSize: size });
/** One machine for both. */
const SHARED = "single:(target=memory)";

/** Each is crashed at every point at which it touches the outside, after the ones before it have ended well. */
const stories: [name: string, before: Story[], story: Story][] = [
  ["start of a cloud", [], startCloud],
  ["start of an application, and growth", [startCloud], startWeb],
  ["stop of a process", [startCloud, startWeb], stopOne],
  ["growth by hand", [startCloud], resize(3)],
  ["shrinking", [startCloud, resize(3)], resize(1)],
  ["removal of an application", [startCloud, startWeb], destroyWeb],
  ["removal of a cloud with an application in it", [startCloud, startWeb], destroyCloud],
  ["start of a pool of servers", [], startPool],
  ["claiming of a pool's machines", [startPool], startIn("my-pool")],
  ["giving back of a pool's machine", [startPool, startIn("my-pool")], stopServer],
  ["growth of a pool", [startPool, startIn("my-pool")], resizePool(3)],
  ["shrinking of a pool", [startPool, resizePool(3)], resizePool(1)],
  ["removal of a pool's application", [startPool, startIn("my-pool")], destroy("Servers")],
  ["removal of a pool in use", [startPool, startIn("my-pool")], destroy("Pool app")],
  ["start on a shared machine", [], startIn(SHARED)],
  ["stop of one on a shared machine", [startIn(SHARED)], stopServer],
  ["removal of all on a shared machine", [startIn(SHARED)], destroy("Servers")],
];

test.each(stories)("A crash at any point of the %s leaves nothing behind", async (_name, before, story) => {
  for (let point = 1; ; point++) {
    const world = newWorld();
    const crashed = await crashAt(world, before, story, point);
    if (crashed === undefined) break;
    await expectCleanEnd(world, `crash ${point}, ${crashed.life.passed.at(-1)}`);
  }
}, 60_000);

test("A crash while a restarted server takes up again what a crash left behind leaves nothing behind", async () => {
  for (let point = 3; point < 60; point += 4) {
    for (let second = 1; ; second++) {
      const world = newWorld();
      const crashed = await crashAt(world, [startCloud], startWeb, point);
      if (crashed === undefined) return;
      const restarted = await world.open((life) => life.dieAfter(second));
      const isWhole = restarted.life.isAlive;
      restarted.life.kill();
      await expectCleanEnd(world, `crash ${point}, ${crashed.life.passed.at(-1)}, then ${second}, ${restarted.life.passed.at(-1)}`);
      if (isWhole) break;
    }
  }
}, 60_000);

function newWorld(): World {
  const world = new World({ entityTypes: [webServer, emptySoftwareProcess, ...poolEntityTypes] });
  world.onConnect = (machine) => void machine.on(/INSTALL_NAME/, { stdout: "/install/here\n/run/here\n" });
  return world;
}

/** The run that ended in the middle of the story; undefined when the story came to its end before. */
async function crashAt(world: World, before: readonly Story[], story: Story, point: number): Promise<SimulatedServer | undefined> {
  const first = await world.open();
  for (const earlier of before) await earlier(first);
  await first.crash();
  const second = await world.open();
  second.life.dieAfter(point);
  const outcome = await world.clock.until(Promise.race([story(second).then(() => "done"), second.life.ended.then(() => "crashed")]));
  return outcome === "done" ? undefined : second;
}

async function expectCleanEnd(world: World, at: string): Promise<void> {
  const server = await world.open();
  await expectConsistent(world, server, at);
  await removeAll(server);
  const left = [world.cloud.machines.size, server.plane.entities.size, server.plane.documents.all(MACHINE_DOCUMENTS).size];
  expect([at, left, server.locations.isTaken("my-docker-cloud")]).toEqual([at, [0, 0, 0], false]);
  server.life.kill();
}

/** What is outside is known inside and the other way round, and nothing is said to be under way that nobody does. */
async function expectConsistent(world: World, server: SimulatedServer, at: string): Promise<void> {
  await world.clock.advance(5_000);
  await server.until(server.plane.documents.flush());
  const problems: string[] = [];
  const running = [...server.plane.tasks.running()];
  for (const [id] of world.cloud.machines) {
    const user = [...server.plane.entities.all()].find((entity) => entity.locations.some((location) => location.id === id));
    const isHeld = [...server.plane.documents.all("shared-machine").values()].some(({ machineId }) => machineId === id);
    if (user === undefined && !isHeld) problems.push(`machine ${id} belongs to nobody`);
  }
  for (const host of server.of(DOCKER_HOST)) {
    const machine = host.locations.find(isMachineLocation);
    if (machine !== undefined && !world.cloud.machines.has(machine.id)) problems.push(`${host.displayName} has a machine that is no more`);
  }
  const found = await world.containers();
  for (const { id, name, labels } of found) {
    const entity = server.plane.entity(labels[CONTAINER_LABEL] ?? "");
    if (entity?.get(CONTAINER_ID) !== id) problems.push(`container ${name} belongs to nobody`);
  }
  for (const container of server.of(DOCKER_CONTAINER)) {
    const user = server.of("test.WebServer").find((entity) => entity.locations.some((location) => location.id === container.id));
    if (user === undefined) problems.push(`${container.displayName} serves nobody`);
    if (!found.some(({ id }) => id === container.get(CONTAINER_ID))) problems.push(`${container.displayName} is not there`);
  }
  for (const entity of server.plane.entities.all()) {
    const state = expectedState(entity);
    const isUnderWay = running.some((task) => task.tags.includes("EFFECTOR"));
    if (!isUnderWay && (state === "STARTING" || state === "STOPPING")) problems.push(`${entity.displayName} is ${state} forever`);
  }
  for (const task of server.plane.tasks.all()) if (!task.isEnded && !running.includes(task)) problems.push(`${task.name} is ${task.state} forever`);
  expect([at, problems, server.logged]).toEqual([at, [], []]);
}

async function removeAll(server: SimulatedServer): Promise<void> {
  for (const name of ["Web", "Cloud", "Servers", "Pool app"]) {
    const application = server.plane.applications().find((each) => each.displayName === name);
    if (application !== undefined) await server.until(server.applications.destroy(application).result);
  }
}
