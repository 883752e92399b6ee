import { expect, it } from "vitest";
import { negotiate } from "./api-version.ts";

it.each([
  ["an older engine's own", "1.41", "1.12", "1.41"],
  ["ours with a newer engine", "1.48", "1.24", "1.44"],
  ["the oldest that the engine still speaks", "1.99", "1.52", "1.52"],
  ["by number, not by text", "1.9", "1.1", "1.9"],
])("negotiate() takes %s", (_title, ApiVersion, MinAPIVersion, taken) => {
  expect(negotiate({ Version: "x", ApiVersion, MinAPIVersion }, "docker")).toBe(taken);
});

it("negotiate() refuses an answer without a version", () => {
  expect(() => negotiate({ message: "hello" }, "docker")).toThrowError(/engine "docker" answered something unexpected at Version/);
});
