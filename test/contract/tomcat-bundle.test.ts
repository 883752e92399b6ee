import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { openServer } from "../../src/management/open-server.ts";
import { Properties } from "../../src/management/properties/properties.ts";
import type { Server } from "../../src/management/server.ts";
import { InMemoryStore } from "../../src/management/store/in-memory-store.ts";
import type { Entity } from "../../src/model/entity.ts";
import { stubTomcat } from "../support/stub-tomcat.ts";
import { until } from "../support/until.ts";

const VERSION = "10.1.60";
const PATIENCE = 30_000;

let folder: string;
let server: Server;
let stub: Awaited<ReturnType<typeof stubTomcat>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-tomcat-"));
  stub = await stubTomcat(folder, VERSION);
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  server = await openServer({ dataDir: join(folder, "data"), properties: new Properties(new Map()), log, store: new InMemoryStore() });
});

afterAll(async () => {
  for (const application of server.plane.applications()) await server.applications.destroy(application).task.ended;
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Deploys a Tomcat on this computer with the stub's Java, and waits for the end of its start. */
async function deploy(config = "") {
  const deployment = await server.applications.deploy(`
location: localhost
services:
- serviceType: brooklyn.entity.webapp.tomcat.TomcatServer
  name: web
  brooklyn.config:
    wars.root: "classpath://hello-world.war"
    http.port: "18500+"
    brooklyn.downloads.localRepo.path: ${stub.repository}
    onbox.base.dir: ${folder}/box
    env: {JAVA_HOME: ${stub.javaHome}}
${config}`);
  await deployment.start?.task.ended;
  const [entity] = deployment.application.children;
  if (entity === undefined) throw new Error("There is no Tomcat");
  return { application: deployment.application, entity, task: deployment.start?.task };
}

const value = (entity: Entity, name: string) => entity.sensorValue(name)?.value;
const seen = (entity: Entity) => () => JSON.stringify([...entity.sensorValues()].map(([name, { value: each }]) => [name, each]));

async function stop(application: Entity): Promise<void> {
  await server.applications.destroy(application).task.ended;
}

test("the commands of the bundle are understood by bash and by a plain shell", async () => {
  const bundle: unknown = parse(await readFile(join(import.meta.dirname, "../../catalog/tomcat.bom"), "utf8"));
  const commands = [...scriptsIn(bundle)];
  expect(commands.length).toBeGreaterThanOrEqual(5);
  const run = promisify(execFile);
  for (const command of commands) for (const shell of ["bash", "sh"]) await run(shell, ["-n", "-c", command]);
});

test("Tomcat is installed, launched with its properties and options, and up when it serves", async () => {
  const { application, entity } = await deploy('    java.sysprops: {my.property: "with space", other: 3}\n    java.opts: ["-Xmx64m"]\n    jmx.agent.mode: JMXMP\n    jmx.direct.port: 30000+\n');
  expect(value(entity, "service.state")).toBe("RUNNING");
  expect(value(entity, "webapp.url")).toBe(`http://127.0.0.1:${String(value(entity, "http.port"))}/`);
  expect(value(entity, "main.uri")).toBe(value(entity, "webapp.url"));
  expect(value(entity, "jmx.direct.port")).toBeUndefined();
  const runDir = String(value(entity, "run.dir"));
  const launchedWith = await readFile(join(runDir, "arguments.json"), "utf8");
  for (const argument of ["-Xmx64m", "-Dmy.property=with space", "-Dother=3", `-Dclocker.http.port=${String(value(entity, "http.port"))}`, `-Dcatalina.base=${runDir}`]) expect(JSON.parse(launchedWith)).toContain(argument);
  expect((await readFile(join(runDir, "webapps", "ROOT.war"))).subarray(0, 2).toString()).toBe("PK");
  expect(await (await fetch(String(value(entity, "webapp.url")))).text()).toBe("hello");
  await until(() => value(entity, "webapp.reqs.total") !== undefined, seen(entity), PATIENCE);
  expect(value(entity, "webapp.deployedWars")).toEqual(["/"]);
  await stop(application);
});

test("two Tomcats on one machine have ports and folders of their own, and share the installation", async () => {
  const [first, second] = await Promise.all([deploy(), deploy()]);
  expect([value(first.entity, "service.state"), value(second.entity, "service.state")]).toEqual(["RUNNING", "RUNNING"]);
  expect(value(first.entity, "http.port")).not.toBe(value(second.entity, "http.port"));
  expect(value(first.entity, "tomcat.metricsport")).not.toBe(value(second.entity, "tomcat.metricsport"));
  expect(value(first.entity, "install.dir")).toBe(value(second.entity, "install.dir"));
  await Promise.all([stop(first.application), stop(second.application)]);
});

test("a Tomcat that is killed puts its entity on fire, a restart brings it back, and a stop ends it", async () => {
  const { application, entity } = await deploy("    softwareProcess.serviceProcessIsRunningPollPeriod: 200ms\n");
  const pidFile = String(value(entity, "softwareprocess.pid.file"));
  const pid = Number(await readFile(pidFile, "utf8"));
  process.kill(pid, "SIGKILL");
  await until(() => value(entity, "service.state") === "ON_FIRE", seen(entity), PATIENCE);
  expect(JSON.stringify(value(entity, "service.notUp.indicators"))).toContain(`process ${pid} of Tomcat has ended`);
  await server.applications.invoke(entity, "restart", {}).task.ended;
  expect(value(entity, "service.state")).toBe("RUNNING");
  const again = Number(await readFile(pidFile, "utf8"));
  await stop(application);
  expect(await stateOf(again)).toMatch(/^(gone|Z)$/);
});

test("a Tomcat that ends at once fails its start, with the end of its log", async () => {
  const { application, entity, task } = await deploy("    java.sysprops: {stub.fails: yes}\n");
  expect(value(entity, "service.state")).toBe("ON_FIRE");
  expect(task?.error?.message).toMatch(/Cannot start "web" on "localhost": .*SEVERE: the stub was told to fail.*has ended/s);
  await stop(application);
});

/** A process's state; it may wait to be reaped for a while. */
async function stateOf(pid: number): Promise<string> {
  try {
    return /^State:\s*(\S)/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
  } catch {
    return "gone";
  }
}

function* scriptsIn(node: unknown): Generator<string> {
  if (typeof node !== "object" || node === null) return;
  for (const [key, each] of Object.entries(node)) {
    if (typeof each === "string" && /(^|\.)command$/.test(key)) yield each;
    else yield* scriptsIn(each);
  }
}
