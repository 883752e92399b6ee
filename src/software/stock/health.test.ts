import { beforeEach, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { serviceState } from "../../model/lifecycle.ts";
import { entitySpec } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { basicApplication, basicEntity, basicStartable, starting, stopping } from "./application.ts";
import { SERVICE_NOT_UP_INDICATORS, SERVICE_PROBLEMS, SERVICE_STATE, SERVICE_STATE_EXPECTED, SERVICE_UP } from "./attributes.ts";
import { setExpected, setNotUp, setProblem } from "./service-state.ts";

let server: SimulatedServer;
let app: Entity;
let children: Entity[];

beforeEach(async () => {
  server = await new World().open();
  app = await server.start(entitySpec(basicApplication.name, { displayName: "App", children: [entitySpec(basicStartable.name, { displayName: "A" }), entitySpec(basicStartable.name, { displayName: "B" }), entitySpec(basicEntity.name)] }));
  children = app.children;
});

const health = (entity: Entity) => [entity.get(SERVICE_STATE), entity.get(SERVICE_UP)];
const child = (index: number): Entity => children[index] ?? app;

test.each([
  [undefined, {}, {}, "CREATED", false],
  ["STARTING", {}, {}, "STARTING", true],
  ["STARTING", {}, { a: "not yet" }, "STARTING", false],
  ["RUNNING", {}, {}, "RUNNING", true],
  ["RUNNING", { a: "broken" }, {}, "ON_FIRE", true],
  ["RUNNING", {}, { a: "down" }, "ON_FIRE", false],
  ["STOPPING", { a: "broken" }, {}, "STOPPING", false],
  ["STOPPED", {}, { a: "down" }, "STOPPED", false],
] as const)("serviceState of %s with problems %o and not-up indicators %o is %s, up: %s", (state, problems, notUpIndicators, expected, isUp) => {
  expect(serviceState({ expected: state === undefined ? undefined : { state, at: 0 }, problems, notUpIndicators })).toEqual({ state: expected, isUp });
});

test("An application is as healthy as its children, and says which of them is not", () => {
  expect(health(app)).toEqual(["RUNNING", true]);
  setNotUp(child(0), "test", "It is down");
  expect([health(child(0)), health(app)]).toEqual([["ON_FIRE", false], ["ON_FIRE", false]]);
  expect(app.get(SERVICE_NOT_UP_INDICATORS)).toEqual({ "service-lifecycle-indicators-from-children": '1 of 2 children not up: "A"' });
  setNotUp(child(0), "test", undefined);
  expect([health(app), app.get(SERVICE_NOT_UP_INDICATORS), app.get(SERVICE_PROBLEMS)]).toEqual([["RUNNING", true], {}, {}]);
});

test("A child that comes counts, and one that goes does not any more", () => {
  const more = server.plane.create(entitySpec(basicStartable.name, { displayName: "C" }), app);
  expect(health(app)).toEqual(["ON_FIRE", false]);
  server.plane.unmanage(more);
  expect(health(app)).toEqual(["RUNNING", true]);
});

test("starting that fails never shows the entity as running", async () => {
  const entity = child(0);
  const seen: unknown[] = [];
  setExpected(entity, "STOPPED");
  server.plane.events.subscribeSensor(entity.id, SERVICE_STATE.name, ({ value }) => seen.push(value));
  await expect(starting(entity, () => Promise.reject(new ClockerError("command-failed", "It broke", { remedy: "Mend it" })))).rejects.toThrow("It broke");
  expect([seen, entity.get(SERVICE_PROBLEMS)]).toEqual([["STARTING", "ON_FIRE"], { start: "It broke. Mend it" }]);
});

test("A later success clears what an earlier start or stop failed with", async () => {
  const entity = child(0);
  const broken = () => Promise.reject(new Error("It broke"));
  await expect(stopping(entity, broken)).rejects.toThrow("It broke");
  expect(health(entity)[0]).toBe("ON_FIRE");
  await starting(entity, async () => {});
  expect([health(entity), entity.get(SERVICE_PROBLEMS)]).toEqual([["RUNNING", true], {}]);
  await expect(starting(entity, broken)).rejects.toThrow("It broke");
  await stopping(entity, async () => {});
  expect([health(entity), entity.get(SERVICE_PROBLEMS), entity.get(SERVICE_STATE_EXPECTED)?.state]).toEqual([["STOPPED", false], {}, "STOPPED"]);
});

test("A problem of an entity that should not run is kept and is no fire", () => {
  setExpected(child(0), "STOPPED");
  setProblem(child(0), "test", "odd");
  expect(health(child(0))).toEqual(["STOPPED", false]);
});

test("A start waits behind its latch", async () => {
  const at = entitySpec(basicApplication.name, { displayName: "Late", config: { "latch.start": '$brooklyn:component("sibling", "gate").attributeWhenReady("open")' }, children: [entitySpec(basicStartable.name, { displayName: "Below" })] });
  const root = entitySpec(basicApplication.name, { displayName: "Both", children: [{ ...entitySpec(basicEntity.name, { displayName: "Gate" }), planId: "gate" }, at] });
  const { start } = await server.until(server.deploy(root));
  const below = server.find("Below");
  await server.world.clock.advance(60_000);
  expect([below.get(SERVICE_STATE_EXPECTED), start?.task.isEnded]).toEqual([undefined, false]);
  server.find("Gate").set({ name: "open", type: types.boolean, description: "", transient: false }, true);
  await server.until(start?.result ?? Promise.resolve());
  expect(below.get(SERVICE_STATE_EXPECTED)?.state).toBe("RUNNING");
});
