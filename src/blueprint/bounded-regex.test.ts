import { describe, expect, it } from "vitest";
import { matchesWhole, replaceAll } from "./bounded-regex.ts";

describe("replaceAll replaces as Java does", () => {
  it.each([
    ["hello world", "(\\w+) (\\w+)", "$2 $1", "world hello"],
    ["a.b.c", "\\.", "\\$", "a$b$c"],
    ["a-b", "(?<x>a)", "[${x}]", "[a]-b"],
    ["AbA", "(?i)a", "x", "xbx"],
    ["a", "a", "$&", "$&"],
    ["a", "b?a", "\\\\", "\\"],
  ])("%s, %s, %s", (text, pattern, replacement, expected) => expect(replaceAll(text, pattern, replacement)).toBe(expected));
  it("refuses what is no pattern", () => expect(() => replaceAll("a", "(", "")).toThrow('"(" is not a pattern'));
});

describe("matchesWhole", () => {
  it.each([["abc", "[a-z]+", true], ["abc1", "[a-z]+", false], ["ABC", "(?i)[a-z]+", true], ["a\nb", "a.b", false]])("%j, %s: %s", (text, pattern, expected) => expect(matchesWhole(text, pattern)).toBe(expected));
  it("stops one that takes too long", () => expect(() => matchesWhole(`${"a".repeat(50)}b`, "(a+)+")).toThrow("takes too long"));
});
