import { parse } from "yaml";
import { cloudSpec, type SimulatedServer, World } from "../test/support/in-memory-plane.ts";
import { Catalog } from "../src/blueprint/catalog/index.ts";
import { examineBlueprint } from "../src/blueprint/index.ts";
import { enricherTypes } from "../src/enricher/index.ts";
import type { BlueprintReader } from "../src/management/blueprint-reader.ts";
import type { Plan } from "../src/management/plan/plan.ts";
import { Planner } from "../src/management/plan/planner.ts";
import { LocatedTypes } from "../src/management/server-types.ts";
import { ClockerError } from "../src/model/errors.ts";
import { softwareEntityTypes } from "../src/software/process/index.ts";
import type { Benchmark, Figure } from "./benchmark.ts";
import { manyServices } from "./support/many-services.ts";
import { median, rounds } from "./support/statistics.ts";

const SERVICES = 1_000;
const HOSTS = 100;
/** The first of them warm the code up and do not count. */
const WARM_UP = 2;
const ROUNDS = 7;

/** What a large blueprint would do, rehearsed: every fault looked for, each container placed on one of many hosts. Hosts are simulated; what plans is the real thing. */
export const plan: Benchmark = {
  name: "plan",
  title: `Plan of ${SERVICES} services on ${HOSTS} hosts`,
  measure: async (bench) => {
    const server = await new World({ entityTypes: softwareEntityTypes, adjunctTypes: enricherTypes }).open();
    await server.start(cloudSpec({ "docker.host.cluster.initial.size": HOSTS, "docker.container.cluster.maxSize": (2 * SERVICES) / HOSTS }));
    const planner = plannerOf(server);
    const text = `location: my-docker-cloud\n${manyServices(SERVICES)}`;
    const samples: { library: number; planned: number; again: number }[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      bench.signal.throwIfAborted();
      const library = took(() => parse(text) as unknown);
      const planned = took(() => planner.plan(text).plan);
      check(planned.result);
      const elsewhere = took(() => planner.plan(text.replace(/^location: .*\n/, "")).plan);
      if (round >= WARM_UP) samples.push({ library: library.ms, planned: planned.ms, again: elsewhere.ms });
    }
    await server.close();
    return figures(samples);
  },
};

function plannerOf({ plane, locations, applications }: SimulatedServer): Planner {
  const types = new LocatedTypes(plane.types, new Catalog(), (reference) => locations.check(reference));
  const unused = () => {
    throw new ClockerError("internal", "A plan of something new reads nothing that runs");
  };
  const reader: BlueprintReader = {
    examine: (text) => {
      const { spec, problems, warnings } = examineBlueprint(text, { types });
      return { spec, problems, warnings: warnings.map(({ message }) => ({ message })) };
    },
    open: unused,
    read: unused,
    readChildren: unused,
  };
  return new Planner(plane, locations, reader, applications.revisions);
}

/** A figure of a plan that is not whole would mean nothing. */
function check({ summary, problems, tree }: Plan): void {
  const placed = tree?.children.filter(({ placements }) => placements[0]?.host !== undefined).length;
  if (problems.length > 0 || summary.containers !== SERVICES || placed !== SERVICES) throw new Error(`The plan places ${placed} of ${SERVICES} services: ${problems[0]?.message ?? "no problem is told"}`);
}

function took<T>(work: () => T): { result: T; ms: number } {
  const startedAt = performance.now();
  const result = work();
  return { result, ms: performance.now() - startedAt };
}

function figures(samples: readonly { library: number; planned: number; again: number }[]): Figure[] {
  const [planned, alone] = [samples.map((each) => each.planned), samples.map((each) => each.again)];
  const library = { what: "yaml library alone", value: median(samples.map((each) => each.library)) };
  return [
    { what: `plan ${SERVICES} services, each placed on one of ${HOSTS} hosts`, value: median(planned), unit: "ms", peer: library, note: `median of ${rounds(planned)}; text to plan` },
    { what: "the same without placing them", value: median(alone), unit: "ms", peer: library, note: `median of ${rounds(alone)}` },
  ];
}
