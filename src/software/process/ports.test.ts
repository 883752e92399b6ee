import { expect, test } from "vitest";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import type { MachineLocation } from "../../provider/location.ts";
import { softwareProcess, vanillaSoftwareProcess } from "./software-process.ts";

const parameters = [{ name: "http.port", type: "port" }, { name: "admin.port", type: "port" }, { name: "debugport", type: "port" }, { name: "plain.port", type: "integer" }];

/** Entities that all start on one machine. */
function scene(rest: Partial<MachineLocation> = {}) {
  const machine = new ScriptedMachine();
  const location = new FakeLocation((parent) => machineLocation(machine, parent, rest));
  const { plane, clock } = fakeManagement({ entityTypes: [softwareProcess, vanillaSoftwareProcess], locations: { fake: location } });
  const make = (name: string, config: JsonObject) => plane.create(entitySpec(vanillaSoftwareProcess.name, { displayName: name, locations: [{ spec: "fake" }], config: { "checkRunning.command": "true", ...config }, parameters }));
  const invoke = (entity: ReturnType<typeof make>, name: string) => clock.until(plane.submit(entity, name, (work) => entity.invoke(name, {}, work)).result);
  return { machine, location, make, invoke };
}

const port = (entity: { sensorValue(name: string): { value: unknown } | undefined }, name = "http.port") => entity.sensorValue(name)?.value;

test("ports on a shared machine are the first that nothing listens on and no other entity has", async () => {
  const { machine, make, invoke } = scene();
  machine.busyPorts.add(8080);
  const [a, b] = [make("a", { "http.port": "8080+" }), make("b", { "http.port": "8080+" })];
  await Promise.all([invoke(a, "start"), invoke(b, "start")]);
  expect(new Set([port(a), port(b)])).toEqual(new Set([8081, 8082]));
});

test("a range without a free port fails the start, naming key, range and machine", async () => {
  const { machine, make, invoke } = scene();
  machine.busyPorts.add(8080);
  machine.busyPorts.add(8081);
  const entity = make("web", { "http.port": "8080-8081" });
  await expect(invoke(entity, "start")).rejects.toMatchObject({ code: "no-port", message: 'Cannot start "web" on "machine-1": no port of "8080-8081" is free for "http.port"', details: { range: "8080-8081" } });
  await invoke(entity, "stop");
});

test("a stop gives ports back to others", async () => {
  const { make, invoke } = scene();
  const [a, b] = [make("a", { "http.port": 8080 }), make("b", { "http.port": 8080 })];
  await invoke(a, "start");
  await expect(invoke(b, "start")).rejects.toMatchObject({ code: "no-port" });
  await invoke(a, "stop");
  await invoke(b, "start");
  expect(port(b)).toBe(8080);
});

test("where ports are mapped the first choice is asked for before the machine and taken, two keys never the same", async () => {
  const { machine, location, make, invoke } = scene({ mappedPort: (each) => ({ host: "192.0.2.1", port: each + 40_000 }) });
  machine.busyPorts.add(8080);
  const entity = make("web", { "http.port": "8080+", "admin.port": "8080+" });
  await invoke(entity, "start");
  expect(location.requests[0]!.inboundPorts).toEqual([8080, 8081]);
  expect([port(entity), port(entity, "admin.port")]).toEqual([8080, 8081]);
});

test("inbound are the ports whose keys match inboundPorts.configRegex, declared or not", async () => {
  const named = scene();
  await named.invoke(named.make("a", { "http.port": "8080+", debugport: "9000+", "plain.port": 7000, "undeclared.port": "7001", "other.number": 5 }), "start");
  expect(named.location.requests[0]!.inboundPorts).toEqual([8080, 7000, 7001]);
  const chosen = scene();
  await chosen.invoke(chosen.make("a", { "http.port": "8080+", debugport: "9000+", "inboundPorts.configRegex": "debug.*" }), "start");
  expect(chosen.location.requests[0]!.inboundPorts).toEqual([9000]);
  const none = scene();
  await none.invoke(none.make("a", { "http.port": "8080+", "inboundPorts.autoInfer": false }), "start");
  expect(none.location.requests[0]!.inboundPorts).toEqual([]);
});

test("a restart on the same machine keeps the ports", async () => {
  const { machine, make, invoke } = scene();
  const entity = make("web", { "http.port": "8080+" });
  await invoke(entity, "start");
  machine.busyPorts.add(8080);
  await invoke(entity, "restart");
  expect(port(entity)).toBe(8080);
});
