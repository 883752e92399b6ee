import { keepUnless, type PlacementStrategy } from "./strategy.ts";

/**
 * The first link of every chain: the host's own state, and its own limit of containers. The limit is here too since Clocker 0.4's
 * strategies all kept it, so that the sole setting of the article's form, with no strategy named, holds.
 */
export const hostState: PlacementStrategy = keepUnless({
  name: "host",
  refusesBy: [],
  describe: () => "accepting containers",
  explain: (host) => (host.containers === 0 ? "empty" : `${host.containers} containers`),
  refuse(host) {
    if (!host.accepting) return { reason: host.notAccepting ?? "not accepting containers", ...(host.arriving === true ? { passing: true } : {}) };
    if (host.maxContainers === undefined || host.containers < host.maxContainers) return undefined;
    return { reason: `${host.containers} of ${host.maxContainers} containers`, group: `at the limit of ${host.maxContainers} containers` };
  },
});
