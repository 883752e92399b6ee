import { expect, test } from "vitest";
import { blueprintPlane } from "../../../test/support/blueprint-plane.ts";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";

const scene = (launch: "fails" | "runs") => {
  const machine = new ScriptedMachine();
  const world = blueprintPlane({ locations: { fake: new FakeLocation((parent) => machineLocation(machine, parent)) } });
  machine.on("go", async () => {
    await world.clock.sleep(60_000);
    return launch === "fails" ? { exitCode: 1, stderr: "no" } : {};
  });
  const app = world.deploy('{services: [{type: org.apache.brooklyn.entity.stock.AsyncApplication, location: fake, brooklyn.children: [{type: vanilla, launch.command: go, checkRunning.command: "true"}]}]}');
  return { ...world, app, state: () => app.sensorValue("service.state")?.value };
};

test("start of an async application returns at once; it is starting until its children have started", async () => {
  const { app, plane, clock, state } = scene("runs");
  await plane.submit(app, "start", (work) => app.invoke("start", {}, work)).result;
  expect(state()).toBe("STARTING");
  await clock.advance(120_000);
  expect(state()).toBe("RUNNING");
});

test("a child that does not start puts an async application on fire", async () => {
  const { app, plane, clock, state } = scene("fails");
  await plane.submit(app, "start", (work) => app.invoke("start", {}, work)).result;
  await clock.advance(120_000);
  expect(state()).toBe("ON_FIRE");
});
