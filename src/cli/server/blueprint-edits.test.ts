import { describe, expect, it } from "vitest";
import { withLocation, withServiceConfig } from "./blueprint-edits.ts";

describe("withLocation", () => {
  it("adds the location where there is none, and leaves the rest as it was written", () => {
    expect(withLocation("# mine\nname: A  # note\nservices: []\n", "local")).toBe("# mine\nname: A # note\nservices: []\nlocation: local\n");
    for (const own of ["location: here\n", "locations: [here]\n"]) expect(withLocation(own, "local")).toBe(own);
    expect(withLocation("a: 1", undefined)).toBe("a: 1");
  });

  it("leaves what is no map, and what does not parse, to the server", () => {
    for (const text of ["- a", "a: [", "http://example.org/plan.yaml", ""]) expect(withLocation(text, "local")).toBe(text);
  });
});

describe("withServiceConfig", () => {
  it("sets keys of the first service, made where there are none", () => {
    const edited = withServiceConfig("services:\n  - type: a\n    brooklyn.config:\n      x.y: 1\n", { "x.y": 2, z: 3 });
    expect(edited).toBe("services:\n  - type: a\n    brooklyn.config:\n      x.y: 2\n      z: 3\n");
    expect(withServiceConfig("services: [{type: a}]", { z: 3 })).toContain("z: 3");
    expect(() => withServiceConfig("name: a", { z: 3 })).toThrow("it has no service");
  });
});
