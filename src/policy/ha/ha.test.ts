import { beforeEach, describe, expect, it } from "vitest";
import { AdjunctHarness, callsOf, LABEL, LOAD, read, run, widget } from "../../../test/support/adjunct-harness.ts";
import { World } from "../../../test/support/in-memory-plane.ts";
import { SERVICE_STATE, SERVICE_UP } from "../../model/attributes.ts";
import type { Entity } from "../../model/entity.ts";
import { failureOf, notify, onNotification } from "../../model/notification.ts";
import { setExpected, setNotUp, setProblem } from "../../model/service-state.ts";
import { entitySpec } from "../../model/spec.ts";
import { autoScalerPolicy } from "../autoscaling/auto-scaler.ts";
import { conditionalSuspendPolicy } from "./conditional-suspend.ts";
import { connectionFailureDetectorOf } from "./connection-failure-detector.ts";
import { CONNECTION_FAILED, CONNECTION_RECOVERED, ENTITY_FAILED, ENTITY_RESTART_FAILED } from "./ha-sensors.ts";
import { serviceFailureDetector } from "./service-failure-detector.ts";
import { serviceReplacer } from "./service-replacer.ts";
import { serviceRestarter } from "./service-restarter.ts";

let harness: AdjunctHarness;
let app: Entity;

beforeEach(async () => {
  harness = await AdjunctHarness.open();
  app = harness.make("app");
});

/** Notifications of failures and recoveries, in order: `failed`, `recovered`, `restart`, ... */
function heard(entity: Entity): string[] {
  const told: string[] = [];
  const names = { "ha.entityFailed": "failed", "ha.entityRecovered": "recovered", "ha.entityFailed.restart": "restart failed", "ha.entityFailed.replacement": "replacement failed", "ha.connectionFailed": "no connection", "ha.connectionRecovered": "connection" };
  for (const [name, word] of Object.entries(names)) onNotification(entity, name, () => told.push(word));
  return told;
}

const up = (entity: Entity): void => setNotUp(entity, "test", undefined);
const down = (entity: Entity): void => setNotUp(entity, "test", "it is down");

describe("ServiceFailureDetector", () => {
  it("tells failures and recoveries of a service that was up, with the reason", () => {
    const told = heard(app);
    harness.add(app, serviceFailureDetector);
    setExpected(app, "RUNNING");
    down(app);
    expect(read(app, "ha.entityFailed")).toEqual({ component: { id: app.id, name: "app" }, description: "test: it is down", time: harness.clock.now() });
    up(app);
    down(app);
    expect([told, app.get(SERVICE_STATE)]).toEqual([["failed", "recovered", "failed"], "ON_FIRE"]);
  });

  it("does not tell of one that was never up, unless it is to", () => {
    const told = heard(app);
    const other = harness.make("other");
    const otherTold = heard(other);
    for (const entity of [app, other]) down(entity);
    harness.add(app, serviceFailureDetector);
    harness.add(other, serviceFailureDetector, { onlyReportIfPreviouslyUp: false });
    for (const entity of [app, other]) setExpected(entity, "RUNNING");
    expect([told, otherTold]).toEqual([[], ["failed"]]);
  });

  it.each(["entityFailed.stabilizationDelay", "serviceFailedStabilizationDelay"])("waits for %s", async (key) => {
    const told = heard(app);
    harness.add(app, serviceFailureDetector, { [key]: "10s" });
    run(app);
    down(app);
    await harness.pass(9_000);
    up(app);
    down(app);
    await harness.pass(9_000);
    expect(told).toEqual([]);
    await harness.pass(1_000);
    expect(told).toEqual(["failed"]);
  });

  it("is silent while the service starts, stops and is stopped, and forgets a failure that was coming", async () => {
    const told = heard(app);
    harness.add(app, serviceFailureDetector, { entityFailedStabilizationDelay: "10s" });
    run(app);
    down(app);
    setExpected(app, "STOPPING");
    await harness.pass(20_000);
    setExpected(app, "STOPPED");
    setExpected(app, "STARTING");
    await harness.pass(20_000);
    expect(told).toEqual([]);
  });

  it("problems count, unless they are not to", () => {
    const told = heard(app);
    harness.add(app, serviceFailureDetector, { monitorServiceProblems: false });
    run(app);
    setProblem(app, "disk", "full");
    expect(told).toEqual([]);
    down(app);
    expect(told).toEqual(["failed"]);
  });

  it("keeps the state from becoming on fire for a while", async () => {
    const detector = harness.add(app, serviceFailureDetector, { serviceOnFireStabilizationDelay: "30s" });
    setExpected(app, "RUNNING");
    down(app);
    await harness.pass(29_000);
    expect([app.get(SERVICE_UP), app.get(SERVICE_STATE)]).toEqual([false, "RUNNING"]);
    await harness.pass(1_000);
    expect(app.get(SERVICE_STATE)).toBe("ON_FIRE");
    up(app);
    down(app);
    expect(app.get(SERVICE_STATE)).toBe("RUNNING");
    app.removeAdjunct(detector);
    expect(app.get(SERVICE_STATE)).toBe("ON_FIRE");
  });

  it("after a restart of the server the same failure is not told again, and its recovery is", async () => {
    harness.add(app, serviceFailureDetector);
    run(app);
    down(app);
    await harness.restart();
    const again = harness.again(app);
    const told = heard(again);
    setProblem(again, "another", "reason");
    expect(told).toEqual([]);
    setProblem(again, "another", undefined);
    up(again);
    expect(told).toEqual(["recovered"]);
  });
});

describe("ServiceRestarter", () => {
  const fail = async (reason = "gone"): Promise<void> => {
    notify(app, ENTITY_FAILED, failureOf(app, reason));
    await harness.pass(0);
  };

  it("restarts, as a task tagged with it, and gives up at a second failure in its time", async () => {
    const told = heard(app);
    const policy = harness.add(app, serviceRestarter);
    run(app);
    await fail();
    const action = policy.highlights.get("lastAction");
    expect(harness.server.plane.tasks.task(action?.taskId ?? "")?.tags).toContainEqual({ wrappingType: "contextAdjunct", object: { type: serviceRestarter.name, id: policy.id, name: "Service Restarter" } });
    await harness.pass(179_000);
    await fail();
    expect([callsOf(app).made, told, app.get(SERVICE_STATE)]).toEqual([["restart"], ["failed", "failed", "restart failed"], "ON_FIRE"]);
    expect(read(app, "ha.entityFailed.restart")).toMatchObject({ description: "It failed again 2m 59s after a restart: gone" });
  });

  it.each([
    ["later failures are answered again", {}, 181_000, ["restart", "restart"]],
    ["with 0 it never gives up", { failOnRecurringFailuresInThisDuration: 0 }, 1_000, ["restart", "restart"]],
  ] as const)("%s", async (_name, config, pause, expected) => {
    harness.add(app, serviceRestarter, config);
    run(app);
    await fail();
    await harness.pass(pause);
    await fail();
    expect(callsOf(app).made).toEqual(expected);
  });

  it("equal notifications in the same moment are two, and the second does not interrupt the first restart", async () => {
    const told = heard(app);
    harness.add(app, serviceRestarter);
    run(app);
    callsOf(app).behaviour.set("restart", () => harness.clock.sleep(60_000));
    await fail();
    await fail();
    await harness.pass(61_000);
    expect([callsOf(app).made, told]).toEqual([["restart"], ["failed", "failed"]]);
  });

  it("a restart that fails is told", async () => {
    const told = heard(app);
    harness.add(app, serviceRestarter, { setOnFireOnFailure: false });
    run(app);
    callsOf(app).behaviour.set("restart", () => Promise.reject(new Error("no disk")));
    await fail();
    expect([told, app.get(SERVICE_STATE), read(app, "ha.entityFailed.restart")]).toMatchObject([["failed", "restart failed"], "RUNNING", { description: "Restart failed: no disk" }]);
  });

  it.each(["STOPPING", "STOPPED"] as const)("does nothing while the entity is %s", async (state) => {
    const policy = harness.add(app, serviceRestarter);
    setExpected(app, state);
    await fail();
    expect([callsOf(app).made, policy.highlights.get("lastViolation")?.description]).toEqual([[], "Failure detected, and nothing done, for the entity is to stop: gone"]);
  });

  it("counts over a restart of the server", async () => {
    harness.add(app, serviceRestarter);
    run(app);
    await fail();
    await harness.restart();
    const again = harness.again(app);
    const told = heard(again);
    notify(again, ENTITY_FAILED, failureOf(again, "again"));
    await harness.pass(0);
    expect([callsOf(again).made, told.toSorted()]).toEqual([[], ["failed", "restart failed"]]);
  });

  it("with the detector: down, restarted, up, down again, given up", async () => {
    const told = heard(app);
    harness.add(app, serviceFailureDetector);
    harness.add(app, serviceRestarter);
    setExpected(app, "RUNNING");
    callsOf(app).behaviour.set("restart", async () => {
      setExpected(app, "STOPPING");
      setExpected(app, "STARTING");
      up(app);
      setExpected(app, "RUNNING");
    });
    down(app);
    await harness.pass(1_000);
    expect([told, app.get(SERVICE_STATE)]).toEqual([["failed", "recovered"], "RUNNING"]);
    down(app);
    await harness.pass(1_000);
    expect(told).toEqual(["failed", "recovered", "failed", "restart failed"]);
  });
});

describe("ServiceReplacer", () => {
  const failing = async (member: Entity | undefined): Promise<void> => {
    if (member === undefined) throw new Error("There is no such member");
    notify(member, ENTITY_RESTART_FAILED, failureOf(member, "still down"));
    await harness.pass(0);
  };

  it("replaces members that failed, also those that came later, and not those that left", async () => {
    const pool = harness.makePool(1);
    harness.add(pool, serviceReplacer);
    const late = harness.make("late", { parent: pool });
    pool.addMember(late);
    const [first] = pool.members.values();
    await failing(first);
    await failing(late);
    pool.removeMember(late);
    await failing(late);
    expect(callsOf(pool).made).toEqual([`replaceMember ${first?.id}`, `replaceMember ${late.id}`]);
  });

  it("tells of replacements that fail, puts the cluster on fire, gives up after some, and begins anew after the time", async () => {
    const pool = harness.makePool(1);
    const told = heard(pool);
    const policy = harness.add(pool, serviceReplacer, { failOnNumRecurringFailures: 2 });
    callsOf(pool).behaviour.set("replaceMember", () => Promise.reject(new Error("no machine")));
    const [member] = pool.members.values();
    for (let i = 0; i < 3; i++) await failing(member);
    expect([callsOf(pool).made.length, told, pool.get(SERVICE_STATE)]).toEqual([2, ["replacement failed", "replacement failed"], "ON_FIRE"]);
    expect(policy.highlights.get("lastViolation")?.description).toBe('Failure detected at "member-0" (still down), but 2 replacements failed in 5m, and 2 are the limit');
    await harness.pass(300_001);
    callsOf(pool).behaviour.delete("replaceMember");
    await failing(member);
    expect([callsOf(pool).made.length, pool.get(SERVICE_STATE)]).toEqual([3, "RUNNING"]);
  });

  it("does nothing while the cluster or the member is to stop", async () => {
    const pool = harness.makePool(2);
    harness.add(pool, serviceReplacer);
    const [first, second] = pool.members.values();
    if (first !== undefined) setExpected(first, "STOPPING");
    await failing(first);
    setExpected(pool, "STOPPING");
    await failing(second);
    expect(callsOf(pool).made).toEqual([]);
  });
});

describe("ConnectionFailureDetector, ConditionalSuspendPolicy", () => {
  it("polls while the entity is not to stop, and tells what lasts", async () => {
    const state = { fails: false, tried: 0 };
    const detector = connectionFailureDetectorOf(async () => {
      state.tried++;
      if (state.fails) throw new Error("refused");
    });
    const world = new World({ entityTypes: [widget], adjunctTypes: [detector] });
    const server = await world.open();
    const entity = server.plane.create(entitySpec(widget.name));
    const told = heard(entity);
    entity.addAdjunct({ type: detector.name, config: { endpoint: "10.0.0.1:80", serviceFailedStabilizationDelay: "5s" } });
    await world.clock.advance(3_000);
    state.fails = true;
    await world.clock.advance(4_000);
    expect(told).toEqual([]);
    await world.clock.advance(3_000);
    expect([told, read(entity, "ha.connectionFailed")]).toMatchObject([["no connection"], { description: "refused" }]);
    state.fails = false;
    await world.clock.advance(2_000);
    expect(told).toEqual(["no connection", "connection"]);
    setExpected(entity, "STOPPED");
    await world.clock.advance(1_000);
    const { tried } = state;
    await world.clock.advance(60_000);
    expect(state.tried).toBe(tried);
    expect(() => entity.addAdjunct({ type: detector.name, config: { endpoint: "nowhere" } })).toThrow(/expected host:port/);
  });

  it("suspends and resumes another policy, by name or type, over a restart of the server", async () => {
    const pool = harness.makePool(1);
    const scaler = harness.add(pool, autoScalerPolicy);
    harness.add(pool, conditionalSuspendPolicy, { target: "brooklyn.policy.autoscaling.AutoScalerPolicy" });
    notify(pool, CONNECTION_FAILED, failureOf(pool, "x"));
    expect(scaler.isSuspended).toBe(true);
    await harness.restart();
    const again = harness.again(pool);
    expect(again.adjuncts[0]?.isSuspended).toBe(true);
    notify(again, CONNECTION_RECOVERED, failureOf(again, null));
    expect(again.adjuncts[0]?.isRunning).toBe(true);
    expect([again.get(LOAD), again.get(LABEL)]).toEqual([undefined, undefined]);
  });
});
