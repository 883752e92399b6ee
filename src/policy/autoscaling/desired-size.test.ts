import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { desiredSize, type Limits } from "./desired-size.ts";

const free: Limits = { min: 1, max: 100, highWaterMark: undefined, upIncrement: 1, upMax: 1_000, downIncrement: 1, downMax: 1_000 };

describe("desiredSize", () => {
  it.each([
    ["above the upper bound: so many that none is above it", { size: 2, metric: 25 }, {}, ["up", 5, 5]],
    ["rounds up", { size: 1, metric: 11 }, {}, ["up", 2, 2]],
    ["within the bounds", { size: 3, metric: 10 }, {}, ["none", 3, 3]],
    ["at a bound", { size: 3, metric: 5 }, {}, ["none", 3, 3]],
    ["below the lower bound: as few as bring it there", { size: 10, metric: 1 }, {}, ["down", 2, 2]],
    ["never so few that they are above the upper bound", { size: 3, metric: 4.9, lower: 9.5 }, {}, ["down", 2, 1]],
    ["no shrinking when one fewer is above the upper bound", { size: 2, metric: 6, lower: 7 }, {}, ["none", 2, 1]],
    ["not more than the maximum", { size: 2, metric: 1_000 }, { max: 4 }, ["up", 4, 200]],
    ["at the maximum", { size: 4, metric: 1_000 }, { max: 4 }, ["none", 4, 400]],
    ["not fewer than the minimum", { size: 4, metric: 0 }, { min: 2 }, ["down", 2, 0]],
    ["grows by the increment", { size: 2, metric: 12 }, { upIncrement: 3 }, ["up", 5, 3]],
    ["grows by no more than the maximum at once", { size: 1, metric: 100 }, { upMax: 2 }, ["up", 3, 10]],
    ["shrinks by the increment", { size: 10, metric: 4.5 }, { downIncrement: 4 }, ["down", 6, 9]],
    ["shrinks by no more than the maximum at once", { size: 10, metric: 0 }, { downMax: 2 }, ["down", 8, 0]],
    ["not above the high-water mark", { size: 2, metric: 100 }, { highWaterMark: 3 }, ["up", 3, 20]],
    ["at the high-water mark", { size: 3, metric: 100 }, { highWaterMark: 3 }, ["none", 3, 30]],
    ["no bound, no change", { size: 3, metric: 100, upper: 0 }, {}, ["none", 3, 3]],
    ["told to be hot, only grows", { size: 3, metric: 1, only: "up" }, {}, ["none", 3, 3]],
    ["told to be cold, only shrinks", { size: 3, metric: 100, only: "down" }, {}, ["none", 3, 3]],
    ["an empty pool has no activity, and gets its least size", { size: 0, metric: 100 }, {}, ["up", 1, 0]],
  ] as const)("%s", (_name, load, limits, [direction, wanted, unconstrained]) => {
    expect(desiredSize({ lower: 5, upper: 10, ...load }, { ...free, ...limits })).toEqual({ direction, wanted, unconstrained });
  });

  const cases = fc
    .record({
      min: fc.integer({ min: 0, max: 10 }),
      more: fc.integer({ min: 0, max: 30 }),
      at: fc.integer({ min: 0, max: 30 }),
      lower: fc.double({ min: 0, max: 50, noNaN: true }),
      band: fc.double({ min: 0.1, max: 50, noNaN: true }),
      total: fc.double({ min: 0, max: 5_000, noNaN: true }),
      upIncrement: fc.integer({ min: 1, max: 5 }),
      upMax: fc.integer({ min: 1, max: 20 }),
      downIncrement: fc.integer({ min: 1, max: 5 }),
      downMax: fc.integer({ min: 1, max: 20 }),
    })
    .map(({ min, more, at, lower, band, total, ...steps }) => ({ size: Math.max(1, Math.min(min + at, min + more)), total, lower, upper: lower + band, limits: { ...free, min, max: Math.max(1, min + more), ...steps } }));

  it("is never outside the limits, and changes only in its direction", () => {
    fc.assert(
      fc.property(cases, ({ size, total, lower, upper, limits }) => {
        const { direction, wanted } = desiredSize({ size, metric: total / size, lower, upper }, limits);
        expect(wanted).toBeGreaterThanOrEqual(Math.min(size, limits.min));
        expect(wanted).toBeLessThanOrEqual(Math.max(size, limits.max));
        expect(Math.sign(wanted - size)).toBe({ up: 1, down: -1, none: 0 }[direction]);
      }),
    );
  });

  it("comes to rest, and never turns back, under a constant total load", () => {
    fc.assert(
      fc.property(cases, ({ size: start, total, lower, upper, limits }) => {
        const sizes = [start];
        for (let i = 0; i < 100; i++) {
          const size = sizes.at(-1) ?? 0;
          sizes.push(size === 0 ? 0 : desiredSize({ size, metric: total / size, lower, upper }, limits).wanted);
        }
        const turns = new Set(sizes.slice(1).map((size, i) => Math.sign(size - (sizes[i] ?? 0))).filter((sign) => sign !== 0));
        expect(turns.size).toBeLessThanOrEqual(1);
        expect(sizes.at(-1)).toBe(sizes.at(-2));
      }),
      { numRuns: 500 },
    );
  });
});
