import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { AdjunctHarness, callsOf, LOAD, read, run, widget } from "../../../test/support/adjunct-harness.ts";
import { SERVICE_UP } from "../../model/attributes.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { notificationSensor, notify } from "../../model/notification.ts";
import { setExpected } from "../../model/service-state.ts";
import type { Json } from "../../model/spec.ts";
import { autoScalerPolicy } from "./auto-scaler.ts";

let harness: AdjunctHarness;
let pool: Entity;

beforeEach(async () => {
  harness = await AdjunctHarness.open();
  pool = harness.makePool(2);
});

const scale = (config: Record<string, Json> = {}) => harness.add(pool, autoScalerPolicy, { metric: "load", metricLowerBound: 5, metricUpperBound: 10, ...config });
const made = (): string[] => callsOf(pool).made;

/** The metric changes, and what follows happens. */
async function load(value: number, after = 200): Promise<void> {
  pool.set(LOAD, value);
  await harness.pass(after);
}

describe("AutoScalerPolicy", () => {
  it("grows, shrinks and rests, and records the numbers of its decisions", async () => {
    const policy = scale();
    await load(15);
    expect(policy.highlights.get("lastAction")).toMatchObject({ description: "Resize from 2 to 3: load is 15 with 2 (bounds 5 to 10, ideal size 3)", taskId: expect.any(String) });
    await load(8);
    expect(policy.highlights.get("lastConfirmation")?.description).toBe("load is 8 with 3 (bounds 5 to 10, ideal size 3)");
    await load(4);
    expect(made()).toEqual(["resize 3", "resize 2"]);
    expect(policy.highlights.get("lastViolation")?.description).toBe("load is 4 with 3 (bounds 5 to 10, ideal size 2): 2 wanted");
  });

  it("waits until the load has been high for its window, and starts anew when it is right in between", async () => {
    scale({ resizeUpStabilizationDelay: "1m" });
    await load(8, 120_000);
    await load(15, 50_000);
    await load(8, 5_000);
    await load(15, 59_000);
    expect(made()).toEqual([]);
    await harness.pass(2_000);
    expect(made()).toEqual(["resize 3"]);
  });

  it("grows to what was wanted throughout the window", async () => {
    scale({ resizeUpStabilizationDelay: "1m" });
    await load(50, 30_000);
    await load(15, 31_000);
    expect(made()).toEqual(["resize 3"]);
  });

  it("is fast out and slow in", async () => {
    scale({ resizeDownStabilizationDelay: "5m" });
    await load(15);
    await load(2, 299_000);
    expect(made()).toEqual(["resize 3"]);
    await harness.pass(1_500);
    expect(made()).toEqual(["resize 3", "resize 1"]);
  });

  it("a metric that stays too high after a resize counts again", async () => {
    scale({ resizeUpIterationMax: 1, maxPoolSize: 4 });
    await load(100, 60_000);
    expect(made()).toEqual(["resize 3", "resize 4"]);
  });

  it("does nothing while the pool is not up, is stopping, or the policy is suspended", async () => {
    const policy = scale();
    pool.set(SERVICE_UP, false);
    await load(100);
    setExpected(pool, "STOPPING");
    pool.set(SERVICE_UP, true);
    await load(101);
    policy.suspend();
    setExpected(pool, "RUNNING");
    await load(102);
    expect(made()).toEqual([]);
    policy.resume();
    await harness.pass(200);
    expect(made()).toEqual(["resize 21"]);
  });

  it("leaves a pool alone while it starts", async () => {
    setExpected(pool, "STARTING");
    scale({ minPoolSize: 4 });
    await load(100);
    expect(made()).toEqual([]);
    setExpected(pool, "RUNNING");
    await harness.pass(200);
    expect(made()).toEqual(["resize 20"]);
  });

  it("does nothing while what it belongs to is being stopped", async () => {
    const app = harness.make("app");
    const inner = harness.make("inner", { type: { name: "test.Pool" }, parent: app });
    inner.addMember(harness.make("m", { parent: app }));
    run(inner);
    harness.add(inner, autoScalerPolicy, { metric: "load", metricUpperBound: 10 });
    setExpected(app, "STOPPING");
    inner.set(LOAD, 100);
    await harness.pass(1_000);
    expect(callsOf(inner).made).toEqual([]);
  });

  it("one resize at a time; what comes meanwhile counts afterwards", async () => {
    scale();
    const resize = callsOf(pool).behaviour.get("resize");
    callsOf(pool).behaviour.set("resize", async (parameters) => {
      await harness.clock.sleep(60_000);
      await resize?.(parameters);
    });
    await load(15, 10_000);
    await load(30, 49_000);
    expect(made()).toEqual(["resize 3"]);
    await harness.pass(12_000);
    expect(made()).toEqual(["resize 3", "resize 9"]);
  });

  it("remembers where capacity ended, also after a restart, until that is unset", async () => {
    const policy = scale();
    callsOf(pool).behaviour.set("resize", () => Promise.reject(new ClockerError("start-failed", "no", { cause: new ClockerError("no-capacity", "All hosts are full") })));
    await load(100);
    expect(policy.config["autoscaler.insufficientCapacityHighWaterMark"]).toBe(2);
    expect(policy.highlights.get("lastViolation")?.description).toContain("no capacity for more than 2: no: All hosts are full");
    await load(200);
    await harness.restart();
    const again = harness.again(pool);
    run(again);
    again.set(LOAD, 300);
    await harness.pass(1_000);
    expect([made(), callsOf(again).made]).toEqual([["resize 20"], []]);
    again.adjuncts[0]?.reconfigure("autoscaler.insufficientCapacityHighWaterMark", undefined);
    await harness.pass(1_000);
    expect(callsOf(again).made).toEqual(["resize 60"]);
  });

  it("a resize that fails for another reason is tried again when the metric changes, not before", async () => {
    const policy = scale();
    callsOf(pool).behaviour.set("resize", () => Promise.reject(new Error("oops")));
    await load(15, 600_000);
    expect([made(), policy.highlights.get("lastError")?.description]).toEqual([["resize 3"], "Cannot resize to 3: oops"]);
    await load(16);
    expect(made()).toEqual(["resize 3", "resize 4"]);
  });

  it("hot and cold pools", async () => {
    harness.add(pool, autoScalerPolicy, {});
    const event = (rate: number) => ({ "pool.current.size": pool.members.size, "pool.current.workrate": rate, "pool.low.threshold": 5, "pool.high.threshold": 10 });
    notify(pool, notificationSensor("resizablepool.hot", ""), event(15));
    await harness.pass(1_000);
    notify(pool, notificationSensor("resizablepool.cold", ""), event(2));
    await harness.pass(1_000);
    expect(made()).toEqual(["resize 3", "resize 1"]);
  });

  it("keeps a size that was changed by hand, or limits that were, within the limits", async () => {
    const policy = scale({ minPoolSize: 2, maxPoolSize: 4 });
    for (let i = 0; i < 4; i++) pool.addMember(harness.make(`extra-${i}`, { parent: pool }));
    await harness.pass(1_000);
    expect([pool.members.size, new Set(made())]).toEqual([4, new Set(["resize 4"])]);
    policy.reconfigure("maxPoolSize", 3);
    await harness.pass(0);
    expect(made().at(-1)).toBe("resize 3");
    expect(() => policy.reconfigure("autoscaler.minPoolSize", 5)).toThrow(/from 5 to 3 members/);
    expect(policy.config["autoscaler.minPoolSize"]).toBe(2);
    expect(() => policy.reconfigure("metric", "other")).toThrow(/read when it starts/);
  });

  it("tells once that it should be larger than it may be, when that has lasted", async () => {
    scale({ maxPoolSize: 3, maxReachedNotificationDelay: "30s" });
    const told: unknown[] = [];
    pool.management.events.subscribeSensor(pool.id, "resizablepool.maxSizeReached", (event) => event.value !== undefined && told.push(event.value));
    await load(50, 29_000);
    expect([told, made()]).toEqual([[], ["resize 3"]]);
    await harness.pass(2_000);
    expect(told).toEqual([{ currentPoolSize: 3, maxAllowed: 3, currentUnbounded: 15, maxUnbounded: 10, timeWindow: 30_000 }]);
    await load(60, 60_000);
    expect(told).toHaveLength(1);
  });

  it("a dry run only records", async () => {
    const policy = scale({ dryRun: true });
    await load(15);
    expect([made(), policy.highlights.get("lastAction")?.description]).toEqual([[], expect.stringContaining("Would resize from 2 to 3")]);
  });

  it("is refused where there is nothing to resize, and with limits that contradict", () => {
    expect(() => harness.add(harness.make("w", { type: widget }), autoScalerPolicy)).toThrow(/no effector "resize"/);
    expect(() => scale({ minPoolSize: 3, maxPoolSize: 2 })).toThrow(/from 3 to 2 members/);
  });

  it("takes bounds and the entity with the metric from expressions", async () => {
    const app = harness.make("app", { spec: { config: { limit: 10 } } });
    const inner = harness.make("inner", { type: { name: "test.Pool" }, parent: app });
    inner.addMember(harness.make("m", { parent: app }));
    run(inner);
    harness.add(inner, autoScalerPolicy, { metric: '$brooklyn:sensor("load")', metricUpperBound: '$brooklyn:config("limit")', metricLowerBound: 5, entityWithMetric: '$brooklyn:component("meter")' });
    const meter = harness.make("meter", { parent: app, spec: { planId: "meter" } });
    await harness.pass(0);
    meter.set(LOAD, 25);
    await harness.pass(200);
    expect(callsOf(inner).made).toEqual(["resize 3"]);
    expect(read(inner, "load")).toBeUndefined();
  });

  it("never leaves its limits and never turns back under a constant metric", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 40, noNaN: true }), fc.constantFrom(0, 1_000, 30_000), async (min, more, above, metric, delay) => {
        const each = await AdjunctHarness.open();
        const max = min + more;
        const members = each.makePool(Math.min(max, min + above));
        each.add(members, autoScalerPolicy, { metric: "load", metricLowerBound: 5, metricUpperBound: 10, minPoolSize: min, maxPoolSize: max, resizeUpStabilizationDelay: delay, resizeDownStabilizationDelay: delay });
        const sizes = [members.members.size];
        members.management.events.subscribeSensor(members.id, "group.members.count", (event) => sizes.push(Number(event.value)));
        members.set(LOAD, metric);
        await each.pass(600_000);
        expect(sizes.every((size) => size >= min && size <= max)).toBe(true);
        const turns = new Set(sizes.slice(1).map((size, i) => Math.sign(size - (sizes[i] ?? 0))).filter((sign) => sign !== 0));
        expect(turns.size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 25 },
    );
  });
});
