import { describe, expect, it } from "vitest";
import { select } from "./json-path.ts";

const data = { id: "a", spec: { name: "Shop", locations: ["x", "y"] }, "main.uri": "http://here" };

describe("select", () => {
  it.each([
    ["$", data],
    ["", data],
    ["$.id", "a"],
    ["id", "a"],
    ["$.spec.name", "Shop"],
    ["$['main.uri']", "http://here"],
    ["$.spec.locations[1]", "y"],
    ["$.spec.locations[-1]", "y"],
    ["$.spec.locations[*]", ["x", "y"]],
    ["$.spec.*", ["Shop", ["x", "y"]]],
    ["$.nothing.here", undefined],
    ["$.spec.locations[7]", undefined],
  ])("%s", (path, expected) => {
    expect(select(data, path)).toEqual(expected);
  });

  it("takes a part of each of a list, leaving out those without it", () => {
    expect(select([{ a: 1 }, { b: 2 }, { a: 3 }], "$[*].a")).toEqual([1, 3]);
  });

  it("says what it does not understand", () => {
    expect(() => select(data, "$.spec[?(@.x)]")).toThrow('Cannot understand the path "$.spec[?(@.x)]" at "[?(@.x)]"');
  });
});
