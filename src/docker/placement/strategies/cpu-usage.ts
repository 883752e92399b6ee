import type { StrategyDefinition } from "../definition.ts";
import { keepUnless } from "../strategy.ts";
import { byCpu, cpuCeiling, cpuOf, maxCpuKeys, percent, showCpu } from "./cpu.ts";

/** The ceiling of Clocker 0.5.0; 0.4.0's was 100 percent. */
const DEFAULT_CEILING = 0.95;

/**
 * Clocker 0.4's only CPU strategy: the least busy host of those below the ceiling. As 0.5.0 mended it: 0.4.0 dropped the hosts *below*
 * the ceiling. A host without a reading, on which 0.4 failed, counts as idle.
 */
export const cpuUsage: StrategyDefinition<"maxCpu"> = {
  name: "cpu-usage",
  aliases: ["docker-cpu-usage"],
  options: { maxCpu: maxCpuKeys },
  create: (config, limits) => {
    const own = cpuCeiling("cpu-usage", config.maxCpu);
    const ceiling = cpuCeiling("cpu-usage", limits.maxCpu) ?? own ?? DEFAULT_CEILING;
    const belowCeiling = keepUnless({
      name: "cpu-usage",
      refusesBy: ["readings"],
      describe: () => `the host with the lowest CPU usage below ${percent(ceiling)} first`,
      explain: showCpu,
      refuse: (host) =>
        (cpuOf(host) ?? -1) < ceiling ? undefined : { reason: `${showCpu(host)} against a limit of ${percent(ceiling)}`, group: `CPU at or above ${percent(ceiling)}` },
    });
    return {
      ...belowCeiling,
      filter(hosts, request) {
        const { kept, dropped } = belowCeiling.filter(hosts, request);
        return { kept: kept.toSorted(byCpu), dropped };
      },
    };
  },
};
