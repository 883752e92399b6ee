import { parse } from "yaml";
import { readBlueprint } from "../src/blueprint/index.ts";
import { openServer } from "../src/management/open-server.ts";
import { loadProperties } from "../src/management/properties/load-properties.ts";
import { ServerTypes } from "../src/management/server-types.ts";
import { InMemoryStore } from "../src/management/store/in-memory-store.ts";
import type { Benchmark, Figure } from "./benchmark.ts";
import { manyServices } from "./support/many-services.ts";
import { median, rounds } from "./support/statistics.ts";

const SERVICES = 1_000;
/** The first of them warm the code up and do not count. */
const WARM_UP = 3;
const ROUNDS = 10;

/** Reading a large blueprint and making its entities, in this process; the floor is the YAML library on the same text alone. */
export const blueprint: Benchmark = {
  name: "blueprint",
  title: `A blueprint of ${SERVICES} services`,
  measure: async (bench) => {
    const dataDir = await bench.folder();
    const silent = () => {};
    const server = await openServer({ dataDir, properties: await loadProperties({ global: false, env: {}, home: dataDir }), log: { debug: silent, info: silent, warn: silent, error: silent }, store: new InMemoryStore() });
    const types = new ServerTypes(server.plane.types, server.catalog);
    const text = manyServices(SERVICES);
    const samples: Sample[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      bench.signal.throwIfAborted();
      const library = took(() => parse(text) as unknown);
      const read = took(() => readBlueprint(text, { types }));
      const made = took(() => server.plane.create(read.result.spec));
      server.plane.unmanage(made.result);
      await server.plane.documents.flush();
      if (round >= WARM_UP) samples.push({ library: library.ms, read: read.ms, made: made.ms });
    }
    await server.close();
    return figures(samples, text.length);
  },
};

interface Sample {
  readonly library: number;
  readonly read: number;
  readonly made: number;
}

function took<T>(work: () => T): { result: T; ms: number } {
  const startedAt = performance.now();
  const result = work();
  return { result, ms: performance.now() - startedAt };
}

function figures(samples: readonly Sample[], length: number): Figure[] {
  const [read, made] = [samples.map((each) => each.read), samples.map((each) => each.made)];
  const library = { what: "yaml library alone", value: median(samples.map((each) => each.library)) };
  return [
    { what: `read ${SERVICES} services: YAML, types, config, expressions`, value: median(read), unit: "ms", peer: library, note: `median of ${rounds(read)}; ${Math.round(length / 1_024)} KiB of text` },
    { what: "make their entities, in memory", value: median(made), unit: "ms", peer: library, note: `median of ${rounds(made)}` },
  ];
}
