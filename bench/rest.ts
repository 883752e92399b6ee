import { z } from "zod";
import type { Benchmark, Figure } from "./benchmark.ts";
import type { Bench } from "./support/bench.ts";
import { type Child, cpuOf, startChild } from "./support/child.ts";
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
    const [plane, bareNode, load] = [await startPlane(bench, await bench.folder()), startChild(bench, "bare"), startChild(bench, "load")];
    const { id, processes } = await fill(plane, ENTITIES);
    await plane.call("rate", CHANGES);
    const bare = { ...bareNode, url: String(await bareNode.call("url")) };
    const figures: Figure[] = [];
    for (const each of reads(id, processes)) figures.push(...(await measured(each, { bench, plane, bare, load })));
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
  readonly bare: Child & { readonly url: string };
  readonly load: Child;
}

/** What one round came to. */
interface Round {
  readonly times: readonly number[];
  readonly answersPerSecond: number;
  /** Milliseconds of the server's processor time an answer. */
  readonly cpu: number;
}

/** Rounds of the server and of the floor take turns. */
async function measured({ what, paths, conditional = false }: Read, { bench, plane, bare, load }: Processes): Promise<Figure[]> {
  const run = async (base: string, asked: readonly string[], time = ROUND) => Loaded.parse(await load.call("run", { base, paths: asked, readers: READERS, time, conditional }));
  const size = (await run(plane.url, paths, 0)).bytes;
  // Who has the answer already gets none.
  const body = [`body?bytes=${conditional ? 0 : size}`];
  const [ours, floor, delays, changes]: [Round[], Round[], number[], number[]] = [[], [], [], []];
  for (let number = 0; number < ROUNDS; number++) {
    bench.signal.throwIfAborted();
    floor.push(await round(bare, () => run(bare.url, body)));
    await loopDelays(plane);
    await plane.call("rate", CHANGES);
    const startedAt = performance.now();
    ours.push(await round(plane, () => run(plane.url, paths)));
    changes.push(Number(await plane.call("rate", CHANGES)) / ((performance.now() - startedAt) / 1_000));
    delays.push((await loopDelays(plane)).max);
  }
  const rate = (rounds: readonly Round[]) => Math.round(median(rounds.map((each) => each.answersPerSecond)));
  return figures(what, ours, floor, `${Math.round(size / 1_024)} KiB; ${rate(ours)} answers a second (bare Node ${rate(floor)}); ${Math.round(median(changes))} changes a second; event loop late by ${Math.round(median(delays))} ms at most`);
}

async function round(server: Child, run: () => Promise<{ times: number[] }>): Promise<Round> {
  const [startedAt, before] = [performance.now(), await cpuOf(server)];
  const { times } = await run();
  const seconds = (performance.now() - startedAt) / 1_000;
  return { times, answersPerSecond: times.length / seconds, cpu: ((await cpuOf(server)) - before) / times.length };
}

function figures(what: string, ours: readonly Round[], floor: readonly Round[], note: string): Figure[] {
  const all = (rounds: readonly Round[]) => rounds.flatMap(({ times }) => times);
  const at = (share: number, name: string): Figure => ({ what: `${what}: ${name}`, value: percentile(all(ours), share), unit: "ms", peer: { what: "bare Node", value: percentile(all(floor), share) } });
  const cpu = (rounds: readonly Round[]) => median(rounds.map((each) => each.cpu));
  return [
    { ...at(0.5, "p50"), note },
    at(0.99, "p99"),
    at(1, "longest"),
    { what: `${what}: processor time an answer`, value: cpu(ours), unit: "ms", peer: { what: "bare Node", value: cpu(floor) }, note: "the server's, with that of the changes" },
  ];
}
