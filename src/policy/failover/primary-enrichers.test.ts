import { expect, it } from "vitest";
import { AdjunctHarness, LOAD, pool, read, run } from "../../../test/support/adjunct-harness.ts";
import { SERVICE_STATE, SERVICE_UP } from "../../model/attributes.ts";
import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import { setExpected, setNotUp } from "../../model/service-state.ts";
import { types } from "../../model/types/index.ts";
import { primaryRunningEnricher, propagatePrimaryEnricher } from "./primary-enrichers.ts";

const LEADER = sensor("leader", types.json, "");

it("an entity is up as its primary is, and has that one's sensors, whichever it is", async () => {
  const harness = await AdjunctHarness.open();
  const group = harness.make("group", { type: pool });
  run(group);
  const [north, south] = ["north", "south"].map((name) => harness.make(name, { parent: group })) as [Entity, Entity];
  [north, south].forEach((each, index) => (run(each), each.set(LOAD, index + 1)));
  harness.add(group, primaryRunningEnricher, { "primary.sensor.name": "leader" });
  harness.add(group, propagatePrimaryEnricher, { "primary.sensor.name": "leader", "propagate.primary.sensors": ["load"] });
  expect([group.get(SERVICE_UP), group.get(SERVICE_STATE), read(group, "load")]).toEqual([false, "ON_FIRE", undefined]);
  group.set(LEADER, { id: north.id });
  expect([group.get(SERVICE_UP), group.get(SERVICE_STATE), read(group, "load")]).toEqual([true, "RUNNING", 1]);
  setNotUp(north, "test", "down");
  expect(group.get(SERVICE_UP)).toBe(false);
  group.set(LEADER, { id: south.id });
  expect([group.get(SERVICE_UP), read(group, "load")]).toEqual([true, 2]);
  south.set(LOAD, 3);
  north.set(LOAD, 4);
  expect(read(group, "load")).toBe(3);
  setExpected(south, "STOPPED");
  expect(group.get(SERVICE_STATE)).toBe("ON_FIRE");
  for (const each of [...group.adjuncts]) group.removeAdjunct(each);
  expect(group.get(SERVICE_UP)).toBe(true);
});
