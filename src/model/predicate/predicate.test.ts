import { expect, test } from "vitest";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { defineEntityType } from "../entity-type.ts";
import { ClockerError } from "../errors.ts";
import { sensor } from "../sensor.ts";
import { entitySpec, type EntitySpec } from "../spec.ts";
import { types } from "../types/index.ts";
import { predicateOf } from "./predicate.ts";

const basicEntity = defineEntityType({ name: "org.apache.brooklyn.entity.stock.BasicEntity", description: "An entity" });

const read = (raw: unknown) => predicateOf(raw, (text, pattern) => new RegExp(`^(?:${pattern})$`, "s").test(text));

test.each<[unknown, unknown, boolean]>([
  ["a", "a", true],
  ["a", "b", false],
  [1, "1", true],
  ["true", true, true],
  ["1.10", "1.1", false],
  [{ equals: [1, "2"] }, ["1", 2], true],
  [{ equals: { a: 1 } }, { a: 1, b: 2 }, false],
  [{ regex: "a.*c" }, "abc", true],
  [{ regex: "b" }, "abc", false],
  [{ regex: "1." }, 12, true],
  [{ glob: "web-*.{com,org}" }, "web-1.org", true],
  [{ glob: "web-?[!a-c]" }, "web-1d", true],
  [{ glob: "web-?[!a-c]" }, "web-1b", false],
  [{ glob: "a.c" }, "abc", false],
  [{ "less-than": 10 }, "9", true],
  [{ "less-than": 10 }, 10, false],
  [{ "less-than-or-equal-to": 10 }, 10, true],
  [{ "greater-than": "1.9" }, "1.10", true],
  [{ "greater-than-or-equal-to": "b" }, "a", false],
  [{ "greater-than": 1 }, [2], false],
  [{ "in-range": [1, 10] }, 10, true],
  [{ "in-range": { min: 1, max: 10 } }, 11, false],
  [{ "in-range": [-3, -1] }, -2, true],
  [{ size: 2 }, ["a", "b"], true],
  [{ size: { "greater-than": 2 } }, "ab", false],
  [{ size: { when: "always" } }, 3, false],
  [{ "has-element": "b" }, ["a", "b"], true],
  [{ "has-element": { key: "value", equals: 2 } }, { a: 1, b: 2 }, true],
  [{ filter: { "greater-than": 1 }, size: 2 }, [1, 2, 3], true],
  [{ index: -1, equals: "z" }, ["a", "z"], true],
  [{ index: 4, when: "absent" }, ["a"], true],
  [{ key: "a", equals: 1 }, { a: 1 }, true],
  [{ key: "b", when: "absent" }, { a: 1 }, true],
  [{ key: "a", check: { key: "b", equals: 1 } }, { a: { b: 1 } }, true],
  [{ jsonpath: "$.a[1].b", equals: 3 }, { a: [1, { b: 3 }] }, true],
  [{ jsonpath: "a['x y']", equals: 1 }, { a: { "x y": 1 } }, true],
  [{ jsonpath: "$..b", equals: [1, 2] }, { b: 1, c: { b: 2 } }, true],
  [{ jsonpath: "$.a[*]", size: 3 }, { a: [1, 2, 3] }, true],
  [{ jsonpath: "$.z", when: "absent" }, {}, true],
  [{ not: "a" }, "b", true],
  [{ any: ["a", "b"] }, "b", true],
  [{ all: [{ "greater-than": 1 }, { "less-than": 3 }] }, 2, true],
  [{ all: [{ "greater-than": 1 }, { "less-than": 2 }] }, 2, false],
  [{ equals: "a", regex: "b" }, "a", false],
  [{ when: "present" }, null, true],
  [{ when: "present_non_null" }, null, false],
  [{ when: "NULL" }, null, true],
  [{ when: "absent-or-null" }, null, true],
  [{ when: "truthy" }, [], false],
  [{ when: "falsy" }, 0, true],
  [{ when: "never" }, 1, false],
  [{ "java-instance-of": "String" }, "a", true],
  [{ "java-instance-of": "java.lang.Number" }, 1.5, true],
  [{ "java-instance-of": { glob: "java.util.*" } }, [], true],
  [{ "java-instance-of": "Map" }, [], false],
  [{ "$brooklyn:object": { type: "com.google.common.base.Predicates", "factoryMethod.name": "equalTo", "factoryMethod.args": ["x"] } }, "x", true],
  [{ type: "org.apache.brooklyn.util.text.StringPredicates", "factoryMethod.name": "matchesGlob", "factoryMethod.args": ["x*"] }, "xy", true],
])("accepts: %j on %j is %s", (raw, value, expected) => {
  expect(read(raw).accepts(value)).toBe(expected);
});

test("acceptsNone: when is about presence, and other checks need a value", () => {
  expect(read({ when: "absent" }).acceptsNone()).toBe(true);
  expect(read({ when: "falsy" }).acceptsNone()).toBe(true);
  expect(read({ not: { equals: 1 } }).acceptsNone()).toBe(true);
  expect(read("a").acceptsNone()).toBe(false);
});

test.each([
  [{ equal: 1 }, /Unknown check "equal"/],
  [{}, /does not define any checks/],
  [[], /Cannot read the predicate/],
  [{ when: "maybe" }, /expected one of present/],
  [{ key: "a", index: 1 }, /multiple incompatible target specifiers: key, index/],
  [{ target: "cousins", size: 1 }, /Unsupported target 'cousins'/],
  [{ jsonpath: "$.a[?(@.b)]" }, /Cannot read the path/],
  [{ type: "com.acme.MyPredicate" }, /Clocker runs no Java/],
  [{ "in-range": [1] }, /expected two values/],
])("predicateOf refuses %j", (raw, message) => {
  expect(() => read(raw)).toThrow(message);
});

test("assert fails with what was found", () => {
  expect(read({ assert: { equals: 1 } }).accepts(1)).toBe(true);
  expect(() => read({ assert: { equals: 1 } }).accepts(2)).toThrow("Assertion in DSL predicate failed: value 2");
  expect(() => read({ assert: "present" }).acceptsNone()).toThrow(/cannot be resolved/);
});

test("error-cause and error-field look into errors", () => {
  const error = new ClockerError("start-failed", "Cannot start it", { cause: new ClockerError("no-machine", "There is none") });
  expect(read({ "error-cause": { "java-instance-of": "NoMachinesAvailableException" } }).accepts(error)).toBe(true);
  expect(read({ "error-cause": { "java-instance-of": "TimeoutException" } }).accepts(error)).toBe(false);
  expect(read({ "error-field": "message", regex: ".*There is none.*" }).accepts(error)).toBe(true);
  expect(read({ "error-field": "code", equals: "start-failed" }).accepts(error)).toBe(true);
});

function scene() {
  const { plane } = fakeManagement({ entityTypes: [basicEntity] });
  const make = (name: string, rest: Partial<EntitySpec> = {}): EntitySpec => entitySpec(basicEntity.name, { displayName: name, ...rest });
  const app = plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication", { displayName: "app", children: [make("web", { config: { size: 3, later: '$brooklyn:attributeWhenReady("x")' }, tags: ["red", { kind: "b" }], children: [make("one"), make("two")] }), make("db")] }));
  const [web, db] = app.children;
  if (web === undefined || db === undefined) throw new Error("There are two children");
  web.set(sensor("load", types.double, ""), 0.5);
  return { app, web, db };
}

test.each<[unknown, boolean]>([
  [{ config: "size", equals: 3 }, true],
  [{ config: "nothing", when: "absent" }, true],
  [{ config: "later", when: "unresolvable" }, true],
  [{ sensor: "load", "less-than": 1 }, true],
  [{ sensor: "load" }, true],
  [{ sensor: "nothing" }, false],
  [{ tag: "red" }, true],
  [{ tag: { key: "kind", equals: "b" } }, true],
  [{ tag: { glob: "bl*" } }, false],
  [{ target: "children", size: 2 }, true],
  [{ target: "child", jsonpath: "displayName", equals: "two" }, true],
  [{ target: "sibling", key: "name", equals: "db" }, true],
  [{ target: "tags", "has-element": "red" }, true],
  [{ target: "ancestors", size: 1 }, true],
  [{ target: "descendants", filter: { key: "name", regex: "t.o" }, size: 1 }, true],
  [{ target: "location", when: "present" }, false],
  [{ target: "locations", size: 0 }, true],
  [{ "java-instance-of": "BasicEntity" }, true],
  [{ "java-instance-of": "org.apache.brooklyn.api.entity.Group" }, false],
  [{ target: "parent", "java-instance-of": "org.apache.brooklyn.api.entity.Application" }, true],
  [{ type: "org.apache.brooklyn.core.entity.EntityPredicates", "factoryMethod.name": "displayNameEqualTo", "factoryMethod.args": ["web"] }, true],
  [{ type: "org.apache.brooklyn.core.entity.EntityPredicates", "factoryMethod.name": "configEqualTo", "factoryMethod.args": ["size", 4] }, false],
])("accepts: %j on an entity is %s", (raw, expected) => {
  const { web } = scene();
  expect(read(raw).accepts(web)).toBe(expected);
});

test("accepts knows the entity that a reference means, and whose config is meant beside a value", () => {
  const { app, web, db } = scene();
  expect(read({ equals: { type: "org.apache.brooklyn.api.entity.Entity", id: web.id } }).accepts(web)).toBe(true);
  expect(read({ target: "parent", equals: app }).accepts(db)).toBe(true);
  expect(read({ config: "size", equals: 3 }).accepts("a value", web)).toBe(true);
  expect(() => read("web").accepts(web)).toThrow(/Cannot compare "web" with entity "web"/);
});

test("a predicate tells which sensors and whose it looks at", () => {
  const predicate = read({ any: [{ sensor: "a", equals: 1 }, { target: "members", "has-element": { sensor: "b", equals: 2 } }] });
  expect([...predicate.sensors]).toEqual(["a", "b"]);
  expect([...predicate.relations]).toEqual(["members"]);
});
