import { describe, expect, it } from "vitest";
import { settle } from "../../../test/support/fake-clock.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { configKey } from "../../model/config-key.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import { entitySpec, type EntitySpec, type Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import type { DslSuppliers } from "./resolution.ts";
import { resolve } from "./resolve.ts";

const url = sensor("datastore.url", types.string, "URL");
const state = sensor("service.state", types.lifecycle, "State");
const node = defineEntityType({
  name: "test.Node",
  description: "A node",
  config: [configKey("a", types.json, ""), configKey("http.port", types.portRange, "", { flag: "httpPort", defaultValue: types.portRange.coerce("8080+") }), configKey("own", types.string, "", { inherited: false })],
  sensors: [url, state],
});

const spec = (planId: string, config: Record<string, Json> = {}, children: EntitySpec[] = [], rest: Partial<EntitySpec> = {}) => entitySpec("test.Node", { planId, displayName: planId.toUpperCase(), config, children, ...rest });

/** app: web (with child inner), db, and a second tree under other with a db of its own. */
function tree(config: Record<string, Json> = {}) {
  const { plane, clock } = fakeManagement({ entityTypes: [node] });
  const root = plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication", {
    displayName: "App",
    config: { fromRoot: "root value" },
    children: [spec("web", config, [spec("inner")]), spec("db", { name: "visitors" }), spec("other", {}, [spec("db", { name: "second" })])],
  }));
  const at = (id: string, nth = 0): Entity => [...root.descendants()].filter((each) => each.planId === id)[nth]!;
  /** Runs as a task, so that it may wait. */
  const inTask = (value: unknown, scope: Entity, suppliers?: DslSuppliers) => plane.submit(scope, "resolve", (work) => resolve(value, scope, work, suppliers));
  const now = (value: unknown, scope = at("web"), suppliers?: DslSuppliers) => inTask(value, scope, suppliers).result;
  return { plane, clock, root, at, inTask, now };
}

describe("resolve, entities", () => {
  it.each<[string, string | undefined]>([
    ["self()", "web"], ["parent()", undefined], ["root()", undefined], ["application()", undefined], ['child("inner")', "inner"], ['sibling("db")', "db"], ['descendant("inner")', "inner"],
    ['component("inner")', "inner"], ['component("global", "db")', "db"], ['component("child", "inner")', "inner"], ['component("this", "x")', "web"], ["self", "web"],
  ])("$brooklyn:%s", async (expression, planId) => {
    const { now, root } = tree();
    const found = (await now(`$brooklyn:${expression}`)) as Entity;
    expect(found.planId).toBe(planId);
    expect(planId === undefined ? found : found.application).toBe(root);
  });

  it("component finds the nearest of the same id, and by entity id", async () => {
    const { now, at } = tree();
    expect(await now('$brooklyn:component("db").config("name")', at("web"))).toBe("visitors");
    expect(await now('$brooklyn:component("db").config("name")', at("other"))).toBe("second");
    expect(await now(`$brooklyn:entity("${at("web").id}")`, at("db"))).toBe(at("web"));
    expect(await now(`$brooklyn:component("${at("inner").id}")`, at("db"))).toBe(at("inner"));
    expect(await now('$brooklyn:ancestor("web")', at("inner"))).toBe(at("web"));
  });

  it("scopeRoot goes up to the root of the catalog item", async () => {
    const { plane } = fakeManagement({ entityTypes: [node] });
    const item = { catalogItemId: "item:1" };
    const root = plane.create(spec("top", {}, [spec("item", {}, [spec("part", {}, [], item)], item)]));
    const part = [...root.descendants()].find((each) => each.planId === "part")!;
    expect(((await resolve("$brooklyn:scopeRoot()", part, undefined)) as Entity).planId).toBe("item");
  });

  it("member looks among a group's members", async () => {
    const { now, at } = tree();
    at("web").addMember(at("db"));
    expect(await now('$brooklyn:member("db")')).toBe(at("db"));
  });

  it("a missing component is told with the way to it and the nearest id", async () => {
    const { now } = tree({ a: '$brooklyn:component("dbb").config("name")' });
    await expect(now('$brooklyn:config("a")')).rejects.toMatchObject({
      code: "invalid-value",
      message: `No entity matching id 'dbb' from "WEB", in config "a" of "WEB"`,
      remedy: 'Did you mean "db"?',
    });
  });
});

describe("resolve, config", () => {
  it("evaluates in the scope of the entity where the value was written", async () => {
    const { now, at } = tree({ a: "$brooklyn:self().displayName" });
    expect(await now('$brooklyn:config("a")', at("inner"))).toBe("WEB");
    expect(await now('$brooklyn:config("fromRoot")', at("inner"))).toBe("root value");
    expect(await now('$brooklyn:component("web").config("a")', at("db"))).toBe("WEB");
    expect(await now('$brooklyn:config(component("web"), "a")', at("db"))).toBe("WEB");
  });

  it("gives a key's default, by its flag too, and null for nothing", async () => {
    const { now } = tree();
    expect(await now('$brooklyn:config("httpPort")')).toBe("8080+");
    expect(await now('$brooklyn:config("nothing")')).toBeNull();
  });

  it("a cycle is an error that names the path", async () => {
    const { now } = tree({ a: '$brooklyn:config("b")', b: '$brooklyn:formatString("x%s", config("c"))', c: { "$brooklyn:config": "a" } });
    await expect(now('$brooklyn:config("a")')).rejects.toMatchObject({ message: 'Config refers to itself: config "a" of "WEB" → config "b" of "WEB" → config "c" of "WEB" → config "a" of "WEB"' });
  });

  it("looks into maps, lists and text that holds them", async () => {
    const { now } = tree({ a: { list: [{ k: 5 }] }, t: '{"k": [1, 2]}' });
    expect(await now('$brooklyn:config("a")["list"][0]["k"]')).toBe(5);
    expect(await now('$brooklyn:config("a").list')).toEqual([{ k: 5 }]);
    expect(await now({ "$brooklyn:chain": ['$brooklyn:config("t")', { get: ["k"] }, "[1]"] })).toBe(2);
    expect(await now('$brooklyn:config("a")["none"]')).toBeNull();
    await expect(now('$brooklyn:config("a").none')).rejects.toThrow('Cannot read "none": {"list":[{"k":5}]} has no "none"');
  });

  it("resolves what is nested in maps and lists, and leaves specs alone", async () => {
    const { now } = tree({ a: 1 });
    const member = spec("member", { x: "$brooklyn:self()" });
    expect(await now({ one: ["$brooklyn:config(\"a\")", { two: "$brooklyn:entityId()" }], member, plain: "x" })).toMatchObject({ one: [1, { two: expect.any(String) }], member, plain: "x" });
  });
});

describe("resolve, attributeWhenReady", () => {
  it("waits until the sensor is true in Groovy's sense, and the task shows for what", async () => {
    const { at, inTask } = tree();
    const { task, result } = inTask('$brooklyn:component("db").attributeWhenReady("datastore.url")', at("web"));
    await settle();
    expect(task.waitingFor).toBe("sensor datastore.url of DB");
    at("db").set(url, "");
    await settle();
    expect(task.isEnded).toBe(false);
    at("db").set(url, "mysql://h:3306/");
    expect(await result).toBe("mysql://h:3306/");
    expect(task.waitingFor).toBeUndefined();
  });

  it("is undefined without a task while it is not ready", async () => {
    const { at } = tree();
    expect(await resolve({ a: ['$brooklyn:attributeWhenReady("datastore.url")'] }, at("db"), undefined)).toBeUndefined();
    at("db").set(url, "x");
    expect(await resolve({ a: ['$brooklyn:attributeWhenReady("datastore.url")'] }, at("db"), undefined)).toEqual({ a: ["x"] });
  });

  it("times out", async () => {
    const { at, inTask, clock } = tree();
    const { result } = inTask('$brooklyn:attributeWhenReady("datastore.url", {timeout: 30s})', at("db"));
    await expect(clock.until(result)).rejects.toMatchObject({ code: "timeout", message: "Waited 30s for sensor datastore.url of DB, and it is not ready" });
  });

  it("does not wait for what is on fire, unless allowed", async () => {
    const { at, inTask } = tree();
    const waiting = inTask('$brooklyn:attributeWhenReady("datastore.url")', at("db"));
    const allowing = inTask('$brooklyn:attributeWhenReadyAllowingOnFire("datastore.url")', at("db"));
    await settle();
    at("db").set(state, "ON_FIRE");
    await expect(waiting.result).rejects.toThrow("Cannot wait for sensor datastore.url of DB: DB is on fire");
    at("db").set(url, "x");
    expect(await allowing.result).toBe("x");
  });

  it("waits a minute for what is stopped, and on when it comes back", async () => {
    const { at, inTask, clock } = tree();
    at("db").set(state, "STOPPED");
    const given = inTask('$brooklyn:attributeWhenReady("datastore.url")', at("db"));
    await clock.advance(50_000);
    at("db").set(state, "STARTING");
    await clock.advance(50_000);
    expect(given.task.isEnded).toBe(false);
    at("db").set(state, "STOPPING");
    await expect(clock.until(given.result)).rejects.toThrow("Cannot wait longer for sensor datastore.url of DB: it is stopping");
  });

  it("ends when the task is cancelled, and when the entity goes", async () => {
    const { at, inTask, plane } = tree();
    const cancelled = inTask('$brooklyn:attributeWhenReady("datastore.url")', at("db"));
    const gone = inTask('$brooklyn:component("inner").attributeWhenReady("datastore.url")', at("db"));
    await settle();
    cancelled.task.cancel(new Error("enough"));
    await expect(cancelled.result).rejects.toThrow("enough");
    plane.unmanage(at("inner"));
    await expect(gone.result).rejects.toThrow("the entity is gone");
  });

  it("wait_for_truthy: false takes any value", async () => {
    const { at, now } = tree();
    at("db").set(url, "");
    expect(await now('$brooklyn:component("db").attributeWhenReady("datastore.url", {wait_for_truthy: false})')).toBe("");
  });
});

describe("resolve, text and others", () => {
  it.each<[Json, unknown]>([
    ['$brooklyn:formatString("jdbc:%s%s?user=%s", component("db").config("name"), "/", "x")', "jdbc:visitors/?user=x"],
    ['$brooklyn:formatString("%2$s-%1$05d-%%-%3$.2f-%4$x", 42, "a", 3.14159, 255)', "a-00042-%-3.14-ff"],
    [{ "$brooklyn:formatString": ["%s:%s", { "$brooklyn:literal": "h" }, 80] }, "h:80"],
    ['$brooklyn:formatString("%s", config("nothing"))', "null"],
    ['$brooklyn:urlEncode("a b&c/ü~*")', "a+b%26c%2F%C3%BC%7E*"],
    ['$brooklyn:regexReplacement("hello world", "(\\\\w+) (\\\\w+)", "$2 $1")', "world hello"],
    ['$brooklyn:literal("$brooklyn:self()")', "$brooklyn:self()"],
    ['$brooklyn:template("${entity.displayName} on ${config[\'http.port\']} ${sub!\\"none\\"}")', "WEB on 8080+ none"],
    [{ "$brooklyn:template": ["${greeting?upper_case}", { greeting: "hi" }] }, "HI"],
    [{ "$brooklyn:template": ["<#if greeting??><#list entity.displayName?split('') as c>${c}<#sep>-</#list></#if>", { greeting: "hi" }] }, "W-E-B"],
    ['$brooklyn:literal("http://h:81/p").port', 81],
    ['$brooklyn:literal("abc").substring(1, 2).toUpperCase()', "B"],
    ['$brooklyn:sensor("test.Node", "datastore.url").name', "datastore.url"],
    ['$brooklyn:sensor("not.declared")', { name: "not.declared" }],
    [{ "$brooklyn:object": { type: "com.acme.X", value: '$brooklyn:component("db").config("name")' } }, { type: "com.acme.X", value: "visitors" }],
    [{ "$brooklyn:entitySpec": { type: "test.Node" } }, entitySpec("test.Node")],
  ])("%j", async (value, expected) => expect(await tree().now(value)).toEqual(expected));

  it("function.regexReplacement gives a function", async () => {
    const replace = (await tree().now('$brooklyn:function.regexReplacement("a", "b")')) as (text: string) => string;
    expect(replace("banana")).toBe("bbnbnb");
  });

  it("external asks the supplier, and says when there is none", async () => {
    const { now, at } = tree();
    expect(await now('$brooklyn:external("vault", "password")', at("web"), { external: async (provider, key) => `${provider}/${key}` })).toBe("vault/password");
    await expect(now('$brooklyn:external("vault", "password")')).rejects.toThrow('Cannot read external config "password": there is no supplier "vault"');
  });

  it("object asks the registry of object types", async () => {
    const { now, at } = tree();
    expect(await now({ "$brooklyn:object": { type: "x", n: 1 } }, at("web"), { object: async ({ n }) => [n] })).toEqual([1]);
  });

  it.each([
    ['$brooklyn:formatString("%s %s", "a")', 'Cannot compute formatString: "%s" of "%s %s" has no argument: 1 is given'],
    ['$brooklyn:formatString("%d", "x")', 'Cannot compute formatString: "%d" needs a number, not x'],
    ['$brooklyn:template("${nothing}")', 'Cannot fill the template: ${nothing} has no value at line 1, column 1'],
    ['$brooklyn:regexReplacement("a", "(", "")', 'Cannot compute regexReplacement: "(" is not a pattern'],
    ['$brooklyn:config("a"', 'Invalid expression "$brooklyn:config(\\"a\\"": ")" is missing at character 21'],
    ['$brooklyn:component("nowhere", "x")', 'Unknown scope "nowhere" in component("nowhere", "x")'],
  ])("%s: %s", async (value, message) => await expect(tree().now(value)).rejects.toThrow(message));

  it("gives back what holds no expressions as it is", async () => {
    const { at } = tree();
    const value = { a: [1] };
    expect(await resolve(value, at("web"), undefined)).toBe(value);
  });

  it("location gives the entity's or the nearest above", async () => {
    const { now, at } = tree();
    const location = { id: "loc1", name: "here", spec: "here", type: "x", parent: undefined, config: {} };
    at("web").addLocation(location);
    expect(await now("$brooklyn:location()", at("inner"))).toBe(location);
    expect(await now("$brooklyn:location(0).name", at("web"))).toBe("here");
    await expect(now("$brooklyn:location(3)", at("web"))).rejects.toThrow('"WEB" has no location 3');
    expect(await now("$brooklyn:location()", at("db"))).toBeNull();
  });
});

describe("resolve, keys of maps", () => {
  it("gives what a key with its arguments stands for, a sensor by its name", async () => {
    const { now } = tree();
    expect(await now({ '$brooklyn:literal("key")': '$brooklyn:component("db").config("name")' })).toEqual({ key: "visitors" });
    expect(await now({ '$brooklyn:sensor("datastore.url")': "x", other: 1 })).toEqual({ "datastore.url": "x", other: 1 });
  });
});
