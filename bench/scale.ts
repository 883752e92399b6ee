import path from "node:path";
import type { Benchmark, Figure } from "./benchmark.ts";
import type { Bench } from "./support/bench.ts";
import { type Child, cpuOf, startChild } from "./support/child.ts";
import { fill, loopDelays, memoryOf, type PlaneProcess, startPlane } from "./support/many-entities.ts";
import { manyServices } from "./support/many-services.ts";
import { Rest } from "./support/rest.ts";
import { median, rounds } from "./support/statistics.ts";

const ENTITIES = 10_000;
const SERVICES = 1_000;
const ROUNDS = 3;

/** What many entities cost: memory, a restart, and the deployment of a thousand at once, during which the server has to go on answering. */
export const scale: Benchmark = {
  name: "scale",
  title: `What ${ENTITIES} entities cost`,
  measure: async (bench) => {
    const dataDir = await bench.folder();
    const [plane, bare] = [await startPlane(bench, dataDir), startChild(bench, "bare", { node: ["--expose-gc"] })];
    const figures = [...(await deploying(plane, bench)), ...(await memory(plane, bare))];
    figures.push(...(await restarting(plane, bare, dataDir, bench)));
    await bare.stop();
    return figures;
  },
};

async function deploying(plane: PlaneProcess, bench: Bench): Promise<Figure[]> {
  const rest = new Rest(plane.url, bench.signal);
  const blueprint = manyServices(SERVICES, "org.apache.brooklyn.entity.stock.BasicStartable");
  const [answered, running, late]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    await loopDelays(plane);
    const startedAt = performance.now();
    const task = await rest.submit(blueprint);
    answered.push(performance.now() - startedAt);
    const { entityId = "" } = await rest.ended(task);
    running.push(performance.now() - startedAt);
    late.push((await loopDelays(plane)).max);
    await rest.remove(entityId);
  }
  return [
    { what: `deploy ${SERVICES} services: until answered`, value: median(answered), unit: "ms", note: `${rounds(answered)}; read, made and durable` },
    { what: `deploy ${SERVICES} services: until all are started`, value: median(running), unit: "ms", note: `${rounds(running)}; no machines` },
    { what: `deploy ${SERVICES} services: the event loop was late by`, value: median(late), unit: "ms", note: `at most; ${rounds(late)}` },
  ];
}

async function memory(plane: PlaneProcess, bare: Child): Promise<Figure[]> {
  const before = await memoryOf(plane);
  await fill(plane, ENTITIES);
  const after = await memoryOf(plane);
  const maps = { what: "bare maps", value: Number(await bare.call("maps", ENTITIES)) / ENTITIES };
  return [
    { what: "memory an entity", value: (after.used - before.used) / ENTITIES, unit: "bytes", peer: maps, note: "started, with 4 config keys, 11 sensors, health, its tasks; heap after collection" },
    { what: `memory (RSS) with ${ENTITIES} entities`, value: after.rss, unit: "bytes", note: "after making them" },
  ];
}

/** From the start of the process after `kill -9` until the API has answered with the whole tree. */
async function restarting(first: PlaneProcess, bare: Child, dataDir: string, bench: Bench): Promise<Figure[]> {
  let plane = first;
  const [times, cpu, floors]: [number[], number[], number[]] = [[], [], []];
  await memoryOf(plane);
  for (let round = 0; round < ROUNDS; round++) {
    await plane.stop("SIGKILL");
    floors.push(Number(await bare.call("read", path.join(dataDir, "clocker.db"))));
    const startedAt = performance.now();
    plane = await startPlane(bench, dataDir);
    await new Rest(plane.url, bench.signal).json("GET", "v1/applications/fetch");
    times.push(performance.now() - startedAt);
    cpu.push(await cpuOf(plane));
  }
  const { rss } = await memoryOf(plane);
  await plane.stop();
  return [
    { what: `restart until the tree of ${ENTITIES} is answered`, value: median(times), unit: "ms", peer: { what: "read the store into maps", value: median(floors) }, note: `${rounds(times)}, after kill -9; ${Math.round(median(cpu))} ms of processor time` },
    { what: "memory (RSS) then", value: rss, unit: "bytes" },
  ];
}
