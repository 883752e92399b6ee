import { expect, test } from "vitest";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import type { Entity } from "../../model/entity.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import type { ProvisioningLocation } from "../../provider/location.ts";
import { HOST_ADDRESS, SERVICE_STATE } from "../stock/attributes.ts";
import { softwareEntityTypes } from "./index.ts";
import { sameServerEntity } from "./same-server.ts";
import { vanillaSoftwareProcess } from "./software-process.ts";

function scene() {
  const machine = new ScriptedMachine();
  const location = new FakeLocation((parent: ProvisioningLocation) => machineLocation(machine, parent));
  const { plane, clock } = fakeManagement({ entityTypes: softwareEntityTypes, locations: { fake: location } });
  const process = (displayName: string, config: JsonObject) => entitySpec(vanillaSoftwareProcess.name, { displayName, config: { "checkRunning.command": "true", "launch.command": `launch ${displayName}`, ...config }, parameters: [{ name: "http.port", type: "port" }] });
  const server = entitySpec(sameServerEntity.name, { displayName: "server", locations: [{ spec: "fake" }], children: [process("one", { "http.port": "8080+" }), process("two", { "http.port": "8080+" })] });
  const app = plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication", { children: [server] }));
  const invoke = (entity: Entity, name: string) => clock.until(plane.submit(entity, name, (work) => entity.invoke(name, {}, work)).result);
  return { plane, app, server: app.children[0] ?? app, location, machine, invoke };
}

test("children of a SameServerEntity run on its one machine, which is given back when it stops", async () => {
  const { app, server, location, machine, invoke } = scene();
  await invoke(app, "start");
  expect([location.requests.length, location.requests[0]?.entity, location.requests[0]?.inboundPorts]).toEqual([1, server, [8080, 8081]]);
  expect([server, ...server.children].map((each) => [each.get(SERVICE_STATE), each.get(HOST_ADDRESS)])).toEqual(Array.from({ length: 3 }, () => ["RUNNING", "192.0.2.7"]));
  expect(server.children.map((each) => each.sensorValue("http.port")?.value)).toEqual([8080, 8081]);
  expect(machine.scripts.filter((script) => script.startsWith("launch")).toSorted()).toEqual(["launch one", "launch two"]);
  await invoke(app.children[0] ?? app, "restart");
  expect([location.requests.length, location.released, server.get(SERVICE_STATE)]).toEqual([1, [], "RUNNING"]);
  await invoke(server, "stop");
  expect([location.released, server.get(SERVICE_STATE), server.locations, server.get(HOST_ADDRESS)]).toEqual([["machine-1"], "STOPPED", [], undefined]);
});

test("types for Windows are refused with what to use instead", () => {
  const { plane } = scene();
  for (const name of ["org.apache.brooklyn.entity.software.base.VanillaWindowsProcess", "org.apache.brooklyn.entity.software.base.EmptyWindowsProcess"]) {
    expect(() => plane.create(entitySpec(name))).toThrow(/Clocker manages Linux machines/);
  }
});
