import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClockerError } from "../../model/errors.ts";
import { LARGEST_YAML, parseYaml } from "./parse-yaml.ts";

function failure(text: string, source?: string): ClockerError {
  try {
    parseYaml(text, source === undefined ? {} : { source });
  } catch (error) {
    if (error instanceof ClockerError) return error;
    throw error;
  }
  throw new Error("parsed");
}

describe("parseYaml", () => {
  it("reads YAML 1.2 and JSON alike", () => {
    expect(parseYaml("a: 1\nb: [x, yes, null]\nc: {d: 1.5}\n").value).toEqual({ a: 1, b: ["x", "yes", null], c: { d: 1.5 } });
    expect(parseYaml('{"a": {"b": [1, true]}}').value).toEqual({ a: { b: [1, true] } });
    expect(parseYaml("\uFEFFa: 1").value).toEqual({ a: 1 });
    expect(parseYaml("").value).toBeNull();
  });

  it("writes aliases out and merges <<, own keys first", () => {
    expect(parseYaml("base: &b {x: 1, y: 2}\nmore:\n  <<: *b\n  y: 3\nsame: *b").value).toEqual({ base: { x: 1, y: 2 }, more: { x: 1, y: 3 }, same: { x: 1, y: 2 } });
    expect(parseYaml("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc:\n  <<: [*a, *b]").value).toMatchObject({ c: { x: 1, y: 2 } });
  });

  it("keeps what JSON cannot carry as text", () => {
    expect(parseYaml("a: .inf\nb: 12345678901234567890\nc: 2014-06-18").value).toEqual({ a: ".inf", b: "12345678901234567890", c: "2014-06-18" });
  });

  it("takes the last value of a repeated key, as Brooklyn's parser does, and tells of it", () => {
    const document = parseYaml("a: 1\nb: 2\na: 3");
    expect(document.value).toEqual({ a: 3, b: 2 });
    expect(document.repeated).toEqual([{ key: "a", offset: 10 }]);
    expect(document.positionOf(["a"], "value")).toEqual({ line: 3, column: 4 });
  });

  it("reads a set as the list of what is in it", () => expect(parseYaml("a: !!set {x, y}\nb: !!set\n  ? z\nc: !!set {}").value).toEqual({ a: ["x", "y"], b: ["z"], c: [] }));

  it("keeps __proto__ as a key", () => expect(Object.keys(parseYaml("__proto__: {a: 1}").value ?? {})).toEqual(["__proto__"]));

  it.each([
    ["a: 1\n b: 2", "a key does not fit the lines around it at line 2, column 2"],
    ["a: b: 2", "a key does not fit the lines around it at line 1, column 4"],
    ["a: *x", 'the alias "*x" has no anchor before it at line 1, column 4'],
    ["a: &a [*a]", "an alias refers to what it stands in at line 1, column 7"],
    ["a: 1\n--- \nb: 2", "it holds more than one document (---), and one is expected at line 2, column 1"],
    ["? {a: b}\n: 2", "a key must be text, not a map or a list at line 1, column 3"],
    ["~: 1", "a key is empty at line 1, column 1"],
    ["a:\n\tb: 1", "tabs are not allowed as indentation at line 2, column 1"],
    ["<<: 3", '"<<" must be given a map or an alias of one at line 1, column 1'],
  ])("%j: %s", (text, message) => expect(failure(text).message).toBe(`Invalid YAML: ${message}`));

  it.each([
    ["a: b: 2", 'Put the value between quotes, as it has ": " in it'],
    ["steps:\n- let: map z = { a: 1, b: 2 }", 'Put the value between quotes, as it has ": " in it'],
    ["a: 1\n b: 2", "Begin all keys of one map in the same column"],
  ])("the remedy of %j is: %s", (text, remedy) => expect(failure(text).remedy).toContain(remedy));

  it("shows the line with a caret, and the file", () => {
    const error = failure("services:\n- type: x\n  name: y\n   id: z\n", "web.yaml");
    expect(error.code).toBe("invalid-yaml");
    expect(error.message).toBe("Invalid YAML: a key does not fit the lines around it at line 4, column 4 of web.yaml");
    expect(error.details).toEqual({ line: 4, column: 4, source: "web.yaml", excerpt: "   id: z\n   ^" });
    expect(error.remedy).toContain("Begin all keys of one map in the same column");
  });

  it("finds the place of every part, through aliases too", () => {
    const document = parseYaml("a: &x\n  b: 7.10\nlist:\n  - c: *x\n");
    expect(document.positionOf(["a", "b"])).toEqual({ line: 2, column: 3 });
    expect(document.positionOf(["a", "b"], "value")).toEqual({ line: 2, column: 6 });
    expect(document.positionOf(["list", 0, "c"])).toEqual({ line: 4, column: 5 });
    expect(document.positionOf(["list", 0, "nothing"])).toEqual({ line: 4, column: 5 });
    expect(document.writtenAt(["a", "b"])).toBe("7.10");
  });

  it("gives a part's text with its comments, moved to the left", () => {
    const document = parseYaml("items:\n  - item:\n      type: x # why\n      list:\n        - 1\n");
    expect(document.textOf(["items", 0, "item"])).toBe("type: x # why\nlist:\n  - 1\n");
  });
});

describe("parseYaml, hostile input", () => {
  it.each([
    ["too long", `a: ${"x".repeat(LARGEST_YAML)}`, /characters/],
    ["deep flow", "[".repeat(500_000), /levels deep/],
    ["deep block", "- ".repeat(400_000), /levels deep/],
    ["deep but closed", `${"[".repeat(150)}${"]".repeat(150)}`, /levels deep/],
    ["many parts", "[1,".repeat(1) + "1,".repeat(400_000), /parts/],
    ["growing aliases", ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]", ...Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 10 }, () => `*a${i}`).join(",")}]`)].join("\n"), /through its aliases/],
  ])("%s: refused", (_name, text, message) => expect(failure(text).message).toMatch(message));

  it("many keys, anchors and aliases take time in proportion", () => {
    const keys = Array.from({ length: 40_000 }, (_, i) => `k${i}: ${i}`).join("\n");
    expect(Object.keys(parseYaml(keys).value ?? {})).toHaveLength(40_000);
    const aliases = `x: &x 1\n${Array.from({ length: 40_000 }, (_, i) => `k${i}: *x`).join("\n")}`;
    expect(parseYaml(aliases).value).toMatchObject({ k39999: 1 });
  }, 60_000);

  it("nothing but ClockerError leaves it, whatever the text", () => {
    const fragments = fc.array(fc.constantFrom("a: ", "- ", "\n", "  ", "{", "}", "[", "]", ",", "&x ", "*x", "<<: ", "|\n", ">-\n", "'", '"', "? ", ": ", "# c\n", "!t ", "---\n", "...\n", "%YAML 1.1\n", "\t", "\u0000", "x", "1", "~", "é𝄞"), { maxLength: 200 });
    fc.assert(
      fc.property(fc.oneof(fragments.map((parts) => parts.join("")), fc.string({ maxLength: 300, unit: "binary" })), (text) => {
        expect(outcomeOf(text)).toBe("fine");
      }),
      { numRuns: 1_000 },
    );
  }, 60_000);

  it("large fuzzed texts stay bounded", () => {
    const big = fc.tuple(fc.constantFrom("a: ", "- a\n", "k: {", "? a\n", "&a *a ", "#\n", "|\n x\n", '"\\', "'", "[,", "!!x ", "- - ", " \n", "a:\n", "*a\n"), fc.integer({ min: 1, max: 250_000 })).map(([part, times]) => part.repeat(times).slice(0, LARGEST_YAML));
    fc.assert(fc.property(big, (text) => {
        expect(outcomeOf(text)).toBe("fine");
      }), { numRuns: 12 });
  }, 120_000);
});

function outcomeOf(text: string): unknown {
  try {
    parseYaml(text);
    return "fine";
  } catch (error) {
    return error instanceof ClockerError ? "fine" : error;
  }
}
