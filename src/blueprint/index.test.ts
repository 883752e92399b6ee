import { describe, expect, it } from "vitest";
import { CoercionError } from "../model/value-type.ts";
import { types } from "../model/types/index.ts";
import * as blueprint from "./index.ts";

describe("src/blueprint", () => {
  it("lets maps and lists in text be YAML", () => {
    expect(blueprint.isDeferred("$brooklyn:self()")).toBe(true);
    expect(types.map(types.integer).coerce("a: 1\nb: 2")).toEqual({ a: 1, b: 2 });
    expect(types.list().coerce("- a\n- b: [c]")).toEqual(["a", { b: ["c"] }]);
    expect(types.list().coerce("[a, b]")).toEqual(["a", "b"]);
    expect(() => types.map().coerce("a: [1")).toThrow(CoercionError);
  });
});
