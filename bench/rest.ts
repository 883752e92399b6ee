import { z } from "zod";
import type { Benchmark, Figure } from "./benchmark.ts";
import type { Bench } from "./support/bench.ts";
import { type Child, startChild } from "./support/child.ts";
import { fill, loopDelays, type PlaneProcess, startPlane } from "./support/many-entities.ts";
import { median, percentile } from "./support/statistics.ts";

const ENTITIES = 10_000;
const READERS = 50;
const CHANGES = 1_000;
const ROUNDS = 3;
/** Milliseconds of one round. */
const ROUND = 3_000;
/** Entities whose sensors are read in turn. */
const READ = 500;

/** What the API's answers take while the plane is busy, and what the same bytes take from bare Node under the same load. */
export const rest: Benchmark = {
  name: "rest",
  title: `REST at ${ENTITIES} entities under ${READERS} readers, ${CHANGES} sensor changes a second`,
  measure: async (bench) => {
    const [plane, bare, load] = [await startPlane(bench, await bench.folder()), startChild(bench, "bare"), startChild(bench, "load")];
    const { id, processes } = await fill(plane, ENTITIES);
    await plane.call("rate", CHANGES);
    const bareUrl = String(await bare.call("url"));
    const figures: Figure[] = [];
    for (const each of reads(id, processes)) figures.push(...(await measured(each, { bench, plane, load, bareUrl })));
    await Promise.all([plane, bare, load].map((child) => child.stop()));
    return figures;
  },
};

interface Read {
  readonly what: string;
  readonly paths: readonly string[];
  readonly conditional?: boolean;
}

function reads(application: string, processes: readonly string[]): Read[] {
  const at = `v1/applications/${application}`;
  return [
    { what: "children of an application (100)", paths: [`${at}/entities`] },
    { what: `all entities of an application (${ENTITIES})`, paths: [`${at}/descendants`] },
    { what: `tree of ${ENTITIES} (fetch)`, paths: ["v1/applications/fetch"] },
    { what: "the same tree again (If-None-Match)", paths: ["v1/applications/fetch"], conditional: true },
    { what: "sensors of an entity (current-state)", paths: processes.slice(0, READ).map((entity) => `${at}/entities/${entity}/sensors/current-state?raw=true`) },
  ];
}

const Loaded = z.object({ times: z.array(z.number()), bytes: z.number(), notModified: z.number() });

interface Processes {
  readonly bench: Bench;
  readonly plane: PlaneProcess;
  readonly load: Child;
  readonly bareUrl: string;
}

/** Rounds of the server and of the floor take turns. */
async function measured({ what, paths, conditional = false }: Read, { bench, plane, load, bareUrl }: Processes): Promise<Figure[]> {
  const run = async (base: string, asked: readonly string[], time = ROUND) => Loaded.parse(await load.call("run", { base, paths: asked, readers: READERS, time, conditional }));
  const size = (await run(plane.url, paths, 0)).bytes;
  // Who has the answer already gets none.
  const floor = [`body?bytes=${conditional ? 0 : size}`];
  await loopDelays(plane);
  const [ours, bare, delays, rates, changes]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    bench.signal.throwIfAborted();
    bare.push(...(await run(bareUrl, floor)).times);
    await loopDelays(plane);
    await plane.call("rate", CHANGES);
    const startedAt = performance.now();
    const { times } = await run(plane.url, paths);
    const seconds = (performance.now() - startedAt) / 1_000;
    ours.push(...times);
    delays.push((await loopDelays(plane)).max);
    rates.push(times.length / seconds);
    changes.push(Number(await plane.call("rate", CHANGES)) / seconds);
  }
  const figure = (share: number, name: string): Figure => ({ what: `${what}: ${name}`, value: percentile(ours, share), unit: "ms", peer: { what: "bare Node", value: percentile(bare, share) } });
  const note = `${Math.round(size / 1_024)} KiB; ${Math.round(median(rates))} answers and ${Math.round(median(changes))} changes a second; event loop late by ${Math.round(median(delays))} ms at most`;
  return [{ ...figure(0.5, "p50"), note }, figure(0.99, "p99"), figure(1, "longest")];
}
