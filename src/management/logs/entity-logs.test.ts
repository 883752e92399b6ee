import { mkdtempSync, rmSync, writeFileSync, appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cloudSpec, World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { webApplication, webServer } from "../../../test/support/simulated-software.ts";
import { until } from "../../../test/support/until.ts";
import { runtimeOf } from "../../docker/container/relations.ts";
import { containerOf } from "../../docker/machine-of.ts";
import * as keys from "../../docker/keys.ts";
import { InMemoryEngine } from "../../engine/in-memory-engine.ts";
import { LocalMachine } from "../../machine/local-machine.ts";
import type { Entity } from "../../model/entity.ts";
import { RUN_DIR } from "../../software/process/sensors.ts";
import { readEntityLogs } from "./entity-logs.ts";
import type { LogLine, LogOptions } from "./log-line.ts";
import { readTaskLogs } from "./task-log.ts";

const ALL: LogOptions = { follow: false, tail: undefined, since: undefined };
let server: SimulatedServer;
let world: World;
let lines: string[];

/** What each entity's container prints. */
function print(entity: Entity, text: string, stream: "stdout" | "stderr" = "stdout"): void {
  const container = containerOf(entity);
  const engine = container === undefined ? undefined : runtimeOf(container).engine;
  if (container === undefined || !(engine instanceof InMemoryEngine)) throw new Error("It runs in no container in memory");
  engine.print(container.get(keys.CONTAINER_ID) ?? "", stream, text);
}

const take = ({ entity, source, stream, text }: LogLine): void => void lines.push(`${entity?.displayName} ${source} ${stream}: ${text}`);

async function logs(entity: Entity, options: Partial<LogOptions> = {}): Promise<string[]> {
  lines = [];
  await readEntityLogs(server.plane, entity, { ...ALL, ...options }, take, new AbortController().signal);
  return lines;
}

beforeEach(async () => {
  lines = [];
  world = new World({ entityTypes: [webServer] });
  server = await world.open();
  await server.start(cloudSpec());
  await server.start(webApplication(2));
});

describe("readEntityLogs", () => {
  it("gives a container's lines, both streams in order, whole ones put together", async () => {
    const web = server.find("Web 1");
    print(web, "one\n");
    print(web, "two\r\n");
    print(web, "bad\n", "stderr");
    print(web, "last");
    expect(await logs(web)).toEqual(["Web 1 container stdout: one", "Web 1 container stdout: two", "Web 1 container stderr: bad", "Web 1 container stdout: last"]);
  });

  it("gives those of all below, each container's once", async () => {
    print(server.find("Web 1"), "a\n");
    print(server.find("Web 2"), "b\n");
    expect(await logs(server.find("Web"))).toEqual(["Web 1 container stdout: a", "Web 2 container stdout: b"]);
    const [container] = server.of(keys.DOCKER_CONTAINER);
    expect((await logs(container?.parent?.parent ?? server.find("Cloud"))).length).toBe(2);
  });

  it("gives the last lines alone, and those since a time", async () => {
    const web = server.find("Web 1");
    print(web, "old\n");
    await world.clock.advance(60_000);
    print(web, "new\n");
    expect(await logs(web, { tail: 1 })).toEqual(["Web 1 container stdout: new"]);
    expect(await logs(web, { since: world.clock.now() - 30_000 })).toEqual(["Web 1 container stdout: new"]);
  });

  it("says so where there is nothing", async () => {
    const [infrastructure] = server.of(keys.INFRASTRUCTURE);
    await server.invoke(server.find("Web"), "stop");
    expect(await logs(infrastructure ?? server.find("Cloud"))).toEqual([expect.stringMatching(/notice: "Docker Infrastructure" and what is below it have no logs yet|notice: ".*" and what is below it have no logs yet/)]);
  });

  it("follows, over a restart of the container without losing or repeating lines, and ends with the entity", async () => {
    const web = server.find("Web 1");
    const container = containerOf(web);
    print(web, "before\n");
    const reading = readEntityLogs(server.plane, server.find("Web"), { ...ALL, follow: true }, take, new AbortController().signal);
    await until(() => lines.length === 1, () => lines.join("\n"), 5_000);
    print(web, "while\n");
    await until(() => lines.length === 2, () => lines.join("\n"), 5_000);
    if (container === undefined) throw new Error("No container");
    await server.invoke(container, "shutDown");
    await until(() => lines.some((line) => line.includes("waiting for it to run again")), () => lines.join("\n"), 5_000);
    await server.invoke(container, "resume");
    await world.clock.advance(2_000);
    print(web, "after\n");
    await until(() => lines.some((line) => line.endsWith("after")), () => lines.join("\n"), 5_000);
    expect(lines.filter((line) => line.includes("stdout"))).toEqual(["Web 1 container stdout: before", "Web 1 container stdout: while", "Web 1 container stdout: after"]);
    await server.invoke(server.find("Web"), "stop");
    await reading;
  });

  it("follows what comes later", async () => {
    const stop = new AbortController();
    const reading = readEntityLogs(server.plane, server.find("Cloud"), { ...ALL, follow: true }, take, stop.signal);
    await server.start(webApplication(1, { name: "More" }));
    print(server.find("More 1"), "hello\n");
    await until(() => lines.some((line) => line.endsWith("stdout: hello")), () => lines.join("\n"), 3_000);
    stop.abort();
    await reading;
  });

  it("follows what a launch began, after the launch has ended", async () => {
    const id = await server.run(async (work) => work.taskId);
    const launch = [...server.plane.tasks.all()].find((task) => task.id === id);
    if (launch === undefined) throw new Error("There is no task");
    const stop = new AbortController();
    const reading = readTaskLogs([launch], { entity: undefined, clock: world.clock, lasting: true }, { ...ALL, follow: true }, take, stop.signal);
    await world.clock.advance(2_000);
    launch.stream("stdout").write("tick\n");
    await world.clock.advance(2_000);
    expect(lines.at(-1)).toMatch(/stdout: tick$/);
    stop.abort();
    await reading;
  });

  it("stops reading while its lines are not taken", async () => {
    const web = server.find("Web 1");
    for (let i = 0; i < 50; i++) print(web, `${i}\n`);
    const gate = Promise.withResolvers<void>();
    let taken = 0;
    const reading = readEntityLogs(server.plane, web, ALL, async () => {
      taken++;
      await gate.promise;
    }, new AbortController().signal);
    await world.clock.advance(1_000);
    expect(taken).toBe(1);
    gate.resolve();
    await reading;
    expect(taken).toBe(50);
  });
});

describe("log files", () => {
  let folder: string;
  let web: Entity;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "clocker-logs-"));
    web = server.find("Web 1");
    const location = { id: "here", name: "here", spec: "here", type: "test", parent: undefined, config: {}, machine: new LocalMachine() };
    for (const each of [...web.locations]) web.removeLocation(each);
    web.addLocation(location);
    web.set(RUN_DIR, folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("are found in the usual places of the run folder, and told apart", async () => {
    writeFileSync(join(folder, "a.log"), "one\n\ntwo\n");
    writeFileSync(join(folder, "b $(touch x).log"), "three");
    writeFileSync(join(folder, "not-this.txt"), "no");
    expect(await logs(web)).toEqual(["Web 1 a.log stdout: one", "Web 1 a.log stdout: ", "Web 1 a.log stdout: two", "Web 1 b $(touch x).log stdout: three"]);
    expect((await logs(web, { tail: 1 })).length).toBe(2);
  });

  it("are those that log.location says", async () => {
    writeFileSync(join(folder, "a.log"), "one\n");
    writeFileSync(join(folder, "special.txt"), "two\n");
    web.config.set("log.location", ["special.*"]);
    expect(await logs(web)).toEqual(["Web 1 special.txt stdout: two"]);
  });

  it("are followed until the reader goes, and nothing is left running", async () => {
    writeFileSync(join(folder, "a.log"), "one\n");
    const stop = new AbortController();
    const reading = readEntityLogs(server.plane, web, { ...ALL, follow: true }, take, stop.signal);
    await until(() => lines.length === 1, () => lines.join("\n"), 10_000);
    appendFileSync(join(folder, "a.log"), "two\n");
    await until(() => lines.length === 2, () => lines.join("\n"), 10_000);
    stop.abort();
    await reading;
    const left = await new LocalMachine().run({ argv: ["sh", "-c", 'for d in /proc/[0-9]*; do [ "$(readlink "$d/cwd")" = "$1" ] && echo "$d"; done; :', "sh", folder] });
    await until(async () => (await new LocalMachine().run({ argv: ["sh", "-c", 'for d in /proc/[0-9]*; do [ "$(readlink "$d/cwd" 2>/dev/null)" = "$1" ] && echo "$d"; done; :', "sh", folder] })).stdout === "", () => left.stdout, 10_000);
  });
});
