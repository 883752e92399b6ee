import { beforeEach, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import { enricherTypes } from "../../enricher/index.ts";
import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import { entitySpec, type EntitySpec, type Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { basicApplication, basicStartable } from "./application.ts";
import { SERVICE_STATE } from "./attributes.ts";
import { conditionalEntity } from "./conditional-entity.ts";
import { dataEntity } from "./data-entity.ts";
import { DELEGATE_SENSOR, delegateEntity } from "./delegate-entity.ts";
import { locationEntity } from "./location-entity.ts";

const URL_SENSOR = sensor("my.url", types.string, "");
const asJson = (spec: EntitySpec) => JSON.parse(JSON.stringify(spec)) as Json;
let server: SimulatedServer;

beforeEach(async () => {
  server = await new World({ adjunctTypes: enricherTypes }).open();
});

async function start(type: string, config: Record<string, Json>): Promise<Entity> {
  await server.start(entitySpec(basicApplication.name, { displayName: "App", locations: [{ spec: "memory" }], children: [entitySpec(type, { displayName: "It", planId: "it", config })] }));
  return server.find("It");
}

const child = asJson(entitySpec(basicStartable.name, { displayName: "Child" }));

test("a conditional entity has its child when it is to have it, with its sensors", async () => {
  const it = await start(conditionalEntity.name, { create: true, entitySpec: child, sensorsToPropagate: ["my.url"] });
  const made = server.find("Child");
  expect([made.parent, made.get(SERVICE_STATE), it.sensorValue("conditional.entity")?.value]).toEqual([it, "RUNNING", expect.objectContaining({ id: made.id })]);
  made.set(URL_SENSOR, "http://here");
  await server.world.clock.advance(10);
  expect(it.sensorValue("my.url")?.value).toBe("http://here");
  await server.invoke(it, "stop");
  await server.invoke(it, "start");
  expect(it.children).toEqual([made]);
});

test("a conditional entity without the condition has no child", async () => {
  const it = await start(conditionalEntity.name, { create: false, entitySpec: child });
  expect([it.children, it.get(SERVICE_STATE), it.sensorValue("conditional.entity.create")?.value]).toEqual([[], "RUNNING", false]);
});

test.each<[Record<string, Json>, string[]]>([
  [{ "location.entity.spec": { default: child, memory: asJson(entitySpec(basicStartable.name, { displayName: "In memory" })) } }, ["In memory"]],
  [{ "location.entity.spec.default": child, "location.entity.spec.aws-ec2": child }, ["Child"]],
  [{ "location.entity.spec.aws-ec2": child }, []],
])("a location entity has the child for where it is: %#", async (config, names) => {
  const it = await start(locationEntity.name, config);
  expect([it.children.map(({ displayName }) => displayName), it.sensorValue("location.entity.provider")?.value]).toEqual([names, "memory"]);
});

test("a delegate tells whom it stands for", async () => {
  const it = await start(delegateEntity.name, { delegateEntity: '$brooklyn:root()' });
  await server.world.clock.advance(10);
  expect(it.get(DELEGATE_SENSOR)).toMatchObject({ id: it.application.id });
});

test("a data entity publishes values, and those of expressions as they change, until it stops", async () => {
  const it = await start(dataEntity.name, { sensorSuppliers: { plain: 5, copied: '$brooklyn:root().attributeWhenReady("my.url")' } });
  expect([it.sensorValue("plain")?.value, it.sensorValue("copied")]).toEqual([5, undefined]);
  it.application.set(URL_SENSOR, "a");
  await server.world.clock.advance(1_100);
  expect(it.sensorValue("copied")?.value).toBe("a");
  await server.invoke(it, "stop");
  it.application.set(URL_SENSOR, "b");
  await server.world.clock.advance(5_000);
  expect(it.sensorValue("copied")?.value).toBe("a");
});
