import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { LocalMachine } from "../../machine/local-machine.ts";
import type { Entity } from "../../model/entity.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import type { ProvisioningLocation } from "../../provider/location.ts";
import { SERVICE_STATE } from "../stock/attributes.ts";
import { vanillaSoftwareProcess } from "./software-process.ts";

/** Milliseconds that real processes may take on a busy computer. */
const REAL_TIME = 60_000;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "clocker-stop-"));
  vi.stubEnv("TMPDIR", folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Processes on this computer, which is lent like a host of a list. */
function scene(...configs: JsonObject[]) {
  const location = new FakeLocation((parent: ProvisioningLocation) => machineLocation(new LocalMachine(), parent, { isLent: true }));
  const { plane, clock } = fakeManagement({ entityTypes: [vanillaSoftwareProcess], locations: { fake: location } });
  const app = plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication", { locations: [{ spec: "fake" }] }));
  const entities = configs.map((config) => plane.create(entitySpec(vanillaSoftwareProcess.name, { config: { ...config, "softwareProcess.serviceProcessIsRunningPollPeriod": "0" } }), app));
  const invoke = (entity: Entity, name: string) => clock.until(plane.submit(entity, name, (work) => entity.invoke(name, {}, work)).result);
  return { entities, invoke };
}

/** Not one that has ended and that nobody has asked about yet. */
const lives = (pid: string): boolean => existsSync(`/proc/${pid}/status`) && !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));

test("stop ends the process, and those that it started", async () => {
  const { entities, invoke } = scene({ "launch.command": `(sleep 300 & echo $! > ${folder}/inner; sh -c 'trap "" TERM; sleep 300; :' & echo $! > ${folder}/stubborn; wait) >/dev/null 2>&1 & echo $! > $PID_FILE` });
  const [entity] = entities;
  if (entity === undefined) throw new Error("There is one");
  await invoke(entity, "start");
  await vi.waitFor(() => expect(existsSync(`${folder}/stubborn`)).toBe(true), { timeout: REAL_TIME });
  const pids = await Promise.all(["inner", "stubborn"].map(async (name) => (await readFile(`${folder}/${name}`, "utf8")).trim()));
  expect(pids.map(lives)).toEqual([true, true]);
  await invoke(entity, "stop");
  expect([entity.get(SERVICE_STATE), ...pids.map(lives)]).toEqual(["STOPPED", false, false]);
}, REAL_TIME);

test("stop removes the run folder, and with the last one that of the application; one that was given stays", async () => {
  const launch = { "launch.command": "sleep 300 >/dev/null 2>&1 & echo $! > $PID_FILE" };
  const { entities, invoke } = scene(launch, launch, { ...launch, "run.dir": `${folder}/given` });
  for (const entity of entities) await invoke(entity, "start");
  const folders = entities.map((entity) => String(entity.sensorValue("run.dir")?.value));
  const application = path.resolve(folders[0] ?? "", "../..");
  const remaining: boolean[][] = [];
  for (const entity of entities) {
    await invoke(entity, "stop");
    remaining.push([...folders, application].map((each) => existsSync(each)));
  }
  expect(remaining).toEqual([[false, true, true, true], [false, false, true, false], [false, false, true, false]]);
}, REAL_TIME);

test("restart launches anew where the stop command returned before the process had ended", async () => {
  const { entities, invoke } = scene({ "launch.command": "sh -c 'trap \"sleep 1; exit\" TERM; while :; do sleep 0.1; done' >/dev/null 2>&1 & echo $! > $PID_FILE", "stop.command": "kill $(cat $PID_FILE)" });
  const [entity] = entities;
  if (entity === undefined) throw new Error("There is one");
  await invoke(entity, "start");
  const pidFile = `${String(entity.sensorValue("run.dir")?.value)}/pid.txt`;
  const before = await readFile(pidFile, "utf8");
  await invoke(entity, "restart");
  const after = (await readFile(pidFile, "utf8")).trim();
  expect([after === before.trim(), lives(after), lives(before.trim()), entity.get(SERVICE_STATE)]).toEqual([false, true, false, "RUNNING"]);
  await invoke(entity, "stop");
}, REAL_TIME);
