import { expect, test } from "vitest";
import { FakeClock, settle } from "../../../test/support/fake-clock.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import { entitySpec, type EntitySpec, type JsonObject } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { basicEntity } from "../stock/application.ts";
import { sequenceEntity } from "../stock/sequence-entity.ts";
import { dynamicGroup } from "./dynamic-group.ts";
import { BUCKETS, dynamicMultiGroup } from "./dynamic-multi-group.ts";
import { basicGroup } from "./group.ts";
import { SEQUENCE_NEXT, sequenceGroup } from "./sequence-group.ts";

const LOAD = sensor("load", types.double, "");
const ZONE = sensor("zone", types.string, "");

function scene(type: string, config: JsonObject, children: EntitySpec[] = []) {
  const clock = new FakeClock();
  const { plane, logged } = fakeManagement({ clock, entityTypes: [basicEntity, basicGroup, dynamicGroup, dynamicMultiGroup, sequenceGroup, sequenceEntity] });
  const app = plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication", { displayName: "app", children }));
  const group = plane.create(entitySpec(type, { displayName: "group", config }), app);
  const add = (displayName: string, rest: Partial<EntitySpec> = {}, parent: Entity = app) => plane.create(entitySpec(basicEntity.name, { displayName, ...rest }), parent);
  const invoke = (name: string, entity = group) => clock.until(plane.submit(entity, name, (work) => entity.invoke(name, {}, work)).result);
  return { plane, clock, app, group, add, invoke, logged };
}

function names(group: Entity): string[] {
  return [...group.members.values()].map((member) => member.displayName);
}

test("a dynamic group has the entities that its filter accepts, and follows them as they come, change and go", () => {
  const { plane, app, group, add } = scene(dynamicGroup.name, { entityFilter: { sensor: "load", "greater-than": 0.5 } }, [entitySpec(basicEntity.name, { displayName: "early" })]);
  const one = add("one");
  const below = add("below", {}, one);
  expect(names(group)).toEqual([]);
  for (const each of [...app.children, below]) if (each !== group) each.set(LOAD, 0.9);
  expect(names(group)).toEqual(["early", "one", "below"]);
  one.set(LOAD, 0.1);
  expect(names(group)).toEqual(["early", "below"]);
  plane.unmanage(one);
  expect(names(group)).toEqual(["early"]);
  one.set(LOAD, 1);
  expect(names(group)).toEqual(["early"]);
});

test("a dynamic group follows names, tags and config, stays within its application, and is never its own member", () => {
  const { plane, group, add } = scene(dynamicGroup.name, { entityFilter: { any: [{ key: "name", glob: "web*" }, { tag: "red" }, { config: "tier", equals: "front" }] } });
  const plain = add("plain");
  add("tagged", { tags: ["red"] });
  plane.create(entitySpec(basicEntity.name, { displayName: "web-elsewhere" }));
  expect(names(group)).toEqual(["tagged"]);
  plain.rename("web-1");
  expect(names(group)).toEqual(["tagged", "web-1"]);
  plain.rename("plain");
  plain.config.set("tier", "front");
  expect(names(group)).toEqual(["tagged", "plain"]);
  group.rename("web-group");
  expect(names(group)).toEqual(["tagged", "plain"]);
});

test("a dynamic group sees what its filter looks at on others: parents, children, members", () => {
  const { group, add } = scene(dynamicGroup.name, { entityFilter: { any: [{ target: "parent", tag: "box" }, { target: "child", sensor: "load", equals: 7 }] } });
  const box = add("box", { tags: ["box"] });
  const inner = add("inner", {}, box);
  expect(names(group)).toEqual(["inner"]);
  inner.set(LOAD, 7);
  expect(names(group)).toEqual(["inner", "box"]);
  inner.set(LOAD, 8);
  expect(names(group)).toEqual(["inner"]);
  box.tags.length = 0;
  box.touch();
  expect(names(group)).toEqual([]);
});

test("a dynamic group without a filter is empty; with an ancestor it looks below that; a bad filter is refused", () => {
  const none = scene(dynamicGroup.name, {});
  none.add("one");
  expect(names(none.group)).toEqual([]);
  const { plane, app, add } = scene(dynamicGroup.name, {});
  const box = add("box");
  const group = plane.create(entitySpec(dynamicGroup.name, { config: { ancestor: box.id, entityFilter: { when: "always" } } }), app);
  add("within", {}, box);
  add("beside");
  expect(names(group)).toEqual(["box", "within"]);
  expect(() => plane.create(entitySpec(dynamicGroup.name, { config: { entityFilter: { eqals: 1 } } }), app)).toThrow(/Unknown check "eqals"/);
});

test("a dynamic group whose filter has to wait begins when it is known", async () => {
  const { plane, app, group, add, invoke } = scene(dynamicGroup.name, { entityFilter: { key: "name", equals: '$brooklyn:attributeWhenReady("zone")' } });
  add("north");
  expect(names(group)).toEqual([]);
  group.set(ZONE, "north");
  await settle();
  expect(names(group)).toEqual(["north"]);
  plane.create(entitySpec(basicEntity.name, { displayName: "south" }), app);
  group.set(ZONE, "south");
  await invoke("rescanEntities");
  expect(names(group)).toEqual(["south"]);
});

test("a sequence group numbers its members; who comes back has its number again; reset begins anew", async () => {
  const { plane, group, add, invoke } = scene(sequenceGroup.name, { sequenceStart: 10, sequenceIncrement: 5, sequenceFormat: "node-%03d", entityFilter: { tag: "in" } });
  const [a, b] = [add("a", { tags: ["in"] }), add("b", { tags: ["in"] })];
  expect([a, b].map((each) => each.sensorValue("sequence.string")?.value)).toEqual(["node-010", "node-015"]);
  a.tags.length = 0;
  a.touch();
  const c = add("c", { tags: ["in"] });
  a.tags.push("in");
  a.touch();
  expect([a, c].map((each) => each.sensorValue("sequence.value")?.value)).toEqual([10, 20]);
  plane.unmanage(b);
  await invoke("reset");
  expect([c, a].map((each) => each.sensorValue("sequence.value")?.value)).toEqual([10, 15]);
  expect(group.get(SEQUENCE_NEXT)).toBe(20);
  expect(group.sensorValue("sequence.cache")?.value).toEqual({ [c.id]: 10, [a.id]: 15 });
});

test("a sequence entity counts", async () => {
  const { plane, app, invoke } = scene(basicGroup.name, {});
  const sequence = plane.create(entitySpec(sequenceEntity.name, { config: { sequenceFormat: "n%02d" } }), app);
  expect(await invoke("currentValue", sequence)).toBe(1);
  expect(await invoke("nextValue", sequence)).toBe(2);
  expect(await invoke("nextString", sequence)).toBe("n03");
  await invoke("reset", sequence);
  expect(await invoke("currentString", sequence)).toBe("n01");
});

test("a multi-group puts members into buckets that come with the first and go with the last", async () => {
  const { plane, group, add } = scene(dynamicMultiGroup.name, { entityFilter: { key: "name", glob: "m*" }, bucketExpression: "zone-${entity.sensor['zone']}", "brooklyn.multigroup.bucketIdExpression": "id-${sensor.zone}" });
  const [m1, m2, m3] = [add("m1"), add("m2"), add("m3")];
  const shown = async () => {
    await settle();
    return Object.fromEntries(group.children.map((bucket) => [bucket.displayName, names(bucket)]));
  };
  expect(await shown()).toEqual({});
  m1.set(ZONE, "a");
  m2.set(ZONE, "a");
  m3.set(ZONE, "b");
  expect(await shown()).toEqual({ "zone-a": ["m1", "m2"], "zone-b": ["m3"] });
  expect(group.children[0]?.planId).toBe("id-a");
  m2.set(ZONE, "b");
  expect(await shown()).toEqual({ "zone-a": ["m1"], "zone-b": ["m3", "m2"] });
  plane.unmanage(m1);
  expect(await shown()).toEqual({ "zone-b": ["m3", "m2"] });
  expect(Object.keys(group.get(BUCKETS) ?? {})).toEqual(["zone-b"]);
  m3.rename("other");
  expect(await shown()).toEqual({ "zone-b": ["m2"] });
});

test("a multi-group takes bucketFromAttribute, and refuses to be without a rule", async () => {
  const { plane, app, group, add } = scene(dynamicMultiGroup.name, {
    entityFilter: { key: "name", glob: "m*" },
    bucketFunction: { "$brooklyn:object": { type: "org.apache.brooklyn.entity.group.DynamicMultiGroupImpl", "factoryMethod.name": "bucketFromAttribute", "factoryMethod.args": ["zone", "nowhere"] } },
  });
  add("m1");
  await settle();
  expect(group.children.map((bucket) => bucket.displayName)).toEqual(["nowhere"]);
  expect(() => plane.create(entitySpec(dynamicMultiGroup.name), app)).toThrow(/neither "brooklyn.multigroup.bucketExpression" nor/);
});
