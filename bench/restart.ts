import type { Benchmark } from "./benchmark.ts";
import { startClocker } from "./support/clocker-server.ts";
import { Rest } from "./support/rest.ts";
import { median, rounds } from "./support/statistics.ts";

const APPLICATIONS = 10;
const ENTITIES_EACH = 100;
const ROUNDS = 3;

/** After `kill -9`, with 1,000 entities in the store: from the start of the process until the API has answered with all of them. */
export const restart: Benchmark = {
  name: "restart",
  title: "Restart with 1,000 entities in the store",
  measure: async (bench) => {
    const dataDir = await bench.folder();
    let server = await startClocker(bench, dataDir);
    const empty = server;
    const deployedIn = await fill(new Rest(server.url, bench.signal));
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await server.stop("SIGKILL");
      const startedAt = performance.now();
      server = await startClocker(bench, dataDir);
      await expectAll(new Rest(server.url, bench.signal));
      times.push(performance.now() - startedAt);
    }
    const rss = await server.rssNow();
    await server.stop();
    return [
      { what: "restart until 1,000 entities are answered", value: median(times), unit: "ms", peer: { what: "launch with an empty store", value: empty.ms }, note: `median of ${rounds(times)}, after kill -9` },
      { what: "memory (RSS) then", value: rss, unit: "bytes", peer: { what: "with an empty store", value: empty.rss } },
      { what: "deploying them (10 applications)", value: deployedIn, unit: "ms", note: "made, started and durable; no machines" },
    ];
  },
};

async function fill(rest: Rest): Promise<number> {
  const startedAt = performance.now();
  for (let number = 1; number <= APPLICATIONS; number++) await rest.deploy(blueprint(number));
  await expectAll(rest);
  return performance.now() - startedAt;
}

/** An application of 100 entities, itself included, some below others, with config and a sensor each, as real ones have. */
function blueprint(number: number): string {
  const groups = Array.from({ length: 9 }, (_, group) => [
    "- type: org.apache.brooklyn.entity.stock.BasicStartable",
    `  name: tier ${group}`,
    "  brooklyn.children:",
    ...Array.from({ length: 10 }, (__, member) => [
      "  - type: org.apache.brooklyn.entity.stock.BasicStartable",
      `    name: server ${group}.${member}`,
      "    brooklyn.config:",
      `      shell.env: { NUMBER: ${member}, TIER: tier-${group} }`,
      `      url: http://server-${group}-${member}.example:8080/`,
    ]).flat(),
  ]);
  return [`name: application ${number}`, "services:", ...groups.flat(), ""].join("\n");
}

async function expectAll(rest: Rest): Promise<void> {
  const applications = await rest.json("GET", "/v1/applications");
  if (!Array.isArray(applications)) throw new Error("The server did not answer a list of applications");
  const trees = await Promise.all(applications.map((application: unknown) => rest.descendants(idOf(application))));
  const count = trees.flat().length;
  if (count !== APPLICATIONS * ENTITIES_EACH) throw new Error(`The server answered ${count} entities instead of ${APPLICATIONS * ENTITIES_EACH}`);
}

function idOf(summary: unknown): string {
  if (typeof summary === "object" && summary !== null && "id" in summary && typeof summary.id === "string") return summary.id;
  throw new Error("The server answered an application without an id");
}

