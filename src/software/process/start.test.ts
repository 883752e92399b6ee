import { expect, test } from "vitest";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import type { Entity } from "../../model/entity.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import type { Task } from "../../model/task.ts";
import type { ProvisioningLocation } from "../../provider/location.ts";
import { HOST_ADDRESS, SERVICE_PROBLEMS, SERVICE_STATE, SERVICE_UP } from "../stock/attributes.ts";
import { emptySoftwareProcess, softwareProcess, vanillaSoftwareProcess } from "./software-process.ts";

const VANILLA = vanillaSoftwareProcess.name;

function scene(config: JsonObject, options: { machines?: ScriptedMachine[]; mapped?: boolean; type?: string } = {}) {
  const machines = options.machines ?? [new ScriptedMachine()];
  const mappedPort = (port: number) => ({ host: "192.0.2.1", port: port + 40_000 });
  const location = new FakeLocation(...machines.map((machine) => (parent: ProvisioningLocation) => machineLocation(machine, parent, options.mapped ? { mappedPort } : {})));
  const { plane, clock } = fakeManagement({ entityTypes: [softwareProcess, vanillaSoftwareProcess, emptySoftwareProcess], locations: { fake: location } });
  const app = plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication", { locations: [{ spec: "fake" }] }));
  const entity = plane.create(entitySpec(options.type ?? VANILLA, { displayName: "web", config, parameters: [{ name: "http.port", type: "port" }] }), app);
  const invoke = (name: string, parameters = {}, target: Entity = entity) => {
    const { task, result } = plane.submit(target, name, (work) => target.invoke(name, parameters, work));
    return { task, result: clock.until(result), raw: result };
  };
  return { plane, clock, app, entity, location, machine: machines[0]!, machines, invoke };
}

function names(task: Task): string[] {
  return task.children.flatMap((child) => [child.name, ...names(child)]);
}

const commands = {
  "pre.install.command": "pre-install",
  "install.command": "do-install",
  "post.install.command": "post-install",
  "pre.customize.command": "pre-customize",
  "customize.command": "do-customize",
  "post.customize.command": "post-customize",
  "pre.launch.command": "pre-launch",
  "launch.command": "do-launch",
  "post.launch.command": "post-launch",
  "checkRunning.command": "check",
} as const;

test("start runs the phases in Brooklyn's order and publishes where the entity is", async () => {
  const { entity, machine, invoke } = scene(commands);
  const { task, result } = invoke("start");
  await result;
  expect(machine.scripts).toEqual([...Object.values(commands)]);
  expect(entity.get(SERVICE_STATE)).toBe("RUNNING");
  expect(entity.get(SERVICE_UP)).toBe(true);
  expect(entity.get(HOST_ADDRESS)).toBe("192.0.2.7");
  expect(entity.sensorValue("run.dir")?.value).toBe(`/r/VanillaSoftwareProcess_${entity.id}`);
  expect(names(task)).toEqual([
    "start",
    "provisioning (fake)",
    "pre-start",
    "start (processes)",
    "install",
    "pre-install-command",
    "install (main)",
    "post-install-command",
    "customize",
    "pre-customize-command",
    "customize (main)",
    "post-customize-command",
    "launch",
    "pre-launch-command",
    "launch (main)",
    "post-launch-command",
    "post-launch",
    "post-start",
  ]);
});

test("start gives commands their environment and folder, and shows them on the task", async () => {
  const { entity, machine, invoke } = scene({ ...commands, version: "1.2", env: { GREETING: "hello", COUNT: 3, ITEMS: ["a"], DB_PASSWORD: "geheim" } });
  const { task, result } = invoke("start");
  await result;
  const { options } = machine.ran.find(({ text }) => text === "do-launch")!;
  expect(options.cwd).toBe(`/r/VanillaSoftwareProcess_${entity.id}`);
  expect(options.env).toMatchObject({ GREETING: "hello", COUNT: "3", ITEMS: '["a"]', DB_PASSWORD: "geheim", VERSION: "1.2", RUN_DIR: options.cwd, PID_FILE: `${options.cwd}/pid.txt` });
  expect(machine.ran.find(({ text }) => text === "do-install")!.options.cwd).toMatch(/^\/i\/VanillaSoftwareProcess_1\.2_[0-9a-f]{8}$/);
  const launch = [...walk(task)].find(({ name }) => name === "launch (main)")!;
  expect(launch.stream("stdin").text).toBe("do-launch\n");
  expect(launch.stream("env").text).toContain("GREETING=hello");
  expect(launch.stream("env").text).toContain("DB_PASSWORD=<suppressed>");
  expect(launch.stream("env").text).not.toContain("geheim");
});

test("a failing script fails the start with its exit code and last lines, puts the entity on fire and leaves the machine", async () => {
  const { entity, machine, location, invoke } = scene(commands);
  machine.on("do-install", { exitCode: 3, stdout: "Reading lists\n", stderr: "E: No such package\n" });
  const { result } = invoke("start");
  await expect(result).rejects.toMatchObject({ code: "command-failed", details: { exitCode: 3, phase: "install", machine: "machine-1" } });
  await expect(result).rejects.toThrow(/Cannot install "web" on "machine-1": the script exited with 3, .*E: No such package/s);
  expect(entity.get(SERVICE_STATE)).toBe("ON_FIRE");
  expect(JSON.stringify(entity.get(SERVICE_PROBLEMS))).toContain("No such package");
  expect(location.released).toEqual([]);
  expect(entity.locations).toHaveLength(1);
});

test("stop after a failed start releases the machine and clears what told of it", async () => {
  const { entity, machine, location, invoke } = scene({ ...commands, "http.port": "8080+" });
  machine.on("do-launch", { exitCode: 1 });
  await expect(invoke("start").result).rejects.toThrow("exited with 1");
  await invoke("stop").result;
  await invoke("stop").result;
  expect(location.released).toEqual(["machine-1"]);
  expect(entity.get(SERVICE_STATE)).toBe("STOPPED");
  expect(entity.get(SERVICE_PROBLEMS)).toEqual({});
  expect(entity.locations).toEqual([]);
  expect(entity.sensorValue("http.port")).toBeUndefined();
  expect(entity.get(HOST_ADDRESS)).toBeUndefined();
});

test("a failure of obtain leaves nothing behind", async () => {
  const { entity, location, invoke } = scene(commands);
  location.beforeObtain = () => Promise.reject(new Error("The cloud is full"));
  await expect(invoke("start").result).rejects.toThrow("The cloud is full");
  expect(entity.locations).toEqual([]);
  expect(entity.sensorValue("softwareservice.provisioningLocation")).toBeUndefined();
  expect(entity.get(SERVICE_STATE)).toBe("ON_FIRE");
});

test("start without a location says what to do", async () => {
  const { plane, clock } = fakeManagement({ entityTypes: [vanillaSoftwareProcess] });
  const entity = plane.create(entitySpec(VANILLA, { displayName: "web" }));
  const { result } = plane.submit(entity, "start", (work) => entity.invoke("start", {}, work));
  await expect(clock.until(result)).rejects.toMatchObject({ code: "no-machine", remedy: expect.stringContaining("location") });
});

test("start uses a machine that is given, and stop does not release it", async () => {
  const { entity, plane, clock, location, machine, invoke } = scene(commands);
  entity.addLocation(machineLocation(machine, location));
  await invoke("start").result;
  expect(location.requests).toEqual([]);
  const { result } = plane.submit(entity, "stop", (work) => entity.invoke("stop", {}, work));
  await clock.until(result);
  expect(location.released).toEqual([]);
  expect(entity.locations).toEqual([]);
});

test("start fails when the service is not up within start.timeout, and says why it is not", async () => {
  const { machine, clock, invoke } = scene({ ...commands, "start.timeout": "30s" });
  machine.on("check", { exitCode: 75, stdout: "no answer on port 8080\n" });
  const begin = clock.now();
  const { result } = invoke("start");
  await expect(result).rejects.toThrow(/it is not up 30s after its launch: no answer on port 8080/);
  expect(clock.now() - begin).toBeGreaterThanOrEqual(30_000);
  expect(clock.now() - begin).toBeLessThan(40_000);
});

test("start does not wait out its time-out for a process that has ended", async () => {
  const { machine, clock, invoke } = scene({ ...commands, "start.timeout": "10m" });
  let checks = 0;
  machine.on("check", () => (++checks === 1 ? { exitCode: 75, stdout: "not yet" } : { exitCode: 1, stdout: "process 7 has ended" }));
  const begin = clock.now();
  await expect(invoke("start").result).rejects.toThrow(/its process has ended: process 7 has ended/);
  expect(clock.now() - begin).toBeLessThan(10_000);
});

test("start gives a process that was never seen running a while, then asks whether it has ended", async () => {
  const { machine, clock, invoke } = scene({ ...commands, "start.timeout": "10m" });
  machine.on("check", { exitCode: 1, stdout: "there is no process" });
  machine.isProcessGone = true;
  const begin = clock.now();
  await expect(invoke("start").result).rejects.toThrow(/its process has ended: there is no process/);
  expect(clock.now() - begin).toBeGreaterThanOrEqual(5_000);
  expect(clock.now() - begin).toBeLessThan(10_000);
});

test("start does not wait out its time-out for a process that nothing launches or checks", async () => {
  const { machine, clock, invoke } = scene({ "start.timeout": "10m" });
  machine.on("PID_FILE", { exitCode: 1, stdout: "there is no file" });
  const begin = clock.now();
  await expect(invoke("start").result).rejects.toThrow(/it has no launch\.command, and no checkRunning\.command that says otherwise: there is no file/);
  expect(clock.now() - begin).toBeLessThan(10_000);
});

test("skip.install leaves out the installation, skip.start everything", async () => {
  const installed = scene({ ...commands, skipInstall: true });
  await installed.invoke("start").result;
  expect(installed.machine.scripts).toEqual(["pre-customize", "do-customize", "post-customize", "pre-launch", "do-launch", "post-launch", "check"]);
  const started = scene({ ...commands, "entity.started": true });
  await started.invoke("start").result;
  expect(started.machine.scripts).toEqual(["check"]);
});

test("an installation is made once a machine", async () => {
  const { machine, invoke } = scene(commands);
  await invoke("start").result;
  await invoke("restart").result;
  expect(machine.scripts.filter((script) => script === "do-install")).toHaveLength(1);
});

test("a latch holds its phase up until it opens, and the task says so", async () => {
  const { entity, machine, clock, invoke } = scene({ ...commands, "launch.latch": '$brooklyn:attributeWhenReady("ready")' });
  const { task, raw } = invoke("start");
  await clock.advance(1_000);
  expect(machine.scripts).not.toContain("do-launch");
  expect([...walk(task)].map(({ waitingFor }) => waitingFor)).toContain('latch.launch of "web"');
  entity.set({ name: "ready", type: entity.sensor("service.isUp")!.type, description: "", transient: false }, true);
  await clock.until(raw);
  expect(machine.scripts).toContain("do-launch");
});

test("stop ends a start that is under way, then releases", async () => {
  const { entity, machine, clock, location, invoke } = scene({ ...commands, "latch.launch": '$brooklyn:attributeWhenReady("never")' });
  const start = invoke("start");
  start.result.catch(() => {});
  await clock.advance(1_000);
  await invoke("stop").result;
  await expect(start.result).rejects.toThrow("it is to be stopped");
  expect(machine.scripts).not.toContain("do-launch");
  expect(location.released).toEqual(["machine-1"]);
  expect(entity.get(SERVICE_STATE)).toBe("STOPPED");
});

test("cancelling the task of a start ends it, and the machine stays for people to look at", async () => {
  const { entity, clock, location, invoke } = scene({ ...commands, "latch.launch": '$brooklyn:attributeWhenReady("never")' });
  const start = invoke("start");
  start.result.catch(() => {});
  await clock.advance(1_000);
  start.task.cancel(new Error("Cancelled by a user"));
  await expect(start.result).rejects.toThrow("Cancelled by a user");
  expect(entity.get(SERVICE_STATE)).toBe("ON_FIRE");
  expect(location.released).toEqual([]);
  await invoke("stop").result;
  expect(location.released).toEqual(["machine-1"]);
});

test("an empty software process obtains a machine and is up", async () => {
  const { entity, machine, invoke } = scene({}, { type: emptySoftwareProcess.name });
  await invoke("start").result;
  expect(machine.scripts).toEqual([]);
  expect(entity.get(SERVICE_STATE)).toBe("RUNNING");
  expect(entity.get(SERVICE_UP)).toBe(true);
});

function* walk(task: Task): Generator<Task> {
  yield task;
  for (const child of task.children) yield* walk(child);
}
