import type { StrategyDefinition } from "../definition.ts";
import { orderBy } from "../strategy.ts";

/** The emptiest host first (Clocker 0.7). Places that are reserved count, so that parallel placements spread too. */
export const leastContainers: StrategyDefinition<never> = {
  name: "least-containers",
  aliases: ["fewest-containers"],
  options: {},
  create: () =>
    orderBy({
      name: "least-containers",
      describe: () => "the host with the fewest containers first",
      compare: (a, b) => a.containers - b.containers,
      explain: (host) => (host.containers === 1 ? "1 container" : `${host.containers} containers`),
    }),
};
