import { describe, expect, it } from "vitest";
import { entitySpec, type Json } from "../../model/spec.ts";
import { usesOf } from "./uses.ts";

function shown(value: Json): unknown {
  const { entities, config, waits } = usesOf(value);
  return { entities: [...entities], config: [...config], waits };
}

describe("usesOf", () => {
  it("finds entities, config and awaited sensors in every spelling", () => {
    expect(shown('$brooklyn:component("db").attributeWhenReady("host.address")')).toEqual({ entities: ["db"], config: [], waits: [{ sensor: "host.address", on: "db", isId: true }] });
    expect(shown({ URL: { "$brooklyn:formatString": ["%s:%s", '$brooklyn:sibling("db").attributeWhenReady("port")', { "$brooklyn:config": "db.name" }] } })).toEqual({ entities: ["db"], config: ["db.name"], waits: [{ sensor: "port", on: "db", isId: true }] });
    expect(shown('$brooklyn:parent().attributeWhenReady("ready")')).toEqual({ entities: [], config: [], waits: [{ sensor: "ready", on: "parent", isId: false }] });
    expect(shown('$brooklyn:attributeWhenReady("ready")')).toEqual({ entities: [], config: [], waits: [{ sensor: "ready", on: "self", isId: false }] });
    expect(shown('$brooklyn:component("global", "db").config("db.name")')).toEqual({ entities: ["db"], config: ["db.name"], waits: [] });
  });

  it("finds nothing in plain values, in literals and in specs, which belong to what is made of them", () => {
    const spec: object = entitySpec("x", { config: { a: '$brooklyn:component("db")' } });
    expect(shown({ text: "component(db)", literal: { "$brooklyn:literal": '$brooklyn:component("db")' }, spec: spec as Json, broken: "$brooklyn:component(" })).toEqual({ entities: [], config: [], waits: [] });
  });
});
