import { writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { cloud, process, sample, servers } from "../support/blueprints.ts";
import { Refusal, SOON, type Deployed } from "../support/clocker-api.ts";
import { ClockerServer } from "../support/clocker-server.ts";
import { EventStream } from "../support/event-stream.ts";
import { containersIn, docker, machinesOf } from "../support/outer-engine.ts";
import { until } from "../support/until.ts";

/*
 * What users do wrong and what breaks under them. Each ends in a clear error on the task and the entity, with nothing half-made left behind, and the
 * server answering. A location's name taken twice and a full cloud that may not grow are in cloud.test.ts too.
 */

let server: ClockerServer;
let cloudId: string;
let machine: string;

beforeAll(async () => {
  server = await ClockerServer.start();
  cloudId = (await server.api.run(cloud("small", { "docker.host.cluster.initial.size": 1, "docker.host.cluster.maxSize": 1, "docker.container.cluster.maxSize": 3, "docker.host.scanInterval": "2s", "docker.host.pollPeriod": "2s" }))).id;
  [machine = ""] = await machinesOf(server.planeId);
  return () => server.dispose();
});

afterEach(nothingIsLeft);

async function nothingIsLeft(): Promise<void> {
  expect(await server.api.text("/v1/server/up")).toBe("true");
  const left = (await server.api.applications()).filter(({ id }) => id !== cloudId);
  for (const { id } of left) await server.api.remove(id);
  await noContainers();
  expect(await machinesOf(server.planeId)).toEqual([machine]);
  expect(await server.api.sensor(cloudId, cloudId, "docker.containers.total")).toBe(0);
}

describe("a blueprint that cannot be deployed is refused before anything is made", () => {
  it.each([
    ["an unknown type", { services: [{ type: "vanila" }] }, 400, "unknown-type", /vanila.*(Did you mean|vanilla)/s],
    ["an unknown location", { location: "smal", services: [{ type: "server" }] }, 400, "unknown-location", /Unknown location 'smal'.*Did you mean "small"/],
    ["a wrong config type", { location: "local", services: [{ type: "docker-infrastructure", "brooklyn.config": { "docker.host.cluster.initial.size": "many" } }] }, 400, "invalid-value", /docker\.host\.cluster\.initial\.size.*many|many.*docker\.host\.cluster\.initial\.size/s],
  ])("%s", async (_what, blueprint, status, code, message) => {
    const refusal = await refusalOf(JSON.stringify(blueprint));
    expect(refusal).toMatchObject({ status, message: expect.stringMatching(message) as string, data: { code } });
    expect(await server.api.applications()).toHaveLength(1);
  });

  it("YAML that does not parse, with line and column", async () => {
    const refusal = await refusalOf("name: broken\nservices:\n- type: server\n  brooklyn.config:\n    a: [1, 2\n  b: 3\n");
    expect(refusal.status).toBe(400);
    expect(refusal.message).toMatch(/Invalid YAML.*line [56], column \d+/s);
    expect(refusal.data).toMatchObject({ code: "invalid-yaml", line: expect.any(Number) as number, column: expect.any(Number) as number });
  });
});

describe("what fails while it starts", () => {
  it("a port range without a free port", async () => {
    const busy = await listen();
    try {
      const blueprint = JSON.parse(process("localhost", { "onbox.base.dir": server.folder })) as { services: Record<string, unknown>[] };
      Object.assign(blueprint.services[0] ?? {}, { "brooklyn.parameters": [{ name: "web.port", type: "port", default: `${busy.port}-${busy.port}` }] });
      const { failure } = await failsToStart(JSON.stringify(blueprint));
      expect(failure).toMatchObject({ code: "no-port", reason: expect.stringMatching(new RegExp(`no port of "${busy.port}[^"]*" is free for "web.port"`)) as string });
    } finally {
      await busy.close();
    }
  });

  it("a Dockerfile that does not build", async () => {
    const url = await dockerfile("Broken", "FROM ${baseImage}\nRUN echo half way\nRUN echo no such luck >&2; exit 4\n");
    const { failure } = await failsToStart(servers("small", ["unbuilt"], { "docker.dockerfile.url": url }));
    expect(failure).toMatchObject({ code: "build-failed", reason: expect.stringMatching(/no such luck/) as string });
    expect(failure?.reason).toMatch(/returned a non-zero code: 4|exit(ed with)?( code)?:? 4/);
  });

  it("an install script that exits with 3", async () => {
    const { failure, taskId } = await failsToStart(process("small", { "install.command": "echo so far; echo missing: the left half >&2; exit 3" }));
    expect(failure).toMatchObject({ code: "command-failed", reason: expect.stringMatching(/Cannot install "process" on ".*": the script exited with 3, and its last lines were: so far\s+missing: the left half/) as string });
    const step = (await server.api.below(taskId)).find(({ displayName }) => displayName === "install (main)");
    expect(step).toMatchObject({ isError: true });
    expect(await server.api.stream(step?.id ?? "", "stderr")).toBe("missing: the left half\n");
  });

  it("a byon host that never answers, within the time-out that was configured", async () => {
    const silent = await listen();
    try {
      const { failure } = await failsToStart(process(`byon(hosts="127.0.0.1:${silent.port}", user=root, connectTimeout=2s)`), 20_000);
      expect(failure).toMatchObject({ code: "unreachable", reason: expect.stringMatching(/127\.0\.0\.1.*no answer within 2 s/) as string, remedy: expect.any(String) as string });
    } finally {
      await silent.close();
    }
  });

  it("a byon host where nothing listens", async () => {
    const gone = await listen();
    await gone.close();
    const { failure } = await failsToStart(process(`byon(hosts="127.0.0.1:${gone.port}", user=root, connectTimeout=2s)`), 20_000);
    expect(failure).toMatchObject({ code: "unreachable", reason: expect.stringContaining("127.0.0.1") as string });
  });

  it("more containers than a cloud at its limit of hosts takes", async () => {
    const { failure, id } = await failsToStart(servers("small", ["a", "b", "c", "d"]));
    expect(failure).toMatchObject({ code: "no-capacity", reason: expect.stringMatching(/Cannot place "[abcd]": 3 of 3 containers on "docker-1"; the cloud is at its limit of 1 host/) as string });
    expect(await containersIn(machine)).toHaveLength(3);
    await server.api.remove(id);
    await server.api.remove((await server.api.run(servers("small", ["now"]))).id);
  });

  it("a second cloud with a location name that is taken", async () => {
    const { failure } = await failsToStart(await sample("docker-cloud.yaml", "local").then((text) => text.replaceAll("my-docker-cloud", "small")));
    expect(failure).toMatchObject({ code: "conflict", reason: expect.stringContaining('Cannot register location "small": the name is already taken') as string });
  });
});

describe("what is deleted while it starts", () => {
  it.each([
    ["its install script runs", "install (main)", () => Promise.resolve(process("small", { "install.command": "sleep 300" }))],
    ["its image is built", "build clocker/slow:", async () => servers("small", ["slow"], { "docker.dockerfile.url": await dockerfile("Slow", "FROM ${baseImage}\nRUN sleep 300\n") })],
    ["its container is made", "create and start container", () => Promise.resolve(servers("small", ["quick"]))],
  ])("while %s", async (_when, step, blueprint) => {
    const events = await EventStream.open(server.api.url, "?kinds=task");
    try {
      const { id, taskId } = await server.api.deploy(await blueprint());
      await events.taskStarts(new RegExp(`^${RegExp.escape(step)}`));
      await server.api.remove(id, 60_000);
      expect(await server.api.applications()).toHaveLength(1);
      expect(await server.api.task(taskId).catch((error: unknown) => error)).toSatisfy((task) => (task instanceof Refusal ? task.status === 404 : task.isCancelled || task.isError));
    } finally {
      await events.close();
    }
  });
});

describe("an engine that dies", () => {
  it("while a container starts", async () => {
    const onMachine = (script: string): Promise<string> => docker("exec", machine, "sh", "-c", script);
    const containerd = "$(cat /var/run/docker/containerd/containerd.pid)";
    // With its containerd asleep the engine makes containers, but never comes to the end of starting them.
    await onMachine(`kill -STOP ${containerd}`);
    const deployed = await server.api.deploy(servers("small", ["unlucky"]));
    await until(async () => (await containersIn(machine)).length > 0, () => "no container was made", SOON);
    await onMachine(`kill -9 "$(cat /var/run/docker.pid)" ${containerd}`);
    const { failure, id } = await failed(deployed);
    expect(failure).toMatchObject({ code: expect.stringMatching(/^(unreachable|engine-error)$/) as string, reason: expect.stringContaining("docker-1") as string });
    const host = await server.api.theOnly(cloudId, "DockerHost");
    await server.api.sensorBecomes(cloudId, host.id, "service.notUp.indicators", (value) => JSON.stringify(value ?? "").includes("engine does not answer"));
    await server.api.stateBecomes(cloudId, host.id, "ON_FIRE");

    await server.api.invoke(cloudId, host.id, "restart");
    await server.api.stateBecomes(cloudId, host.id, "RUNNING");
    await server.api.remove(id);
    await noContainers();
    await server.api.remove((await server.api.run(servers("small", ["again"]))).id);
  });
});

/** The engine ends what runs for a build that was cancelled in its own time. */
async function noContainers(): Promise<void> {
  let left: string[] = [];
  await until(async () => (left = await containersIn(machine)).length === 0, () => `there are still containers: ${left.join(", ")}`, SOON);
}

interface Failure extends Deployed {
  failure: { code: string; reason: string; remedy?: string | undefined } | undefined;
}

/** Deploys what is to fail: the task tells why, and so does the application, which is on fire. */
async function failsToStart(blueprint: string, bound?: number): Promise<Failure> {
  return failed(await server.api.deploy(blueprint), bound);
}

async function failed(deployed: Deployed, bound?: number): Promise<Failure> {
  const task = await server.api.ended(deployed.taskId, bound);
  expect(task).toMatchObject({ isError: true, isCancelled: false });
  await server.api.stateBecomes(deployed.id, deployed.id, "ON_FIRE");
  const reason = task.failure?.reason ?? "";
  const problems = JSON.stringify(await server.api.sensor(deployed.id, deployed.id, "service.problems"));
  expect(problems).toContain(JSON.stringify(reason).slice(1, 60));
  return { ...deployed, failure: task.failure };
}

async function refusalOf(blueprint: string): Promise<Refusal> {
  const outcome = await server.api.deploy(blueprint).catch((error: unknown) => error);
  if (outcome instanceof Refusal) return outcome;
  throw new Error(`The blueprint was to be refused: ${JSON.stringify(outcome)}`);
}

async function dockerfile(name: string, text: string): Promise<string> {
  const file = join(server.folder, `${name}Dockerfile`);
  await writeFile(file, text);
  return `file://${file}`;
}

/** A port of this computer on which somebody listens and says nothing. */
async function listen(): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const listener: Server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("Cannot listen");
  const close = (): Promise<void> => {
    sockets.forEach((socket) => socket.destroy());
    return new Promise((resolve) => void listener.close(() => resolve()));
  };
  return { port: address.port, close };
}
