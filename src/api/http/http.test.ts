import { describe, expect, it } from "vitest";
import { ClockerError } from "../../model/errors.ts";
import { blueprintFailure } from "./blueprint-failures.ts";
import { failureOf } from "./failures.ts";
import { prefersText } from "./negotiate.ts";
import { globFilter, splitList } from "./query.ts";
import { waitOf } from "./timeouts.ts";
import { regexFilter } from "./type-filter.ts";

describe("prefersText", () => {
  it.each([
    [undefined, false],
    ["*/*", false],
    ["application/json, text/plain", false],
    ["text/plain, application/json", false],
    ["text/plain", true],
    ["text/*", true],
    ["text/plain;q=0.5, application/json;q=0.4", true],
    ["text/plain;q=0.5, application/json;q=0.46", false],
    ["text/plain;q=0, */*", false],
    ["text/plain;q=nonsense", false],
    ["image/png", false],
  ])("%s → %s", (accept, expected) => {
    expect(prefersText(accept)).toBe(expected);
  });
});

describe("waitOf", () => {
  it.each([
    [undefined, Infinity],
    ["", Infinity],
    ["never", Infinity],
    ["forever", Infinity],
    ["always", 0],
    ["0", 0],
    ["20ms", 20],
    ["1m 30s", 90_000],
    ["500", 500],
    ["-5s", 0],
  ])("%s → %s", (text, expected) => {
    expect(waitOf(text, Infinity)).toBe(expected);
  });

  it("refuses what is no duration", () => {
    expect(() => waitOf("soon", 0)).toThrow('Invalid timeout "soon"');
  });
});

describe("splitList and globFilter", () => {
  it.each([
    ["", []],
    ["a", ["a"]],
    ["a, b,,c", ["a", "b", "c"]],
    ['["a","b,c"]', ["a", "b,c"]],
    ["[a,b]", ["a", "b"]],
  ])("splits %s", (text, expected) => {
    expect(splitList(text)).toEqual(expected);
  });

  it("matches globs whole, and everything else literally", () => {
    const accepts = globFilter(["service.*", "a?c", "(x)+"]);
    expect(["service.isUp", "abc", "(x)+"].map(accepts)).toEqual([true, true, true]);
    expect(["serviceXisUp", "service", "abcd", "xx"].map(accepts)).toEqual([false, false, false, false]);
  });
});

describe("regexFilter", () => {
  it("matches whole names in any case, or parts", () => {
    expect(regexFilter("org\\.example\\..*", { whole: true })("org.example.Service")).toBe(true);
    expect(regexFilter("example", { whole: true })("org.example.Service")).toBe(false);
    expect(regexFilter("EXAMPLE|other", { whole: false })("org.example.Service")).toBe(true);
    expect(regexFilter(undefined, { whole: true })("anything")).toBe(true);
  });

  it.each(["(a+)+", "(a|a)*b", "(.*)*x", "([a-z]+)+$", "a**", "(", "x".repeat(300)])("refuses %s", (pattern) => {
    expect(() => regexFilter(pattern, { whole: true })).toThrow("Cannot use the pattern");
  });
});

describe("failureOf", () => {
  it("gives reason and remedy together for people, and apart for programs, with the causes", () => {
    const failure = failureOf(new ClockerError("unreachable", "Cannot reach host", { cause: new ClockerError("timeout", "No answer in 5 s", { remedy: "Check the network" }), details: { host: "a" } }));
    expect(failure).toEqual({
      message: "Cannot reach host: No answer in 5 s. Check the network",
      error: 500,
      data: { code: "unreachable", reason: "Cannot reach host: No answer in 5 s", remedy: "Check the network", host: "a" },
    });
  });

  it("does not let details take the place of the code", () => {
    expect(failureOf(new ClockerError("conflict", "x", { details: { code: 17 } })).data).toMatchObject({ code: "conflict" });
  });

  it("tells nothing of an error that is not ours", () => {
    expect(failureOf(new Error("password=hunter2"))).toEqual({ message: "Internal error", error: 500 });
  });
});

describe("blueprintFailure", () => {
  it("words what is wrong with a blueprint as Brooklyn does, once", () => {
    const once = blueprintFailure(new ClockerError("unknown-type", "no such type"));
    expect(once.message).toBe("Error in blueprint: no such type");
    expect(blueprintFailure(once).message).toBe("Error in blueprint: no such type");
    expect(blueprintFailure(new ClockerError("invalid-yaml", "line 3")).message).toBe("Invalid YAML: line 3");
    expect(blueprintFailure(new ClockerError("storage", "disk")).message).toBe("disk");
  });
});
