import type { StrategyDefinition } from "../definition.ts";
import { orderBy } from "../strategy.ts";

/**
 * Goes round the hosts: the one whose last placement is longest ago comes first, so that a new host joins the round at once and
 * hosts that earlier strategies dropped don't disturb it. Clocker 0.7 rotated the list by a counter that was raised before its first
 * use, so that it started at the second host; here the first placement goes to the first host.
 */
export const breadthFirst: StrategyDefinition<never> = {
  name: "breadth-first",
  aliases: [],
  options: {},
  create: () =>
    orderBy({
      name: "breadth-first",
      describe: () => "the hosts in turn",
      compare: (a, b) => a.lastPlaced - b.lastPlaced,
      explain: (host) => (host.lastPlaced === 0 ? "not used yet" : `used last by placement ${host.lastPlaced}`),
    }),
};
