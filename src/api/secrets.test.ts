import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openServer } from "../management/open-server.ts";
import { Properties } from "../management/properties/properties.ts";
import type { Server } from "../management/server.ts";
import { createApi } from "./api.ts";
import type { Api } from "./api-context.ts";

/** Every secret of this test has this in it. */
const MARK = "hunter2";

const blueprint = `
name: Secrets everywhere
location:
  localhost:
    password: ${MARK}-location
services:
- type: org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess
  name: Process
  brooklyn.parameters:
  - { name: admin.password, type: string, default: ${MARK}-default }
  brooklyn.config:
    db.password: ${MARK}-constant
    outside.secret: $brooklyn:external("store", "pw")
    nested: { deep: [{ api.secret: ${MARK}-nested, plain: visible }] }
    flow: { user: bob, user.password: ${MARK}-flow }
    shell.env:
      DB_PASSWORD: ${MARK}-environment
      OUTSIDE_SECRET: $brooklyn:config("outside.secret")
    launch.command: echo "launched with $DB_PASSWORD and $OUTSIDE_SECRET"
    checkRunning.command: "true"
    stop.command: "true"
  brooklyn.initializers:
  - type: org.apache.brooklyn.core.sensor.StaticSensor
    brooklyn.config: { name: login.password, static.value: ${MARK}-sensor }
  - type: org.apache.brooklyn.core.effector.ssh.SshCommandEffector
    brooklyn.config:
      name: changePassword
      command: echo "changed to $new_password"
      parameters: { new_password: { type: string, defaultValue: ${MARK}-parameter-default } }
`;

let folder: string;
let server: Server;
let api: Api;
const log: string[] = [];

async function open(): Promise<void> {
  const note = (fields: object, message: string): void => void log.push(JSON.stringify(fields) + message);
  const properties = Properties.of({ "brooklyn.external.store": "in-place", "brooklyn.external.store.pw": `${MARK}-external` });
  server = await openServer({ dataDir: folder, properties, log: { debug: note, info: note, warn: note, error: note } });
  api = await createApi(server);
}

async function close(): Promise<void> {
  await api.close();
  await server.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-secrets-"));
  await open();
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

describe("secrets of a blueprint", () => {
  it("are in no answer, no file and no log line, and come back after a restart", { timeout: 120_000 }, async () => {
    const deployed = await server.applications.deploy(blueprint);
    await deployed.start?.result;
    const process = deployed.application.children[0];
    if (process === undefined) throw new Error("There is no process");
    await server.applications.invoke(process, "changePassword", { new_password: `${MARK}-parameter` }).result;
    await vi.waitFor(() => expect(process.sensorValue("login.password")?.value).toBe(`${MARK}-sensor`));
    const app = deployed.application.id;
    const at = `/v1/applications/${app}/entities/${process.id}`;
    const root = `/v1/applications/${app}/entities/${app}`;
    const paths = ["/v1/applications", "/v1/applications/fetch", `/v1/applications/${app}`, `/v1/applications/${app}/entities`, "/v1/locations", "/v1/server/config", "/v1/activities"];
    for (const each of [at, root]) paths.push(each, ...["config", "config/current-state", "sensors", "sensors/current-state", "effectors", "tags", "spec", "specList", "locations", "activities", "adjuncts"].map((rest) => `${each}/${rest}`));
    const tasks = [...server.plane.tasks.all()];
    for (const task of tasks) paths.push(`/v1/activities/${task.id}`, `/v1/activities/${task.id}/children/recurse`, ...[...task.streams.keys()].map((stream) => `/v1/activities/${task.id}/stream/${stream}`));
    const leaks: string[] = [];
    let streams = "";
    for (const path of paths) {
      const { payload } = await api.inject(path);
      if (path.includes("/stream/")) streams += payload;
      if (payload.includes(MARK)) leaks.push(`${path}: ${around(payload)}`);
    }
    expect(leaks).toEqual([]);
    expect(streams).toMatch(/launched with <suppressed> and <suppressed>/);
    expect(streams).toMatch(/changed to <suppressed>/);
    await close();
    for (const file of await filesBelow(folder)) {
      const content = await readFile(file, "latin1");
      if (content.includes(MARK)) leaks.push(`${file}: ${around(content)}`);
    }
    expect([leaks, log.filter((line) => line.includes(MARK))]).toEqual([[], []]);
    await open();
    const again = server.plane.entity(process.id);
    const raw = Object.fromEntries(again?.config.own() ?? []);
    expect(raw).toMatchObject({ "db.password": `${MARK}-constant`, "outside.secret": '$brooklyn:external("store", "pw")', nested: { deep: [{ "api.secret": `${MARK}-nested`, plain: "visible" }] } });
    expect([again?.sensorValue("login.password")?.value, again?.config.key("admin.password")?.defaultValue]).toEqual([`${MARK}-sensor`, `${MARK}-default`]);
    expect(server.plane.entity(app)?.tags).toMatchObject([{ kind: "yaml_spec", contents: blueprint }]);
    await server.applications.destroy(server.plane.entity(app) ?? deployed.application).result;
  });
});

function around(text: string): string {
  const index = text.indexOf(MARK);
  return text.slice(Math.max(0, index - 80), index + 40);
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
