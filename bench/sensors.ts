import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Benchmark, Figure } from "./benchmark.ts";
import { type Child, startChild } from "./support/child.ts";
import { fill, loopDelays, startPlane } from "./support/many-entities.ts";
import { percentile } from "./support/statistics.ts";

const ENTITIES = 10_000;
/** Updates a second that are tried, one after another until one is too many. */
const RATES = [1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000, 80_000, 100_000, 150_000];
/** Milliseconds of each. */
const TRIAL = 4_000;
/** A rate is sustained while what comes out at the reader is no older than this, at the 99th percentile: milliseconds. */
const FRESH = 100;

/**
 * Sensors end to end: published on an entity, marked for the store, turned into a sensor of its parent by an enricher, sent to the reader of an event stream
 * in another process. The floor does as much of it as bare Node can: an event emitter and an event stream.
 */
export const sensors: Benchmark = {
  name: "sensors",
  title: `Sensor updates end to end at ${ENTITIES} entities`,
  measure: async (bench) => {
    const [plane, bare, reader] = [await startPlane(bench, await bench.folder()), startChild(bench, "bare"), startChild(bench, "stream-reader")];
    await fill(plane, ENTITIES);
    const floor = await highest(bare, reader, `${String(await bare.call("url"))}events`);
    const ours = await highest(plane, reader, `${plane.url}v1/events?kinds=sensor`);
    const { max } = await loopDelays(plane);
    await Promise.all([plane, bare, reader].map((child) => child.stop()));
    return figures(ours, floor, max);
  },
};

interface Trial {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

const Taken = z.object({ ages: z.array(z.number()), events: z.number(), dropped: z.boolean() });

/** The trials that were sustained, the fastest last. */
async function highest(source: Child, reader: Child, url: string): Promise<[Trial, ...Trial[]]> {
  const sustained: Trial[] = [];
  for (const rate of RATES) {
    await reader.call("open", url);
    await source.call("rate", rate);
    // The beginning does not count: code is compiled, buffers grow.
    await sleep(TRIAL / 4);
    await reader.call("take");
    const before = Number(await source.call("rate", rate));
    await sleep(TRIAL);
    const { ages, dropped } = Taken.parse(await reader.call("take"));
    const published = Number(await source.call("rate", 0));
    await reader.call("close");
    await sleep(200);
    const trial = { rate, p50: percentile(ages, 0.5), p99: percentile(ages, 0.99) };
    const isSustained = !dropped && before > 0 && published > 0.97 * rate * (TRIAL / 1_000) && trial.p99 < FRESH;
    if (!isSustained) break;
    sustained.push(trial);
  }
  const [first, ...others] = sustained;
  if (first === undefined) throw new Error(`Not even ${RATES[0]} updates a second were sustained`);
  return [first, ...others];
}

function figures(ours: readonly [Trial, ...Trial[]], floor: readonly [Trial, ...Trial[]], longest: number): Figure[] {
  const what = "event emitter and stream";
  const [slowest, floorSlowest] = [ours[0], floor[0]];
  const [best, floorBest] = [ours.at(-1) ?? slowest, floor.at(-1) ?? floorSlowest];
  return [
    { what: "sensor updates sustained", value: best.rate, unit: "per second", peer: { what, value: floorBest.rate }, note: `stored, aggregated by an enricher, both events at the reader within ${FRESH} ms (p99); event loop late by ${Math.round(longest)} ms at most` },
    { what: `from publishing to the reader at ${best.rate} a second: p50`, value: best.p50, unit: "ms", peer: { what: `${what}, ${floorBest.rate} a second`, value: floorBest.p50 } },
    { what: `from publishing to the reader at ${best.rate} a second: p99`, value: best.p99, unit: "ms", peer: { what: `${what}, ${floorBest.rate} a second`, value: floorBest.p99 } },
    { what: `from publishing to the reader at ${slowest.rate} a second: p50`, value: slowest.p50, unit: "ms", peer: { what, value: floorSlowest.p50 } },
    { what: `from publishing to the reader at ${slowest.rate} a second: p99`, value: slowest.p99, unit: "ms", peer: { what, value: floorSlowest.p99 } },
  ];
}
