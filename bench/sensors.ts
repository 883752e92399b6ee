import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Benchmark, Figure } from "./benchmark.ts";
import { type Child, cpuOf, startChild } from "./support/child.ts";
import { fill, loopDelays, startPlane } from "./support/many-entities.ts";
import { percentile } from "./support/statistics.ts";

const ENTITIES = 10_000;
/** Updates a second that are tried, one after another until one is too many. */
const RATES = [1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000, 80_000, 100_000, 150_000];
/** Milliseconds of each. */
const TRIAL = 4_000;
/** A rate is sustained while what comes out at the reader is no older than this, at the 99th percentile: milliseconds. */
const FRESH = 250;

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
    await loopDelays(plane);
    const floor = await highest(bare, reader, `${String(await bare.call("url"))}events`);
    const ours = await highest(plane, reader, `${plane.url}v1/events?kinds=sensor`);
    const { max } = await loopDelays(plane);
    await Promise.all([plane, bare, reader].map((child) => child.stop()));
    return figures(ours, floor, max);
  },
};

interface Trial {
  /** Updates a second. */
  readonly rate: number;
  /** Milliseconds from publishing to the reader. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of processor time an update. */
  readonly cpu: number;
}

const Taken = z.object({ ages: z.array(z.number()), events: z.number(), dropped: z.boolean() });

/** What is tried again before a rate counts as too many: other programs on the computer have their moments. */
const TRIES = 3;

/** The trials that were sustained, the fastest last, and why the one after it was not. */
async function highest(source: Child, reader: Child, url: string): Promise<{ first: Trial; best: Trial; limit: string }> {
  const sustained: Trial[] = [];
  let limit = "no higher rate was tried";
  for (const rate of RATES) {
    let trial = await attempt(rate, source, reader, url);
    for (let tries = 1; tries < TRIES && trial.fault !== undefined; tries++) trial = await attempt(rate, source, reader, url);
    if (trial.fault !== undefined) {
      limit = `at ${rate}/s ${trial.fault}`;
      break;
    }
    sustained.push(trial);
  }
  const [first] = sustained;
  if (first === undefined) throw new Error(`Not even ${RATES[0]} updates a second were sustained: ${limit}`);
  return { first, best: sustained.at(-1) ?? first, limit };
}

async function attempt(rate: number, source: Child, reader: Child, url: string): Promise<Trial & { fault: string | undefined }> {
  await reader.call("open", url);
  await source.call("rate", rate);
  // The beginning does not count: code is compiled, buffers grow.
  await sleep(TRIAL / 4);
  await reader.call("take");
  await source.call("rate", rate);
  const before = await cpuOf(source);
  await sleep(TRIAL);
  const cpu = (await cpuOf(source)) - before;
  const { ages, dropped } = Taken.parse(await reader.call("take"));
  const published = Number(await source.call("rate", 0)) / (TRIAL / 1_000);
  await reader.call("close");
  await sleep(500);
  const [p50, p99] = [percentile(ages, 0.5), percentile(ages, 0.99)];
  const fault = dropped ? "the reader was dropped" : published < 0.97 * rate ? `only ${Math.round(published)} were published` : p99 < FRESH ? undefined : `they came ${Math.round(p99)} ms late (p99)`;
  return { rate, p50, p99, cpu: cpu / (published * (TRIAL / 1_000)), fault };
}

type Highest = Awaited<ReturnType<typeof highest>>;

function figures(ours: Highest, floor: Highest, longest: number): Figure[] {
  const what = "event emitter and stream";
  const latency = (name: string, mine: Trial, bare: Trial, part: "p50" | "p99"): Figure => ({ what: `from publishing to the reader, ${name}: ${part}`, value: mine[part], unit: "ms", peer: { what: mine.rate === bare.rate ? what : `${what} at ${bare.rate}/s`, value: bare[part] } });
  return [
    { what: "sensor updates sustained", value: ours.best.rate, unit: "per second", peer: { what, value: floor.best.rate }, note: `stored, aggregated by an enricher, both at the reader within ${FRESH} ms (p99); ${ours.limit}; event loop late by ${Math.round(longest)} ms at most` },
    { what: `processor time an update, at ${ours.best.rate}/s`, value: ours.best.cpu, unit: "ms", peer: { what: `${what} at ${floor.best.rate}/s`, value: floor.best.cpu }, note: "all threads, the store's too" },
    ...(["p50", "p99"] as const).map((part) => latency(`${ours.best.rate}/s`, ours.best, floor.best, part)),
    ...(["p50", "p99"] as const).map((part) => latency(`${ours.first.rate}/s`, ours.first, floor.first, part)),
  ];
}
