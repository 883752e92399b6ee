import { expect, test } from "vitest";
import { blueprintPlane } from "../../test/support/blueprint-plane.ts";
import { FakeLocation, machineLocation } from "../../test/support/fake-location.ts";
import { ScriptedMachine } from "../../test/support/scripted-machine.ts";
import type { Entity } from "../model/entity.ts";
import { sensor } from "../model/sensor.ts";
import { types } from "../model/types/index.ts";

const PORT = sensor("http.port", types.integer, "");
const URI = sensor("main.uri", types.uri, "");
const OTHER = sensor("name", types.string, "");

function scene(enrichers: string, mappedPort: (port: number) => { host: string; port: number } | undefined = () => undefined, isBehindMapping = false) {
  const { deploy } = blueprintPlane();
  const [entity] = deploy(`services: [{type: basic-entity, brooklyn.enrichers: [${enrichers}]}]`).children as [Entity];
  const machine = machineLocation(new ScriptedMachine(), new FakeLocation(), { mappedPort, isBehindMapping });
  return { entity, machine, value: (name: string) => entity.sensorValue(name)?.value };
}

test("ports and URLs of a machine are published as the public and the subnet reach them, and follow the machine", () => {
  const { entity, machine, value } = scene("{type: org.apache.brooklyn.core.network.OnPublicNetworkEnricher}, {type: org.apache.brooklyn.core.network.OnSubnetNetworkEnricher}");
  entity.set(PORT, 8080);
  expect(value("http.endpoint.mapped.public")).toBeUndefined();
  entity.addLocation(machine);
  entity.set(URI, "http://u:p@10.0.0.1:8080/a?b#c");
  entity.set(OTHER, "x");
  expect([value("http.endpoint.mapped.public"), value("http.endpoint.mapped.subnet"), value("main.uri.mapped.public"), value("main.uri.mapped.subnet")]).toEqual(["192.0.2.7:8080", "172.17.0.9:8080", "http://u:p@192.0.2.7:8080/a?b#c", "http://u:p@172.17.0.9:8080/a?b#c"]);
  entity.removeLocation(machine);
  expect(value("http.endpoint.mapped.public")).toBeUndefined();
});

test("a container's ports are published where they are mapped, and only there", () => {
  const { entity, machine, value } = scene("{type: org.apache.brooklyn.core.network.OnPublicNetworkEnricher, brooklyn.config: {sensors: [http.port]}}", (port) => (port === 8080 ? { host: "198.51.100.1", port: 49_153 } : undefined), true);
  entity.addLocation(machine);
  entity.set(PORT, 8080);
  entity.set(URI, "http://10.0.0.1:8080/");
  expect([value("http.endpoint.mapped.public"), value("main.uri.mapped.public")]).toEqual(["198.51.100.1:49153", undefined]);
  entity.set(PORT, 9090);
  expect(value("http.endpoint.mapped.public")).toBeUndefined();
});
