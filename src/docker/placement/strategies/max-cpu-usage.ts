import type { StrategyDefinition } from "../definition.ts";
import { keepUnless } from "../strategy.ts";
import { cpuCeiling, cpuOf, maxCpuKeys, percent, showCpu } from "./cpu.ts";

const DEFAULT_CEILING = 0.5;

/** Only hosts that are up, have a CPU reading, and lie below the ceiling; the infrastructure's value wins (Clocker 0.7). */
export const maxCpuUsage: StrategyDefinition<"maxCpu"> = {
  name: "max-cpu-usage",
  aliases: ["max-cpu"],
  options: { maxCpu: maxCpuKeys },
  create: (config, limits) => {
    const own = cpuCeiling("max-cpu-usage", config.maxCpu);
    const ceiling = cpuCeiling("max-cpu-usage", limits.maxCpu) ?? own ?? DEFAULT_CEILING;
    return keepUnless({
      name: "max-cpu-usage",
      refusesBy: ["readings"],
      describe: () => `CPU below ${percent(ceiling)}`,
      explain: showCpu,
      refuse(host) {
        const cpu = cpuOf(host);
        if (!host.accepting) return { reason: `not up, with a CPU limit of ${percent(ceiling)}` };
        if (cpu === undefined) return { reason: `no CPU reading yet for the limit of ${percent(ceiling)}`, passing: true };
        return cpu < ceiling ? undefined : { reason: `${showCpu(host)} against a limit of ${percent(ceiling)}`, group: `CPU at or above ${percent(ceiling)}` };
      },
    });
  },
};
