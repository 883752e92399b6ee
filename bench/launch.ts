import type { Benchmark, Figure } from "./benchmark.ts";
import { startBareNode, startClocker } from "./support/clocker-server.ts";
import { median, rounds } from "./support/statistics.ts";

const ROUNDS = 5;

/** From the start of the process to the first answered request, on a data directory that is new. */
export const launch: Benchmark = {
  name: "launch",
  title: "Launch to first answered request",
  measure: async (bench) => {
    const clocker: Sample[] = [];
    const node: Sample[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      clocker.push(await sample(startClocker(bench, await bench.folder())));
      node.push(await sample(startBareNode(bench)));
    }
    return figures(clocker, node);
  },
};

type Sample = { ms: number; rss: number };

async function sample(starting: ReturnType<typeof startClocker>): Promise<Sample> {
  const started = await starting;
  await started.stop();
  return { ms: started.ms, rss: started.rss };
}

function figures(clocker: readonly Sample[], node: readonly Sample[]): Figure[] {
  const times = clocker.map(({ ms }) => ms);
  return [
    { what: "launch to first answered request", value: median(times), unit: "ms", peer: { what: "bare Node", value: median(node.map(({ ms }) => ms)) }, note: `median of ${rounds(times)}; new data directory` },
    { what: "memory (RSS) then", value: median(clocker.map(({ rss }) => rss)), unit: "bytes", peer: { what: "bare Node", value: median(node.map(({ rss }) => rss)) } },
  ];
}

