import { expect, test } from "vitest";
import { World } from "../../test/support/in-memory-plane.ts";
import { EventBus, type PlaneEvent } from "./events.ts";
import { sensor } from "./sensor.ts";
import { entitySpec } from "./spec.ts";
import { types } from "./types/index.ts";

const basic = "org.apache.brooklyn.entity.stock.BasicEntity";
const A = sensor("a", types.integer, "");
const B = sensor("b", types.integer, "");

test("EventBus delivers to those who asked for the sensor, the entity, or everything, until they stop", async () => {
  const { plane } = await new World().open();
  const [one, other] = [plane.create(entitySpec(basic)), plane.create(entitySpec(basic))];
  const seen: string[] = [];
  const stops = [
    plane.events.subscribeSensor(one.id, "a", ({ value }) => seen.push(`sensor ${String(value)}`)),
    plane.events.subscribeEntity(one.id, ({ kind }) => seen.push(`entity ${kind}`)),
    plane.events.subscribe(({ kind }) => seen.push(`all ${kind}`)),
  ];
  one.set(A, 1);
  one.set(B, 1);
  other.set(A, 1);
  plane.create(entitySpec(basic), one);
  expect(seen).toEqual(["sensor 1", "entity sensor", "all sensor", "entity sensor", "all sensor", "all sensor", "entity entity-added", "all entity-added"]);
  stops.forEach((stop) => stop());
  one.set(A, 2);
  expect(seen).toHaveLength(8);
});

test("EventBus lets no listener keep an event from the others", () => {
  const errors: unknown[] = [];
  const bus = new EventBus((error) => errors.push(error));
  const seen: PlaneEvent[] = [];
  bus.subscribe(() => {
    throw new Error("broken");
  });
  const stop = bus.subscribe((event) => {
    stop();
    seen.push(event);
  });
  bus.subscribe((event) => seen.push(event));
  bus.publish({ kind: "location-added", name: "here" });
  expect([seen.length, errors]).toEqual([2, [new Error("broken")]]);
});
