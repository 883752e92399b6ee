import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cloud, process as processBlueprint, servers } from "../support/blueprints.ts";
import type { EntityDetail } from "../../src/api/shapes/entity-summary.ts";
import { runClocker } from "../support/clocker-process.ts";
import { ClockerServer } from "../support/clocker-server.ts";
import { LATE } from "../support/clocker-api.ts";
import { EventStream } from "../support/event-stream.ts";
import { containersIn, machinesOf, ownedBy } from "../support/outer-engine.ts";
import { until } from "../support/until.ts";

/** Answers every request on port 8080 with a line; in the base image there is Perl and nothing else that can. */
const WEB = `perl -MIO::Socket::INET -e '
  $SIG{PIPE} = "IGNORE";
  my $s = IO::Socket::INET->new(LocalPort => 8080, Listen => 20, ReuseAddr => 1) or die;
  while (my $c = $s->accept) { sysread $c, my $request, 4096; print $c "HTTP/1.0 200 OK\\r\\n\\r\\nstill here\\n"; close $c }
' >web.log 2>&1 & echo $! > $PID_FILE`;

let server: ClockerServer;
let cloudId: string;
let webId: string;
let url: string;

beforeAll(async () => {
  server = await ClockerServer.start();
  cloudId = (await server.api.run(cloud("durable", { "docker.host.cluster.initial.size": 2, "docker.container.cluster.maxSize": 5, "docker.host.scanInterval": "2s" }))).id;
  webId = (await server.api.run(processBlueprint("durable", { "launch.command": WEB, "docker.container.openPorts": [8080] }, "web"))).id;
  const container = await server.api.theOnly(cloudId, "DockerContainer");
  const sensors = await server.api.sensors(cloudId, container.id);
  url = `http://${String(sensors["host.address"])}:${String((sensors["docker.container.portBindings"] as Record<string, number>)["8080/tcp"])}/`;
  await serves();
  return () => server.dispose();
});

/** What a failed test leaves must not fail the next. */
beforeEach(async () => {
  if (!server.process.isRunning) await server.launch();
  for (const { id } of await server.api.applications()) if (id !== cloudId && id !== webId) await server.api.remove(id);
  if ((await machinesOf(server.planeId)).length > 2) await server.api.invoke(cloudId, cloudId, "resize", { desiredSize: 2 });
});

describe("a server that is ended and started again", () => {
  it.each([
    ["killed", () => server.kill(), null],
    ["asked to end", () => server.terminate(), 0],
  ])("%s: has everything it had, what it manages served all the time, and effectors work", async (_how, end, code) => {
    const before = await state();
    expect((await end()).code).toBe(code);
    await serves();
    await server.launch();
    await serves();
    expect(await state()).toEqual(before);
    await server.api.stateBecomes(webId, webId, "RUNNING");
    await server.api.stateBecomes(cloudId, cloudId, "RUNNING");
    await everythingWorks();
  });

  it("is not started twice on one data directory", async () => {
    const { code, stdout, stderr } = await runClocker(server.launchArguments(), { HOME: server.folder });
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(new RegExp(`Cannot open the data directory "${server.dataDir}": process ${server.pid} on ".*" holds it`));
    expect(await server.api.text("/v1/server/up")).toBe("true");
  });
});

describe("a server that is killed in the middle", () => {
  it.each([
    [/^Create machine$/, 2],
    [/^Start machine$/, 2],
    // Whole machines are kept with their hosts, which can be started again.
    [/^set up Docker host$/, 3],
    [/^read machine and containers$/, 3],
  ])("of making a host (%s) leaves no half-made machine", async (step, machines) => {
    await killedAt(step, () => server.api.start(cloudId, cloudId, "resize", { desiredSize: 3 }));
    await expectInterrupted(cloudId, /effector resize/);
    await settled();
    expect(await machinesOf(server.planeId)).toHaveLength(machines);
    const [host] = await server.api.ofType(cloudId, "DockerHost").then((hosts) => hosts.filter(({ name }) => name === "docker-3"));
    if (host !== undefined) await server.api.stateBecomes(cloudId, host.id, "ON_FIRE");
    await server.api.invoke(cloudId, cloudId, "resize", { desiredSize: 2 });
    expect(await server.api.ofType(cloudId, "DockerHost")).toHaveLength(2);
    expect(await machinesOf(server.planeId)).toHaveLength(2);
    await server.api.stateBecomes(cloudId, cloudId, "RUNNING");
    await everythingWorks();
  });

  it.each([[/^place container for/], [/^create and start container$/]])("of making a container (%s) leaves none of it, and a restart makes it anew", async (step) => {
    await killedAt(step, () => server.api.deploy(servers("durable", ["half"])));
    const id = await called("half");
    await expectInterrupted(id, /effector start/);
    await server.api.stateBecomes(id, id, "ON_FIRE");
    await settled();
    expect(await server.api.ofType(cloudId, "DockerContainer")).toHaveLength(1);
    expect(await allContainers()).toHaveLength(1);
    await server.api.invoke(id, id, "restart");
    await server.api.stateBecomes(id, id, "RUNNING");
    expect(await allContainers()).toHaveLength(2);
    await server.api.remove(id);
    expect(await allContainers()).toHaveLength(1);
  });

  it.each([
    ["killed", () => server.kill()],
    ["asked to end", () => server.terminate()],
  ])("of an install script (%s): the entity says so, its container is kept, and a restart goes on", async (_how, end) => {
    const blueprint = processBlueprint("durable", { "install.command": "[ -e again ] || { touch again; echo begun; sleep 200; }" }, "installing");
    const hasBegun = (task: string): Promise<void> => until(() => server.api.stream(task, "stdout").then((text) => text === "begun\n", () => false), () => "the script has not begun", 30_000);
    await killedAt(/^install \(main\)$/, () => server.api.deploy(blueprint), { comesTo: hasBegun, end });
    const id = await called("installing");
    await expectInterrupted(id, /effector start/);
    const child = await childOf(id);
    await server.api.stateBecomes(id, child, "ON_FIRE");
    expect(JSON.stringify(await server.api.sensor(id, child, "service.problems"))).toContain("interrupted by a restart of the management server");
    expect(await allContainers()).toHaveLength(2);
    await server.api.invoke(id, child, "restart");
    await server.api.stateBecomes(id, child, "RUNNING");
    await server.api.invoke(id, id, "start");
    await server.api.stateBecomes(id, id, "RUNNING");
    await server.api.remove(id);
    expect(await allContainers()).toHaveLength(1);
  });

  it("of a removal: goes on with it by itself", async () => {
    const { id } = await server.api.run(processBlueprint("durable", { "stop.command": "sleep 2; kill $(cat $PID_FILE)" }));
    await killedAt(/^stop \(process\)$/, () => server.api.text(`/v1/applications/${id}`, { method: "DELETE" }));
    await until(async () => (await server.api.applications()).every((application) => application.id !== id), () => "the application is still there", LATE);
    expect(await allContainers()).toHaveLength(1);
    await everythingWorks();
  });

  it("of making a whole cloud: its machines can be removed with it", async () => {
    await killedAt(/^Start machine$/, () => server.api.deploy(cloud("unfinished", { "docker.host.cluster.initial.size": 2 })));
    const id = await called("unfinished");
    await expectInterrupted(id, /effector start/);
    await server.api.stateBecomes(id, id, "ON_FIRE");
    await server.api.remove(id);
    expect(await machinesOf(server.planeId)).toHaveLength(2);
    expect(await server.api.locations()).toEqual(["durable"]);
    await server.api.remove((await server.api.run(cloud("unfinished"))).id);
  });
});

it("a cloud that has come through all this is removed without a trace", async () => {
  await server.api.remove(cloudId);
  expect(await server.api.applications()).toEqual([]);
  expect(await ownedBy(server.planeId)).toEqual([]);
});

/** Kills the server at the beginning of a step of what is asked for, or when the step has come to something, and starts it again. */
async function killedAt(step: RegExp, ask: () => Promise<unknown>, { comesTo, end = () => server.kill() }: { comesTo?: (task: string) => Promise<void>; end?: () => Promise<unknown> } = {}): Promise<void> {
  const events = await EventStream.open(server.api.url, "?kinds=task");
  try {
    const reached = events.taskStarts(step).then(async ({ data }) => {
      await comesTo?.(String(data["taskId"]));
      await end();
    });
    // The server may be gone before it has answered.
    const answered = ask().catch((error: unknown) => {
      if (!(error instanceof TypeError)) throw error;
    });
    await Promise.all([reached, answered]);
    await serves();
    await server.launch();
    await serves();
  } finally {
    await events.close();
  }
}

/** What ran is marked; tasks are kept within a second, so that one of the last moment may not be known at all. */
async function expectInterrupted(application: string, name: RegExp): Promise<void> {
  const tasks = (await server.api.tasksOf(application, application)).filter(({ displayName }) => name.test(displayName));
  const failed = await Promise.all(tasks.filter(({ isError }) => isError).map(({ id }) => server.api.task(id)));
  expect(tasks.filter(({ endTimeUtc }) => endTimeUtc === undefined)).toEqual([]);
  expect(failed.filter(({ failure }) => failure?.code !== "interrupted")).toEqual([]);
}

async function called(name: string): Promise<string> {
  const found = (await server.api.applications()).find(({ spec }) => spec.name === name);
  if (found === undefined) throw new Error(`The application "${name}" is gone`);
  return found.id;
}

/** What was half-made is being cleaned up by tasks: waits for them. */
async function settled(): Promise<void> {
  await until(async () => (await runningTasks()).length === 0, () => "tasks are still running", LATE);
  await until(async () => (await allContainers()).length === (await server.api.ofType(cloudId, "DockerContainer")).length, () => "containers are left that no entity knows", 30_000);
}

async function runningTasks(): Promise<unknown[]> {
  const text = await server.api.text("/v1/activities?limit=100");
  return (JSON.parse(text) as { endTimeUtc?: number }[]).filter(({ endTimeUtc }) => endTimeUtc === undefined);
}

async function serves(): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  expect(await response.text()).toBe("still here\n");
}

async function everythingWorks(): Promise<void> {
  for (const { id } of await server.api.ofType(cloudId, "DockerHost")) expect((await server.api.invoke(cloudId, id, "execCommand", { command: "echo works" })).result).toBe("works\n");
  await server.api.invoke(webId, await childOf(webId), "restart");
  await server.api.stateBecomes(webId, webId, "RUNNING");
  await until(() => serves().then(() => true, () => false), () => "it does not serve", 20_000);
}

/** The entity of an application that has a process or a machine. */
async function childOf(application: string): Promise<string> {
  return (await server.api.entities(application)).at(-1)?.id ?? "";
}

async function allContainers(): Promise<string[]> {
  return (await Promise.all((await machinesOf(server.planeId)).map((machine) => containersIn(machine)))).flat();
}

/** Everything that must be the same after a restart: entities, their sensors but for readings, groups and members, and locations. */
async function state(): Promise<unknown> {
  const trees = await Promise.all([cloudId, webId].map((id) => server.api.tree(id)));
  const flat = (entity: EntityDetail): EntityDetail[] => [entity, ...(entity.children ?? []).flatMap(flat)];
  const entities = trees.flatMap(flat);
  const sensors = await Promise.all(entities.map(async ({ id, applicationId }) => Object.entries(await server.api.sensors(applicationId, id)).filter(([name]) => !isReading(name))));
  return { entities: entities.map(({ id, name, type, parentId, groupIds, members }, i) => ({ id, name, type, parentId, groupIds: groupIds.toSorted(), members, sensors: Object.fromEntries(sensors[i] ?? []) })), locations: await server.api.locations() };
}

/** Read anew from the machine all the time. */
function isReading(name: string): boolean {
  return /^(docker\.)?machine\.|^docker\.cpu\./.test(name);
}
