import type { StrategyDefinition } from "../definition.ts";
import { orderBy } from "../strategy.ts";
import { byCpu, showCpu } from "./cpu.ts";

/** The least busy host first; one without a reading, being new, before all others (Clocker 0.7). */
export const lowestCpuUsage: StrategyDefinition<never> = {
  name: "lowest-cpu-usage",
  aliases: ["lowest-cpu"],
  options: {},
  create: () =>
    orderBy({
      name: "lowest-cpu-usage",
      describe: () => "the host with the lowest CPU usage first",
      compare: byCpu,
      explain: showCpu,
    }),
};
