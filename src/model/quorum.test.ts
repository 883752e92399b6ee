import { describe, expect, it } from "vitest";
import { isQuorate, quorumType } from "./quorum.ts";
import { CoercionError } from "./value-type.ts";

describe("isQuorate", () => {
  it.each([
    ["all", 2, 2, true], ["all", 1, 2, false], ["all", 0, 0, true],
    ["allAndAtLeastOne", 0, 0, false], ["allAndAtLeastOne", 2, 2, true],
    ["atLeastOne", 0, 0, false], ["atLeastOne", 1, 9, true],
    ["atLeastOneUnlessEmpty", 0, 0, true], ["at-least-one-unless-empty", 0, 1, false],
    ["alwaysHealthy", 0, 5, true], ["alwaysTrue", 0, 5, true],
    [3, 2, 9, false], ["3", 3, 9, true],
    ["[[0,0],[4,2],[10,8]]", 1, 2, true], ["[[0,0],[4,2],[10,8]]", 4, 7, false], ["[[0,0],[4,2],[10,8]]", 5, 7, true],
    [[[0, 2], [4, 4], [10, 8]], 13, 20, false], [[[0, 2], [4, 4], [10, 8]], 15, 20, true],
    [[[5, 3]], 3, 100, true],
  ] as const)("%j with %d of %d is %j", (quorum, healthy, total, expected) => expect(isQuorate(quorumType.coerce(quorum), healthy, total)).toBe(expected));

  it.each(["most", "[1]", "[[1,2],[1,3]]", [], {}, true, "[[a,b]]"])("refuses %j", (value) => expect(() => quorumType.coerce(value)).toThrow(CoercionError));

  it("is the same after writing and reading", () => {
    for (const value of ["all", "[[0,0],[4,2]]", 3]) expect(quorumType.coerce(quorumType.toJson(quorumType.coerce(value)))).toEqual(quorumType.coerce(value));
  });
});
