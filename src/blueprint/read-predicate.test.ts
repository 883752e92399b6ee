import { expect, test } from "vitest";
import { readPredicate } from "./read-predicate.ts";

test("readPredicate reads patterns as Java does: whole text, dot for line ends, flags in front", () => {
  expect(readPredicate({ regex: "a.c" }).accepts("a\nc")).toBe(true);
  expect(readPredicate({ regex: "(?i)A.C" }).accepts("a\nc")).toBe(true);
  expect(readPredicate({ regex: "a" }).accepts("abc")).toBe(false);
});

test("readPredicate refuses a pattern that would run for years", () => {
  expect(() => readPredicate({ regex: "(a+)+b" }).accepts("a".repeat(40))).toThrow(/too long/);
});
