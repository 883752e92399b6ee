import { expect, test } from "vitest";
import { formatName } from "./name-format.ts";

test.each([
  ["docker-%1$s", 7, "docker-abc"],
  ["docker-%2$d", 7, "docker-7"],
  ["clocker-%2$02x", 7, "clocker-07"],
  ["clocker-%2$02x", 255, "clocker-ff"],
  ["plain", 1, "plain"],
])("formatName of %s with %i is %s", (format, number, name) => {
  expect(formatName(format, "abc", number)).toBe(name);
});
