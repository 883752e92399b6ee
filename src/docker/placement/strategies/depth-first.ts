import type { StrategyDefinition } from "../definition.ts";
import { byCreation, orderBy } from "../strategy.ts";

/**
 * Fills the oldest host before it goes on to the next: the article's default. Clocker's own order was arbitrary, if stable for the life
 * of the process; creation order is what its documentation promises. How full is full says a limit: the host's, or `max-containers`.
 */
export const depthFirst: StrategyDefinition<never> = {
  name: "depth-first",
  aliases: [],
  options: {},
  create: () =>
    orderBy({
      name: "depth-first",
      describe: () => "the oldest host first",
      compare: byCreation,
      explain: (host) => `host ${host.order} in order of creation`,
    }),
};
