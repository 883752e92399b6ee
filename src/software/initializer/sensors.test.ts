import { expect, test } from "vitest";
import { blueprintPlane } from "../../../test/support/blueprint-plane.ts";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import type { ProvisioningLocation } from "../../provider/location.ts";

const initialized = (initializers: string) => `services: [{type: basic-entity, name: it, brooklyn.config: {size: 3}, brooklyn.initializers: [${initializers}]}]`;

test("a function sensor has what its expression gives, worked out anew each period; Java is refused", async () => {
  const { deploy, clock } = blueprintPlane();
  const app = deploy(initialized(`
    {type: org.apache.brooklyn.core.sensor.function.FunctionSensor, brooklyn.config: {name: twice, targetType: string, period: 10s, function: '$brooklyn:formatString("%s-%s", $brooklyn:config("size"), $brooklyn:attributeWhenReady("load"))'}},
    {type: function-sensor, brooklyn.config: {name: fixed, targetType: integer, function: {$brooklyn:object: {type: com.google.common.base.Suppliers, factoryMethod.name: ofInstance, factoryMethod.args: [7]}}}}`));
  const [entity] = app.children as [Entity];
  entity.set(sensor("load", types.integer, ""), 1);
  await clock.advance(1_000);
  expect([entity.sensorValue("twice")?.value, entity.sensorValue("fixed")?.value]).toEqual(["3-1", 7]);
  entity.set(sensor("load", types.integer, ""), 2);
  await clock.advance(11_000);
  expect(entity.sensorValue("twice")?.value).toBe("3-2");
  const make = (value: string) => () => deploy(initialized(`{type: function-sensor, brooklyn.config: {name: x${value}}}`));
  expect(make("")).toThrow("needs a function");
  expect(make(", function: {$brooklyn:object: {type: com.acme.LoadFunction}}")).toThrow('is Java code ("com.acme.LoadFunction"), which is not run');
  expect(make(", function: com.acme.LoadFunction")).toThrow("is text");
});

test("a duration-since sensor counts from the making of its entity", async () => {
  const { deploy, clock } = blueprintPlane();
  const [entity] = deploy(initialized("{type: org.apache.brooklyn.core.sensor.DurationSinceSensor, brooklyn.config: {name: age, period: 10s}}")).children as [Entity];
  await clock.advance(25_000);
  expect(entity.sensorValue("age")?.value).toBe(20_000);
  expect(entity.sensorValue("age.epoch")?.value).toBe(entity.createdAt);
  expect(() => deploy(initialized("{type: duration-since-sensor, brooklyn.config: {name: age, duration.since.epochSupplier: x}}"))).toThrow("is Java code");
});

test("tags and deployment metadata are on the entity", () => {
  const { deploy } = blueprintPlane();
  const [entity] = deploy(initialized("{type: add-tags-initializer, brooklyn.config: {tags: [a, {team: b}, a]}}, {type: org.apache.brooklyn.core.entity.AddDeploySensorsInitializer}")).children as [Entity];
  expect(entity.tags).toEqual(["a", { team: "b" }]);
  expect(entity.sensorValue("deployment.metadata")?.value).toEqual({ deploy_time: entity.createdAt });
});

test("a max-concurrency sensor as a latch lets only so many through at a time", async () => {
  let within = 0;
  let most = 0;
  const machines = ["a", "b", "c", "d"].map((name) => new ScriptedMachine(name));
  const location = new FakeLocation(...machines.map((machine) => (parent: ProvisioningLocation) => machineLocation(machine, parent)));
  const { deploy, invoke, clock } = blueprintPlane({ locations: { fake: location } });
  for (const machine of machines) {
    machine.on("go", async () => {
      most = Math.max(most, ++within);
      await clock.sleep(5_000);
      within--;
      return {};
    });
  }
  const service = (name: string) => `{type: vanilla, name: ${name}, launch.command: go, checkRunning.command: "true", launch.latch: $brooklyn:parent().attributeWhenReady("two.at.a.time")}`;
  const app = deploy(`
location: fake
brooklyn.initializers:
- type: org.apache.brooklyn.core.sensor.MaxConcurrencySensor
  brooklyn.config: { name: two.at.a.time, latch.concurrency.max: 2 }
services: [${["a", "b", "c", "d"].map(service).join(", ")}]
`);
  await invoke(app, "start");
  expect(most).toBe(2);
  expect(within).toBe(0);
  await invoke(app, "restart");
  expect(most).toBe(2);
  expect(() => deploy(initialized("{type: max-concurrency-sensor, brooklyn.config: {name: x, latch.concurrency.max: 0}}"))).toThrow("must be at least 1");
});

test("machine metrics are those of the entity's machine", async () => {
  const machine = new ScriptedMachine();
  let busy = 100;
  machine.on("/proc/loadavg", () => ({ stdout: `1000.00 3000.00\n0.25 0.20 0.10 1/100 1234\ncpu  ${(busy += 50)} 0 0 ${1_000 + busy} 0 0 0 0 0 0\nMemTotal: 8000 kB\nMemFree: 1000 kB\nMemAvailable: 6000 kB\n` }));
  const { deploy, invoke, clock } = blueprintPlane({ locations: { fake: new FakeLocation((parent) => machineLocation(machine, parent)) } });
  const app = deploy("{location: fake, services: [{type: server, brooklyn.initializers: [{type: org.apache.brooklyn.entity.machine.AddMachineMetrics, brooklyn.config: {period: 10s}}]}]}");
  const [entity] = app.children as [Entity];
  await invoke(app, "start");
  await clock.advance(25_000);
  expect(Object.fromEntries([...entity.sensorValues()].filter(([name]) => name.startsWith("machine.")).map(([name, { value }]) => [name, value]))).toEqual({
    "machine.uptime": 1_000_000, "machine.loadAverage": 0.25, "machine.cpu": 0.5, "machine.memory.total": 8_000, "machine.memory.free": 6_000, "machine.memory.used": 2_000,
  });
});
