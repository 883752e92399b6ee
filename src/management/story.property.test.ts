import fc from "fast-check";
import { expect, test } from "vitest";
import { cloudSpec, World, type SimulatedServer } from "../../test/support/in-memory-plane.ts";
import { webApplication, webServer } from "../../test/support/simulated-software.ts";
import { DockerCloud } from "../docker/cloud.ts";
import { CONTAINER_ID, CONTAINER_LABEL, DOCKER_CONTAINER, DOCKER_HOST, INFRASTRUCTURE } from "../docker/keys.ts";
import { containersOf } from "../docker/container/relations.ts";
import { ClockerError } from "../model/errors.ts";
import { MACHINE_DOCUMENTS } from "./location/provider-location.ts";

const calls = ["createContainer", "startContainer", "inspectContainer", "removeContainer", "listContainers", "inspectImage", "exec"] as const;

/** What happens in a story. Nothing is waited for unless time passes. */
type Happening =
  | { do: "deploy"; count: number }
  | { do: "destroy" | "stop" | "start" | "cancel" | "away" | "back" | "foreign"; which: number }
  | { do: "fail"; which: number; call: (typeof calls)[number] }
  | { do: "resize"; size: number }
  | { do: "pass"; seconds: number }
  | { do: "crash" };

const which = fc.nat(9);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("deploy" as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("destroy" as const, "stop" as const, "start" as const, "cancel" as const, "foreign" as const), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("away" as const, "back" as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fail" as const), which, call: fc.constantFrom(...calls) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("resize" as const), size: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("pass" as const), seconds: fc.constantFrom(0, 0, 0.3, 1, 40) }) },
  { weight: 2, arbitrary: fc.constant({ do: "crash" as const }) },
);

test("Whatever happens, in the end everything can be removed, and nothing is left", async () => {
  await fc.assert(fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 20 }), tell), { numRuns: 60 });
}, 120_000);

async function tell(story: readonly Happening[]): Promise<void> {
  const world = new World({ entityTypes: [webServer] });
  world.cloud.options.makingTime = 500;
  let server = await world.open();
  await server.start(cloudSpec({ "docker.container.cluster.maxSize": 2, "docker.host.cluster.maxSize": 4, "docker.host.removeEmpty": true }));
  let deployed = 0;
  for (const event of story) {
    if (event.do === "crash") {
      server.life.kill();
      server = await world.open();
    } else if (event.do === "pass") await world.clock.advance(event.seconds * 1_000);
    else if (event.do === "deploy") void server.deploy(webApplication(event.count, { name: `Web${++deployed}` })).catch(() => {});
    else await happen(world, server, event);
  }
  for (const engine of world.engines.values()) engine.comeBack();
  await world.clock.advance(300_000);
  await expectConsistent(world, server);
  await removeEverything(server);
  const foreign = (await world.containers()).filter(({ labels }) => labels[CONTAINER_LABEL] !== undefined);
  expect([world.cloud.machines.size, server.plane.entities.size, server.plane.documents.all(MACHINE_DOCUMENTS).size, foreign, server.logged.filter((line) => line.includes("listener"))]).toEqual([0, 0, 0, [], []]);
  server.life.kill();
}

async function happen(world: World, server: SimulatedServer, event: Exclude<Happening, { do: "crash" | "pass" | "deploy" }>): Promise<void> {
  const applications = server.plane.applications().filter((each) => !each.is(INFRASTRUCTURE));
  const engines = world.liveEngines();
  const [entity, application] = event.do === "resize" ? [] : [pick(server.of(webServer.name), event.which), pick(applications, event.which)];
  if (event.do === "resize") server.applications.invoke(server.find("Cloud"), "resize", { desiredSize: event.size });
  else if (event.do === "destroy" && application !== undefined) server.applications.destroy(application);
  else if ((event.do === "stop" || event.do === "start") && entity !== undefined) server.applications.invoke(entity, event.do, {});
  else if (event.do === "cancel") pick([...server.plane.tasks.running()], event.which)?.cancel(new ClockerError("cancelled", "Enough"));
  else if (event.do === "away") pick(engines, event.which)?.goAway();
  else if (event.do === "back") pick(engines, event.which)?.comeBack();
  else if (event.do === "fail") pick(engines, event.which)?.failNext(event.call, new ClockerError("engine-error", "The engine failed"));
  else if (event.do === "foreign") await pick(engines, event.which)?.createContainer({ image: "debian:bookworm-slim" }).catch(() => {});
}

/** Once everything has come to rest. */
async function expectConsistent(world: World, server: SimulatedServer): Promise<void> {
  const problems: string[] = [];
  const underWay = [...server.plane.tasks.running()].filter((task) => !task.tags.includes("TRANSIENT")).map((task) => `${task.name} is still under way`);
  for (const [id] of world.cloud.machines) {
    if (!server.of(DOCKER_HOST).some((host) => host.locations.some((location) => location.id === id))) problems.push(`machine ${id} belongs to nobody`);
  }
  for (const { id, name, labels } of await world.containers()) {
    const label = labels[CONTAINER_LABEL];
    if (label !== undefined && server.plane.entity(label)?.get(CONTAINER_ID) !== id) problems.push(`container ${name} belongs to nobody`);
  }
  for (const container of server.of(DOCKER_CONTAINER)) {
    if (!server.of(webServer.name).some((user) => user.locations.some(({ id }) => id === container.id))) problems.push(`${container.displayName} serves nobody`);
  }
  const cloud = DockerCloud.of(server.find("Cloud"));
  for (const host of server.of(DOCKER_HOST)) {
    const [counted, there] = [cloud.pool.host(host.id)?.containers, containersOf(host).children.length];
    if (counted !== there) problems.push(`${host.displayName} counts ${counted} containers and has ${there}`);
    if (there > 2) problems.push(`${host.displayName} has ${there} containers`);
  }
  expect([...underWay, ...problems]).toEqual([]);
}

/** Failures that are still to come are used up by trying again. */
async function removeEverything(server: SimulatedServer): Promise<void> {
  const cloud = server.find("Cloud");
  for (let attempt = 0; attempt < 40 && server.plane.applications().length > 0; attempt++) {
    const others = server.plane.applications().filter((each) => each !== cloud);
    const [next = cloud] = others;
    await server.until(server.applications.destroy(next).result.catch(() => {}));
  }
}

function pick<T>(items: readonly T[], index: number): T | undefined {
  return items.length === 0 ? undefined : items[index % items.length];
}

