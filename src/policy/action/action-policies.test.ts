import { beforeEach, describe, expect, it } from "vitest";
import { AdjunctHarness, callsOf, COUNT, LABEL, LOAD, read, run } from "../../../test/support/adjunct-harness.ts";
import { SERVICE_UP } from "../../model/attributes.ts";
import type { Entity } from "../../model/entity.ts";
import { notificationSensor, notify } from "../../model/notification.ts";
import { sensor } from "../../model/sensor.ts";
import { setExpected } from "../../model/service-state.ts";
import { types } from "../../model/types/index.ts";
import { groupsChangePolicy } from "../group/groups-change.ts";
import { invokeEffectorOnCollectionSensorChange } from "./invoke-on-collection-change.ts";
import { invokeEffectorOnSensorChange } from "./invoke-on-sensor-change.ts";
import { periodicEffectorPolicy } from "./periodic-effector.ts";
import { scheduledEffectorPolicy } from "./scheduled-effector.ts";
import { stopAfterDurationPolicy } from "./stop-after-duration.ts";

let harness: AdjunctHarness;
let app: Entity;

beforeEach(async () => {
  harness = await AdjunctHarness.open();
  app = harness.make("app");
});

const made = (): string[] => callsOf(app).made;

describe("PeriodicEffectorPolicy", () => {
  it("begins when the entity is first up, and resolves its arguments at each call", async () => {
    app.set(LABEL, "a");
    harness.add(app, periodicEffectorPolicy, { effector: "ping", args: { text: '$brooklyn:attributeWhenReady("label")' }, period: "10m" });
    await harness.pass(3_600_000);
    expect(made()).toEqual([]);
    run(app);
    await harness.pass(600_000);
    app.set(LABEL, "b");
    app.set(SERVICE_UP, false);
    await harness.pass(600_000);
    expect(made()).toEqual(["ping a", "ping b"]);
  });

  it.each([
    ["wait", { wait: "1m" }, 60_000],
    ["time", { time: "now" }, 0],
  ] as const)("%s is until the first call", async (_name, config, first) => {
    harness.add(app, periodicEffectorPolicy, { effector: "restart", period: "1h", ...config });
    run(app);
    await harness.pass(first);
    expect(made()).toEqual(["restart"]);
    await harness.pass(3_600_000);
    expect(made()).toEqual(["restart", "restart"]);
  });

  it("keeps to its times over a restart of the server, without making up for what was missed", async () => {
    harness.add(app, periodicEffectorPolicy, { effector: "restart", period: "1h" });
    run(app);
    await harness.pass(1_800_000);
    await harness.restart();
    const again = harness.again(app);
    await harness.pass(1_799_000);
    expect(callsOf(again).made).toEqual([]);
    await harness.pass(1_000);
    expect(callsOf(again).made).toEqual(["restart"]);
  });

  it("does not call while the last call runs, a sensor forbids it, or the entity is to stop; it may start what is stopped", async () => {
    const policy = harness.add(app, periodicEffectorPolicy, { effector: "restart", period: "1m", "enabled.sensor": "enabled" });
    harness.add(app, periodicEffectorPolicy, { effector: "start", period: "1h" });
    const enabled = sensor("enabled", types.boolean, "");
    run(app);
    await harness.pass(60_000);
    app.set(enabled, true);
    callsOf(app).behaviour.set("restart", () => harness.clock.sleep(90_000));
    await harness.pass(120_000);
    expect(made()).toEqual(["restart"]);
    expect(policy.highlights.get("lastSkipped")?.description).toBe("restart still runs (every 1m)");
    setExpected(app, "STOPPED");
    await harness.pass(3_600_000);
    expect(made()).toEqual(["restart", "start"]);
    expect(policy.highlights.get("lastSkipped")?.description).toBe("restart was not invoked (every 1m), for the entity is to stop");
  });

  it("notes a call that fails and goes on", async () => {
    const policy = harness.add(app, periodicEffectorPolicy, { effector: "restart", period: "1m" });
    callsOf(app).behaviour.set("restart", () => Promise.reject(new Error("no")));
    run(app);
    await harness.pass(120_000);
    expect([made().length, policy.highlights.get("lastError")?.description]).toEqual([2, "restart failed: no"]);
  });

  it.each([[{ effector: "restart", period: 0 }, /must be positive/], [{ effector: "fly" }, /no such effector/], [{}, /needs config "effector"/]] as const)("refuses %j", (config, message) =>
    expect(() => harness.add(app, periodicEffectorPolicy, config)).toThrow(message));
});

describe("ScheduledEffectorPolicy", () => {
  it("calls once after the wait, and whenever it is told, once the entity was up", async () => {
    harness.add(app, scheduledEffectorPolicy, { effector: "restart", wait: "5m" });
    notify(app, notificationSensor("scheduler.invoke.now", ""), true);
    run(app);
    await harness.pass(299_000);
    expect(made()).toEqual([]);
    await harness.pass(1_000);
    notify(app, notificationSensor("scheduler.invoke.now", ""), true);
    notify(app, notificationSensor("scheduler.invoke.at", ""), harness.clock.now() + 60_000);
    notify(app, notificationSensor("scheduler.invoke.at", ""), "nonsense");
    await harness.pass(60_000);
    expect(made()).toEqual(["restart", "restart", "restart"]);
    expect(app.adjuncts[0]?.highlights.get("lastError")?.description).toContain('Cannot use "nonsense" as a time');
  });

  it("keeps what is to come over a restart of the server, and does not begin anew", async () => {
    harness.add(app, scheduledEffectorPolicy, { effector: "restart", wait: "1h" });
    run(app);
    await harness.pass(600_000);
    await harness.restart();
    const again = harness.again(app);
    await harness.pass(3_000_000);
    expect(callsOf(again).made).toEqual(["restart"]);
    await harness.restart();
    const third = harness.again(app);
    await harness.pass(7_200_000);
    expect([callsOf(third).made, third.adjuncts[0]?.config["scheduled"]]).toEqual([[], []]);
  });
});

describe("StopAfterDurationPolicy", () => {
  it("counts from when the entity runs, over a restart of the server, and anew when it runs again", async () => {
    harness.add(app, stopAfterDurationPolicy, { lifetime: "1h" });
    await harness.pass(7_200_000);
    run(app);
    await harness.pass(1_800_000);
    setExpected(app, "STARTING");
    setExpected(app, "RUNNING");
    await harness.pass(1_800_000);
    await harness.restart();
    const again = harness.again(app);
    await harness.pass(1_799_000);
    expect([made(), callsOf(again).made]).toEqual([[], []]);
    await harness.pass(1_000);
    expect(callsOf(again).made).toEqual(["stop"]);
  });
});

describe("InvokeEffectorOnSensorChange", () => {
  it("answers changes, those during a call by one more, and shows that it is busy", async () => {
    const source = harness.make("source", { spec: { planId: "source" }, parent: app });
    harness.add(app, invokeEffectorOnSensorChange, { sensor: "load", "sensor.producer": source.id, effector: "ping", args: { text: "x" }, isBusySensor: "busy" });
    callsOf(app).behaviour.set("ping", () => harness.clock.sleep(10_000));
    expect(read(app, "busy")).toBe(false);
    source.set(LOAD, 1);
    await harness.pass(1_000);
    source.set(LOAD, 2);
    source.set(LOAD, 3);
    expect([made(), read(app, "busy")]).toEqual([["ping x"], true]);
    await harness.pass(10_000);
    expect([made(), read(app, "busy")]).toEqual([["ping x", "ping x"], true]);
    await harness.pass(10_000);
    expect([made().length, read(app, "busy")]).toEqual([2, false]);
  });

  it("does nothing while the entity is to stop", async () => {
    harness.add(app, invokeEffectorOnSensorChange, { sensor: "load", effector: "restart" });
    setExpected(app, "STOPPING");
    app.set(LOAD, 1);
    await harness.pass(0);
    expect(made()).toEqual([]);
  });
});

describe("InvokeEffectorOnCollectionSensorChange", () => {
  const items = sensor("items", types.json, "");

  it("calls for what comes and goes, in order, and knows what it called for after a restart of the server", async () => {
    app.set(items, ["a"]);
    harness.add(app, invokeEffectorOnCollectionSensorChange, { sensor: "items", onAdded: "ping", onRemoved: "restart", parameterName: "text" });
    app.set(items, ["a", "b", { c: 1 }]);
    app.set(items, ["b"]);
    await harness.pass(0);
    expect(made()).toEqual(["ping a", "ping b", 'ping {"c":1}', "restart a", 'restart {"c":1}']);
    await harness.restart();
    const again = harness.again(app);
    again.set(items, ["b", "d"]);
    await harness.pass(0);
    expect(callsOf(again).made).toEqual(["ping d"]);
  });

  it("takes the entries of a map", async () => {
    harness.add(app, invokeEffectorOnCollectionSensorChange, { sensor: "items", onAdded: "ping", parameterName: "text" });
    app.set(items, { a: 1 });
    await harness.pass(0);
    expect(made()).toEqual(['ping {"key":"a","value":1}']);
  });
});

describe("GroupsChangePolicy", () => {
  it("gives members what they should have once, also after a restart of the server", async () => {
    const pool = harness.makePool(1);
    const policy = harness.add(pool, groupsChangePolicy, {
      "member.enrichers": [{ type: "org.apache.brooklyn.enricher.stock.Transformer", "brooklyn.config": { triggerSensors: ["count"], targetSensor: "mine", targetValue: "$brooklyn:entityId()" } }],
      "member.policies": [{ type: "org.apache.brooklyn.policy.InvokeEffectorOnSensorChange", "brooklyn.config": { sensor: "load", effector: "restart" } }],
      "member.invoke": ["start"],
    });
    const late = harness.make("late", { parent: pool });
    pool.addMember(late);
    late.set(COUNT, 1);
    late.set(LOAD, 1);
    await harness.pass(0);
    expect([callsOf(late).made, read(late, "mine"), late.adjuncts.length, policy.highlights.get("lastError")]).toEqual([["start", "restart"], late.id, 2, undefined]);
    await harness.restart();
    const again = harness.again(late);
    again.set(LOAD, 2);
    await harness.pass(0);
    expect([callsOf(again).made, again.adjuncts.length]).toEqual([["restart"], 2]);
  });

  it("notes what a member can't have", () => {
    const pool = harness.makePool(1);
    const policy = harness.add(pool, groupsChangePolicy, { "member.policies": [{ type: "nonsense" }] });
    expect(policy.highlights.get("lastError")?.description).toContain('"member-0" did not get all that it should: Cannot attach "nonsense"');
  });
});
