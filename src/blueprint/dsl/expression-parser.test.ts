import { describe, expect, it } from "vitest";
import type { Json } from "../../model/spec.ts";
import { DslSyntaxError } from "./ast.ts";
import { isDeferred } from "./deferred.ts";
import { parseDsl } from "./parse-dsl.ts";
import { validateDsl } from "./validate.ts";

const text = (value: Json) => ({ kind: "constant", value });
const data = (value: Json) => ({ kind: "data", value });
const call = (name: string, args: unknown[], target?: unknown) => ({ kind: "call", target, name, args });
const waiting = call("attributeWhenReady", [text("datastore.url")], call("component", [text("db")]));

describe("parseDsl", () => {
  it.each<[string, Json]>([
    ["inline", '$brooklyn:component("db").attributeWhenReady("datastore.url")'],
    ["with spaces and line ends", '$brooklyn:component( "db" )\n  .attributeWhenReady(\n "datastore.url" ) '],
    ["bare words", "$brooklyn:component(db).attributeWhenReady(datastore.url)"],
    ["single quotes", "$brooklyn:component('db').attributeWhenReady('datastore.url')"],
  ])("%s", (_name, value) => expect(parseDsl(value)).toEqual(waiting));

  it("reads the map form, with one argument, several or none", () => {
    expect(parseDsl({ "$brooklyn:component": "db" })).toEqual(call("component", [data("db")]));
    expect(parseDsl({ "$brooklyn:formatString": ["%s", "x"] })).toEqual(call("formatString", [data("%s"), data("x")]));
    expect(parseDsl({ "$brooklyn:self": null })).toEqual(call("self", []));
    expect(parseDsl({ '$brooklyn:component("db").attributeWhenReady': "datastore.url" })).toEqual(call("attributeWhenReady", [data("datastore.url")], call("component", [text("db")])));
    expect(parseDsl({ "$brooklyn:self.attributeWhenReady": "x" })).toEqual(call("attributeWhenReady", [data("x")], call("self", [])));
  });

  it("reads inner calls without the prefix, as folded text has them", () => {
    const folded = '$brooklyn:formatString("jdbc:%s%s?user=%s\\\\&password=%s", component("db").attributeWhenReady("datastore.url"), "visitors", $brooklyn:config("user"), 5)';
    expect(parseDsl(folded)).toEqual(call("formatString", [text("jdbc:%s%s?user=%s\\&password=%s"), waiting, text("visitors"), call("config", [text("user")]), text(5)]));
  });

  it("keeps a backslash before what is no escape, and knows Java's", () => expect(parseDsl('$brooklyn:literal("a\\&b\\n\\"c\\\\")')).toEqual(call("literal", [text('a\\&b\n"c\\')])));

  it("reads properties, indexes, methods and options", () => {
    expect(parseDsl('$brooklyn:config("m")["a"][0].size')).toEqual({
      kind: "property",
      name: "size",
      target: { kind: "index", index: text(0), target: { kind: "index", index: text("a"), target: call("config", [text("m")]) } },
    });
    expect(parseDsl('$brooklyn:attributeWhenReady("x", {timeout: 5m, "abort_if_on_fire": false})')).toEqual(
      call("attributeWhenReady", [text("x"), { kind: "map", entries: [["timeout", text("5m")], ["abort_if_on_fire", text(false)]] }]),
    );
    expect(parseDsl("$brooklyn:self.displayName")).toEqual({ kind: "property", name: "displayName", target: call("self", []) });
    expect(parseDsl('$brooklyn:function.regexReplacement("a", "b")')).toEqual(call("function.regexReplacement", [text("a"), text("b")]));
  });

  it("reads a chain", () => {
    const chain = { "$brooklyn:chain": ['$brooklyn:config("m")', { get: ["key"] }, "[0]", "trim()", "length"] };
    expect(parseDsl(chain)).toEqual({
      kind: "property",
      name: "length",
      target: call("trim", [], { kind: "index", index: text(0), target: call("get", [data("key")], call("config", [text("m")])) }),
    });
  });

  it("does not look into literal, object and entitySpec", () => expect(parseDsl({ "$brooklyn:literal": { a: "$brooklyn:self()" } })).toEqual(call("literal", [text({ a: "$brooklyn:self()" })])));

  it.each<Json>(["plain", 'foo-$brooklyn:config("x")', { a: 1 }, { "$brooklyn:self": null, other: 1 }, ["$brooklyn:self()"], 5, null])("leaves %j alone", (value) => expect(parseDsl(value)).toBeUndefined());

  it.each([
    ['$brooklyn:component("db"', '")" is missing'],
    ['$brooklyn:component("db', "a quoted text is not closed"],
    ["$brooklyn:", "a function's name is missing"],
    ['$brooklyn:config("a") and more', 'unexpected "and more"'],
    ["$brooklyn:self().", "a name is missing after the dot"],
    ['$brooklyn:config("a" "b")', '"," is missing before ""b")"'],
    ["$brooklyn:config", '"config" needs its arguments in brackets'],
    [`$brooklyn:self()${".a".repeat(1_000)}`, "more than 100 parts follow each other"],
    [`$brooklyn:self${".a".repeat(1_000)}`, "more than 100 parts follow each other"],
    [`$brooklyn:${"urlEncode(".repeat(100)}`, "it is nested more than 60 levels deep"],
  ])("%s: %s", (value, message) => expect(() => parseDsl(value)).toThrow(new DslSyntaxError(message, value, 0).message));
});

describe("validateDsl", () => {
  it("names the nearest function", () =>
    expect(validateDsl({ a: ['$brooklyn:formatSting("%s", 1)'] })).toEqual([{ path: ["a", 0], message: 'Unknown function "formatSting" in a $brooklyn: expression', remedy: 'Did you mean "formatString"?' }]));
  it("counts arguments", () => expect(validateDsl("$brooklyn:component()")[0]?.message).toBe('"component" takes 1 to 2 arguments, and 0 are given'));
  it("tells where the grammar breaks", () => expect(validateDsl('$brooklyn:config("a"')[0]?.message).toBe('Invalid expression "$brooklyn:config(\\"a\\"": ")" is missing at character 21'));
  it("finds faults in arguments of the map form", () => expect(validateDsl({ "$brooklyn:urlEncode": { "$brooklyn:nothing": 1 } })[0]?.message).toContain('"nothing"'));
  it("leaves methods of values to be found out", () => expect(validateDsl('$brooklyn:config("a").whatever(1)')).toEqual([]));
});

describe("isDeferred", () => {
  it.each([
    ["$brooklyn:self()", true],
    [{ a: { b: ["x", { "$brooklyn:self": null }] } }, true],
    [{ a: ["x"] }, false],
    ["x $brooklyn:self()", false],
    [new Map(), false],
    [undefined, false],
  ])("%j: %s", (value, expected) => expect(isDeferred(value)).toBe(expected));

  it("does not count what a spec holds", () => {
    const spec = { type: "x", config: { a: "$brooklyn:self()" }, parameters: [], children: [], policies: [], enrichers: [], initializers: [], tags: [] };
    expect(isDeferred({ memberSpec: spec })).toBe(false);
  });
});
