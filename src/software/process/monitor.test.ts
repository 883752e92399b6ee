import { expect, test } from "vitest";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import { entitySpec } from "../../model/spec.ts";
import { SERVICE_NOT_UP_INDICATORS, SERVICE_PROBLEMS, SERVICE_PROCESS_IS_RUNNING, SERVICE_STATE } from "../stock/attributes.ts";
import { setExpected } from "../stock/service-state.ts";
import { softwareProcess, vanillaSoftwareProcess } from "./software-process.ts";

function scene() {
  const machine = new ScriptedMachine();
  const location = new FakeLocation((parent) => machineLocation(machine, parent));
  const { plane, clock } = fakeManagement({ entityTypes: [softwareProcess, vanillaSoftwareProcess], locations: { fake: location } });
  const entity = plane.create(entitySpec(vanillaSoftwareProcess.name, { displayName: "web", locations: [{ spec: "fake" }], config: { "launch.command": "go", "checkRunning.command": "check" } }));
  const invoke = (name: string) => clock.until(plane.submit(entity, name, (work) => entity.invoke(name, {}, work)).result);
  /** The entity as it is after a restart of the server: all that listened is gone. */
  const reconnect = async () => {
    entity.stopFeeds();
    for (const hooks of entity.type.hooks) await plane.submit(entity, "reconnect", async (work) => hooks.reconnect?.(entity, work)).result;
  };
  return { machine, location, plane, clock, entity, invoke, reconnect };
}

test("a process that dies puts the entity on fire with the reason, and it recovers when the process is back", async () => {
  const { machine, clock, entity, invoke } = scene();
  await invoke("start");
  machine.on("check", { exitCode: 1, stdout: "process 42 has ended\n" });
  await clock.advance(10_000);
  expect(entity.get(SERVICE_STATE)).toBe("ON_FIRE");
  expect(entity.get(SERVICE_NOT_UP_INDICATORS)).toEqual({ "service.process.isRunning": "The process does not run: process 42 has ended" });
  machine.answers.clear();
  await clock.advance(10_000);
  expect(entity.get(SERVICE_STATE)).toBe("RUNNING");
  expect(entity.get(SERVICE_PROCESS_IS_RUNNING)).toBe(true);
});

test("a machine that cannot be reached puts the entity on fire, and the polls slow down", async () => {
  const { machine, clock, entity, invoke } = scene();
  await invoke("start");
  machine.isReachable = false;
  await clock.advance(10_000);
  expect(entity.get(SERVICE_STATE)).toBe("ON_FIRE");
  expect(JSON.stringify(entity.get(SERVICE_NOT_UP_INDICATORS))).toContain('Cannot reach \\"machine-1\\"');
});

test("a stopped entity is not polled", async () => {
  const { machine, clock, invoke } = scene();
  await invoke("start");
  await invoke("stop");
  const before = machine.ran.length;
  await clock.advance(60_000);
  expect(machine.ran.length).toBe(before);
});

test("reconnect watches a running entity again", async () => {
  const { machine, clock, entity, invoke, reconnect } = scene();
  await invoke("start");
  await reconnect();
  machine.on("check", { exitCode: 1, stdout: "gone" });
  await clock.advance(20_000);
  expect(entity.get(SERVICE_STATE)).toBe("ON_FIRE");
});

test("reconnect says of a start or stop that was cut off what to do", async () => {
  const { entity, clock, invoke, reconnect, location } = scene();
  await invoke("start");
  for (const [expected, text] of [["STARTING", "Start was interrupted by a restart of the management server. Restart or delete the entity"], ["STOPPING", "Stop was interrupted by a restart of the management server. Stop it again or delete it"]] as const) {
    setExpected(entity, expected);
    await reconnect();
    expect(entity.get(SERVICE_STATE)).toBe("ON_FIRE");
    expect(Object.values(entity.get(SERVICE_PROBLEMS) ?? {})).toContain(text);
  }
  await clock.advance(1_000);
  await invoke("stop");
  expect(location.released).toEqual(["machine-1"]);
  expect(entity.get(SERVICE_STATE)).toBe("STOPPED");
});

test("reconnect says of a running entity whose machine is gone", async () => {
  const { entity, invoke, reconnect } = scene();
  await invoke("start");
  entity.removeLocation(entity.locations[0]!);
  await reconnect();
  expect(entity.get(SERVICE_STATE)).toBe("ON_FIRE");
  expect(JSON.stringify(entity.get(SERVICE_NOT_UP_INDICATORS))).toContain("Its machine is gone");
});

test("restart keeps the machine, or takes a new one when it cannot be reached", async () => {
  const { machine, entity, invoke, location } = scene();
  await invoke("start");
  await invoke("restart");
  expect(location.released).toEqual([]);
  expect(location.requests).toHaveLength(1);
  machine.isReachable = false;
  location.beforeObtain = async () => {
    machine.isReachable = true;
  };
  await invoke("restart");
  expect(location.released).toEqual(["machine-1"]);
  expect(location.requests).toHaveLength(2);
  expect(entity.get(SERVICE_STATE)).toBe("RUNNING");
});

test("populateServiceNotUpDiagnostics tells what is wrong", async () => {
  const { machine, entity, invoke } = scene();
  await invoke("start");
  await invoke("populateServiceNotUpDiagnostics");
  expect(entity.sensorValue("service.notUp.diagnostics")?.value).toEqual({});
  machine.on("check", { exitCode: 1, stdout: "process 42 has ended" });
  await invoke("start").catch(() => {});
  await invoke("populateServiceNotUpDiagnostics");
  expect(entity.sensorValue("service.notUp.diagnostics")?.value).toEqual({ "service.process.isRunning": "process 42 has ended" });
});
