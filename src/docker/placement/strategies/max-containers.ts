import { numberOption, type StrategyDefinition } from "../definition.ts";
import { keepUnless } from "../strategy.ts";
import type { HostSnapshot } from "../types.ts";

const DEFAULT_LIMIT = 8;

/**
 * Only hosts with fewer containers than the limit: the host's own, else the infrastructure's, else the strategy's, else 8 (Clocker 0.7).
 * Containers that the scanner adopted count, and so do reserved places, without which parallel placements overshot in the original.
 */
export const maxContainers: StrategyDefinition<"maxContainers"> = {
  name: "max-containers",
  aliases: [],
  options: { maxContainers: ["docker.container.cluster.maxSize", "maxContainers", "maxContainer", "maxSize"] },
  create: (config, limits) => {
    const own = containerLimit(config.maxContainers);
    const limit = containerLimit(limits.maxContainers) ?? own ?? DEFAULT_LIMIT;
    const limitOf = (host: HostSnapshot) => host.maxContainers ?? limit;
    const count = (host: HostSnapshot) => `${host.containers} of ${limitOf(host)} containers`;
    return keepUnless({
      name: "max-containers",
      refusesBy: [],
      describe: () => `at most ${limit} containers on a host`,
      explain: count,
      refuse: (host) => (host.containers < limitOf(host) ? undefined : { reason: count(host), group: `at the limit of ${limitOf(host)} containers` }),
    });
  },
};

function containerLimit(value: unknown): number | undefined {
  return numberOption("max-containers", "maxContainers", value, {
    test: (given) => Number.isSafeInteger(given) && given >= 1,
    expected: "a whole number of at least 1",
  });
}
