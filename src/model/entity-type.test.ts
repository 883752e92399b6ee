import { expect, test } from "vitest";
import { configKey } from "./config-key.ts";
import { defineEntityType, simpleName } from "./entity-type.ts";
import { types } from "./types/index.ts";

const base = defineEntityType({ name: "a.Base", description: "", traits: ["Trait"], config: [configKey("size", types.integer, "base", { flag: "s" })], hooks: { init: () => {} } });
const left = defineEntityType({ name: "a.Left", description: "", extends: [base], hooks: { init: () => {} } });
const right = defineEntityType({ name: "a.Right", description: "", extends: [base] });
const both = defineEntityType({ name: "a.b$Both", description: "", extends: [left, right], config: [configKey("size", types.string, "own", { flag: "length" })] });

test("defineEntityType inherits keys, traits and hooks, each hook once, and its own keys win", () => {
  expect([...both.traits]).toEqual(["a.b$Both", "a.Left", "a.Base", "Trait", "a.Right"]);
  expect(both.hooks).toHaveLength(2);
  expect([both.config.get("size")?.description, both.configAliases.get("length"), both.displayName, both.isAbstract]).toEqual(["own", "size", "Both", false]);
});

test("simpleName is what stands after the last dot or dollar", () => {
  expect([simpleName("a.b.C"), simpleName("a.B$C"), simpleName("C")]).toEqual(["C", "C", "C"]);
});
