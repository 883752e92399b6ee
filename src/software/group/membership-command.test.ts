import { expect, test } from "vitest";
import { blueprintPlane } from "../../../test/support/blueprint-plane.ts";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";

test("a membership command runs on the entity's machine as members come, change and go", async () => {
  const machine = new ScriptedMachine();
  const { deploy, invoke, clock, plane } = blueprintPlane({ locations: { fake: new FakeLocation((parent) => machineLocation(machine, parent)) } });
  const app = deploy(`
location: fake
services:
- { type: group, id: pool, name: pool }
- { type: basic-entity, name: a }
- type: server
  brooklyn.policies:
  - type: org.apache.brooklyn.policy.SshCommandMembershipTrackingPolicy
    brooklyn.config: { group: $brooklyn:component("pool"), update.command: update-all, sensorsToTrack: [load], shell.env: { MODE: all } }
`);
  const [pool, a, server] = app.children as [Entity, Entity, Entity];
  await invoke(app, "start");
  await clock.advance(0);
  pool.addMember(a);
  await clock.advance(0);
  a.set(sensor("load", types.integer, ""), 1);
  await clock.advance(0);
  pool.removeMember(a);
  await clock.advance(0);
  const ran = machine.ran.filter(({ text }) => text === "update-all").map(({ options }) => options.env);
  expect(ran.map((env) => env?.["EVENT_TYPE"])).toEqual(["ENTITY_ADDED", "ENTITY_CHANGE", "ENTITY_REMOVED"]);
  expect(ran[0]).toMatchObject({ MEMBER_ID: a.id, MEMBER_NAME: "a", MODE: "all" });
  machine.on("update-all", { exitCode: 2, stderr: "no way" });
  pool.addMember(a);
  await clock.advance(0);
  expect(server.adjuncts[0]?.highlights.get("lastError")?.description).toContain("no way");
  expect(plane.tasks.tasksOf(server.id).some(({ state }) => state === "failed")).toBe(true);
});
