import { expect, test } from "vitest";
import { machineLimits } from "./machine-limits.ts";

const host = { cpus: 4, memoryBytes: 8 * 1024 ** 3 };

test.each([
  [{}, {}],
  [{ minRam: null, minCores: "" }, {}],
  [{ minRam: 512 }, { memoryBytes: 512 * 1024 ** 2 }],
  [{ minRam: "2048", minCores: "2" }, { memoryBytes: 2 * 1024 ** 3, cpus: 2 }],
  [{ minRam: "1gb", minCores: 1.5 }, { memoryBytes: 1024 ** 3, cpus: 1.5 }],
])("machineLimits of %j", (properties, limits) => {
  expect(machineLimits(properties, host)).toEqual(limits);
});

test("machineLimits never promises more than the computer has", () => {
  expect(machineLimits({ minRam: "16gb", minCores: 16 }, host)).toEqual({ memoryBytes: host.memoryBytes, cpus: 4 });
});

test.each([{ minRam: "lots" }, { minRam: -1 }, { minCores: 0 }, { minCores: "two" }])("machineLimits refuses %j", (properties) => {
  expect(() => machineLimits(properties, host)).toThrow(/^Cannot use .* for "min/);
});
