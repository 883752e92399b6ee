import { beforeEach, expect, test } from "vitest";
import { AdjunctHarness, callsOf, LOAD, specOf, widget } from "../../test/support/adjunct-harness.ts";
import { SERVICE_STATE } from "../model/attributes.ts";
import type { Entity } from "../model/entity.ts";
import { effector } from "../model/effector.ts";
import { setExpected, setNotUp } from "../model/service-state.ts";
import { entitySpec, type EntitySpec, type JsonObject } from "../model/spec.ts";
import { autoScalerPolicy } from "./autoscaling/auto-scaler.ts";
import { serviceFailureDetector } from "./ha/service-failure-detector.ts";
import { serviceReplacer } from "./ha/service-replacer.ts";
import { serviceRestarter } from "./ha/service-restarter.ts";

let harness: AdjunctHarness;

beforeEach(async () => {
  harness = await AdjunctHarness.open();
});

/** Runs an application with a real cluster of widgets. */
async function clusterOf(config: JsonObject, policies: EntitySpec["policies"], member: Partial<EntitySpec> = {}): Promise<Entity> {
  // Specs are JSON.
  const memberSpec = JSON.parse(JSON.stringify(entitySpec(widget.name, member))) as JsonObject;
  const spec = entitySpec("org.apache.brooklyn.entity.group.DynamicCluster", { displayName: "cluster", config: { "dynamiccluster.memberspec": memberSpec, ...config }, policies });
  await harness.server.start(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication", { displayName: "app", children: [spec] }));
  return harness.server.find("cluster");
}

/** Widgets only record their effectors: this one comes up. */
function bringUp(member: Entity): void {
  member.dynamicEffectors.set("restart", effector("restart", "", async ({ entity }) => void callsOf(entity).made.push("restart")));
  setExpected(member, "RUNNING");
}

test("AutoScalerPolicy resizes a DynamicCluster, and meets the cluster's own limit as want of capacity", async () => {
  const cluster = await clusterOf({ "cluster.initial.size": 2, "cluster.max.size": 3 }, [specOf(autoScalerPolicy, { metric: "load", metricLowerBound: 5, metricUpperBound: 10 })]);
  cluster.members.forEach(bringUp);
  await harness.pass(1_000);
  cluster.set(LOAD, 40);
  await harness.pass(1_000);
  const [policy] = cluster.adjuncts;
  expect([cluster.members.size, policy?.config["autoscaler.insufficientCapacityHighWaterMark"], policy?.highlights.get("lastViolation")?.description]).toEqual([
    2,
    2,
    expect.stringContaining("its largest size is 3"),
  ]);
  policy?.reconfigure("autoscaler.insufficientCapacityHighWaterMark", 3);
  await harness.pass(1_000);
  expect(cluster.members.size).toBe(3);
});

test("detector, restarter and replacer: a member that fails is restarted, and replaced when that does not help", async () => {
  const cluster = await clusterOf({ "cluster.initial.size": 1 }, [specOf(serviceReplacer)], { enrichers: [specOf(serviceFailureDetector)], policies: [specOf(serviceRestarter)] });
  const [member] = cluster.members.values();
  if (member === undefined) throw new Error("The cluster has no member");
  bringUp(member);
  setNotUp(member, "test", "down");
  await harness.pass(1_000);
  expect([callsOf(member).made, cluster.members.has(member.id)]).toEqual([["start", "restart"], true]);
  setNotUp(member, "test", undefined);
  setNotUp(member, "test", "down again");
  await harness.pass(1_000);
  const [replacement] = cluster.members.values();
  expect([member.isManaged, cluster.members.size, replacement?.id === member.id, callsOf(member).made.at(-1)]).toEqual([false, 1, false, "stop"]);
  expect(replacement?.adjuncts.map((each) => each.type)).toEqual([serviceFailureDetector, serviceRestarter]);
});

test("stopping the application: no policy works against it", async () => {
  const cluster = await clusterOf({ "cluster.initial.size": 2 }, [specOf(autoScalerPolicy, { minPoolSize: 2 }), specOf(serviceReplacer)], { enrichers: [specOf(serviceFailureDetector)], policies: [specOf(serviceRestarter)] });
  cluster.members.forEach(bringUp);
  const members = [...cluster.members.values()];
  await harness.server.invoke(harness.server.find("app"), "stop");
  await harness.pass(60_000);
  expect([members.map((member) => callsOf(member).made), members.map((member) => member.isManaged), cluster.isManaged]).toEqual([[["start", "stop"], ["start", "stop"]], [false, false], false]);
  expect(cluster.get(SERVICE_STATE)).toBe("STOPPED");
});
