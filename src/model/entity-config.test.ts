import { beforeEach, describe, expect, test } from "vitest";
import { World, type SimulatedServer } from "../../test/support/in-memory-plane.ts";
import { configKey, type ConfigKey } from "./config-key.ts";
import type { Entity } from "./entity.ts";
import { defineEntityType } from "./entity-type.ts";
import { sensor } from "./sensor.ts";
import { entitySpec, type EntitySpec } from "./spec.ts";
import { types } from "./types/index.ts";

const SIZE = configKey("test.size", types.integer, "", { flag: "size", aliases: ["test.old.size"], defaultValue: 1 });
const OWN = configKey("test.own", types.string, "", { inherited: false });
const NAME = configKey("test.name", types.string, "");
const MERGED = configKey("test.env", types.map(types.json), "", { merge: "deep_merge", aliases: ["test.environment"] });
const SECRET = configKey("test.secret", types.integer, "", { secret: true });
const READY = sensor("test.ready", types.string, "");

const knowing = defineEntityType({ name: "test.Knowing", description: "", config: [SIZE, OWN, NAME, MERGED, SECRET], sensors: [READY] });
const plain = defineEntityType({ name: "test.Plain", description: "" });

let server: SimulatedServer;

beforeEach(async () => {
  server = await new World({ entityTypes: [knowing, plain] }).open();
});

/** A parent of no special type with a child that has the keys. */
function family(parent: EntitySpec["config"], child: EntitySpec["config"], rest: Partial<EntitySpec> = {}): Entity {
  const root = server.plane.create(entitySpec(plain.name, { config: parent, children: [entitySpec(knowing.name, { config: child, ...rest })] }));
  return root.children[0] ?? root;
}

const get = <T>(entity: Entity, key: ConfigKey<T>) => server.run((work) => entity.config.get(key, work));

test.each([
  ["nothing", {}, {}, 1],
  ["its own value", {}, { "test.size": 2 }, 2],
  ["its own value before its parent's", { "test.size": 3 }, { "test.size": "2" }, 2],
  ["its parent's", { "test.size": 3 }, {}, 3],
  ["an old name of its parent's", { "test.old.size": 3 }, {}, 3],
  ["the name before the old name", { "test.old.size": 3, "test.size": 4 }, {}, 4],
  ["its flag", {}, { size: 5 }, 5],
  ["not a flag of its parent's, which may mean something else there", { size: 5 }, {}, 1],
  ["null, which takes back its parent's", { "test.size": 3 }, { "test.size": null }, 1],
])("EntityConfig reads %s", async (_name, parent, child, expected) => {
  const entity = family(parent, child);
  expect([await get(entity, SIZE), entity.config.peek(SIZE)]).toEqual([expected, expected]);
});

test("EntityConfig does not inherit what its key keeps to itself", async () => {
  expect(await get(family({ "test.own": "parent's" }, {}), OWN)).toBeUndefined();
});

describe("maps that are merged", () => {
  test("are merged key by key, the nearest first, in all their names", async () => {
    const entity = family({ "test.environment": { A: 1, B: { x: 1, y: 1 } } }, { "test.env": { B: { y: 2 }, C: 3 } });
    const expected = { A: 1, B: { x: 1, y: 2 }, C: 3 };
    expect([await get(entity, MERGED), entity.config.peek(MERGED)]).toEqual([expected, expected]);
  });

  test("are resolved each where it was written", async () => {
    const entity = family({ "test.env": { PARENT: '$brooklyn:config("test.name")' }, "test.name": "parent" }, { "test.env": { CHILD: '$brooklyn:config("test.name")' }, "test.name": "child" });
    expect(await get(entity, MERGED)).toEqual({ PARENT: "parent", CHILD: "child" });
  });
});

describe("deferred values", () => {
  test("are resolved in the scope of the entity that they were written on, and waited for", async () => {
    const entity = family({ "test.name": '$brooklyn:attributeWhenReady("test.ready")' }, {});
    const value = get(entity, NAME);
    await server.world.clock.advance(1_000);
    entity.set(READY, "the child's");
    entity.parent?.set(READY, "the parent's");
    expect(await value).toBe("the parent's");
  });

  test("read as unset when they may not be waited for", () => {
    const entity = family({}, { "test.size": '$brooklyn:attributeWhenReady("test.ready")' });
    expect(entity.config.peek(SIZE)).toBe(1);
  });
});

test("EntityConfig tells of a value that is not of its key's type, but never shows a secret", async () => {
  const entity = family({}, { "test.size": "many", "test.secret": "hunter2" });
  await expect(get(entity, SIZE)).rejects.toMatchObject({ code: "invalid-value", message: expect.stringMatching(/^Cannot read config "test.size" of ".*": "many" is not a whole number/) as string });
  const error: unknown = await get(entity, SECRET).catch((thrown: unknown) => thrown);
  expect(String(error)).not.toContain("hunter2");
});

test("EntityConfig keeps values under the keys' own names, and takes them back", () => {
  const entity = family({}, { size: 5, odd: 1 });
  expect(Object.fromEntries(entity.config.own())).toEqual({ "test.size": 5, odd: 1 });
  entity.config.set("test.old.size", 6);
  expect(entity.config.peek(SIZE)).toBe(6);
  entity.config.set("size", undefined);
  expect(entity.config.peek(SIZE)).toBe(1);
});

test("EntityConfig knows parameters that a blueprint declares, over the type's keys", async () => {
  const entity = family({}, { oldPort: "8080" }, { parameters: [{ name: "port", type: "port", deprecatedNames: ["oldPort"] }, { name: "test.size", type: "string", default: "big" }] });
  expect(entity.config.key("oldPort")).toMatchObject({ name: "port" });
  expect(entity.config.key("size")?.name).toBe("test.size");
  expect(entity.config.peek(entity.config.key("test.size") ?? NAME)).toBe("big");
  expect(Object.fromEntries(entity.config.own())).toEqual({ port: "8080" });
  // A port is a key and a sensor.
  expect(entity.sensor("port")?.type.name).toBe("java.lang.Integer");
});

test("EntityConfig gives a key that a blueprint declares again the blueprint's default, also to who asks with the type's key", async () => {
  const entity = family({}, {}, { parameters: [{ name: "test.size", type: "integer", default: 7 }, { name: "later", default: '$brooklyn:attributeWhenReady("test.ready")' }] });
  expect(entity.config.peek(SIZE)).toBe(7);
  expect(entity.config.own().get("later")).toBe('$brooklyn:attributeWhenReady("test.ready")');
});
