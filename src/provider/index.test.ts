import { expect, test } from "vitest";
import { createProvider } from "./index.ts";

const config = { dataDir: "/nowhere", owner: "me", properties: {}, clock: { now: () => 0, sleep: async () => undefined, after: () => () => undefined }, secrets: { seal: () => "", open: () => "" } };

test("createProvider makes a provider by its name", () => {
  expect(createProvider("localhost", config).name).toBe("localhost");
});

test("createProvider suggests the nearest name for an unknown one", () => {
  expect(() => createProvider("locl", config)).toThrow(expect.objectContaining({ code: "unknown-location", remedy: 'Did you mean "local"?' }));
  expect(() => createProvider("toString", config)).toThrow('Unknown location provider "toString"');
});
