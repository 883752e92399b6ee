import { describe, expect, it } from "vitest";
import { AdjunctHarness, read, run } from "../../test/support/adjunct-harness.ts";
import { effector } from "../model/effector.ts";
import { notify, failureOf } from "../model/notification.ts";
import { operating } from "../model/operator.ts";
import { setNotUp } from "../model/service-state.ts";
import { ENTITY_FAILED } from "./ha/ha-sensors.ts";
import { serviceRestarter } from "./ha/service-restarter.ts";
import { periodicEffectorPolicy } from "./action/periodic-effector.ts";

/** An entity whose policy restarts it, and an operator at work on it for a minute. */
async function scene() {
  const harness = await AdjunctHarness.open();
  const entity = harness.make("web");
  run(entity);
  const restarts: string[] = [];
  entity.dynamicEffectors.set("restart", effector("restart", "", async () => void restarts.push("restart")));
  const policy = harness.add(entity, serviceRestarter, {});
  const operator = (seconds: number) => harness.server.plane.submit(entity, "backup", (work) => operating(entity, { name: "Invoking effector backup on web", work }, () => harness.clock.sleep(seconds * 1_000, work.signal)));
  const fail = (): void => {
    setNotUp(entity, "test", "down");
    notify(entity, ENTITY_FAILED, failureOf(entity, "down"));
  };
  return { harness, entity, restarts, policy, operator, fail };
}

describe("policies and operators", () => {
  it("leaves an entity alone while an operator's task runs on it, tells both, and acts when what failed has failed still", async () => {
    const { harness, restarts, policy, operator, fail } = await scene();
    const { task } = operator(60);
    await harness.pass(1_000);
    fail();
    await harness.pass(1_000);
    expect(restarts).toEqual([]);
    expect(policy.highlights.get("lastViolation")?.description).toContain("an operator's task runs on it: Invoking effector backup on web");
    expect(task.streams.get("stdout")?.text).toContain('Policy "Service Restarter" wanted to restart "web"');
    await harness.pass(60_000);
    expect(restarts).toEqual(["restart"]);
  });

  it("does nothing afterwards when the operator has put it right", async () => {
    const { harness, entity, restarts, operator, fail } = await scene();
    operator(60);
    await harness.pass(1_000);
    fail();
    setNotUp(entity, "test", undefined);
    await harness.pass(120_000);
    expect(restarts).toEqual([]);
  });

  it("acts at once where no operator is at work", async () => {
    const { harness, restarts, operator, fail } = await scene();
    operator(1);
    await harness.pass(5_000);
    fail();
    await harness.pass(1_000);
    expect(restarts).toEqual(["restart"]);
  });

  it("skips a periodic effector meanwhile", async () => {
    const { harness, entity, operator } = await scene();
    let calls = 0;
    entity.dynamicEffectors.set("tick", effector("tick", "", async () => void calls++));
    harness.add(entity, periodicEffectorPolicy, { effector: "tick", period: "10s" });
    operator(25);
    await harness.pass(24_000);
    expect(calls).toBe(0);
    await harness.pass(30_000);
    expect(calls).toBeGreaterThan(0);
  });
});

describe("a policy that is suspended for a time", () => {
  it("resumes by itself, over a restart of the server too", async () => {
    const { harness, entity, policy } = await scene();
    policy.suspend(harness.clock.now() + 60_000);
    entity.touch();
    await harness.pass(30_000);
    expect([policy.isSuspended, policy.isRunning]).toEqual([true, false]);
    await harness.pass(31_000);
    expect([policy.isSuspended, policy.isRunning, policy.suspendedUntil]).toEqual([false, true, undefined]);
    policy.suspend(harness.clock.now() + 60_000);
    entity.touch();
    await harness.restart();
    const again = harness.again(entity).adjuncts[0];
    expect(again?.isSuspended).toBe(true);
    await harness.pass(61_000);
    expect([again?.isSuspended, again?.isRunning]).toEqual([false, true]);
    expect(read(entity, "none")).toBeUndefined();
  });

  it("stays suspended when it is suspended again without an end, and ends with its entity", async () => {
    const { harness, entity, policy } = await scene();
    policy.suspend(harness.clock.now() + 1_000);
    policy.suspend();
    await harness.pass(5_000);
    expect(policy.isSuspended).toBe(true);
    policy.suspend(harness.clock.now() + 1_000);
    harness.server.plane.unmanage(entity);
    await harness.pass(5_000);
    expect(policy.isRunning).toBe(false);
  });
});
