import type { HostSnapshot, PlacementRequest } from "./types.ts";

/**
 * One link of a placement chain: puts hosts in order, drops hosts, or both (Clocker 0.7's `filterLocations`). Pure and deterministic:
 * the same hosts and request give the same answer, and neither is changed. The contract is `test/contract/placement-strategy.ts`;
 * a new strategy is one file in `strategies/` and one line in its index.
 */
export interface PlacementStrategy {
  /** As blueprints write it and decisions show it: `max-containers`. */
  readonly name: string;
  /**
   * What its refusals look at beside the state of the host in question (accepting or not, containers on it): the host's readings, or
   * the request and the neighbours. Waiting placements are then tried again only when that changed, and once for all with the same
   * chain. With an empty list it refuses each host by itself, and never accepts a host for holding more. Absent: anything matters.
   */
  readonly refusesBy?: readonly RefusalInput[];
  /** What it does, as a sentence with its numbers: `fewer than 4 containers`. */
  describe(): string;
  /** Every given host is in exactly one of the two lists. */
  filter(hosts: readonly HostSnapshot[], request: PlacementRequest): Filtered;
  /** What it saw in a host that it kept: `2 of 4 containers`. */
  explain(host: HostSnapshot): string;
}

export type RefusalInput = "readings" | "request";

export interface Filtered {
  /** Best first. */
  kept: HostSnapshot[];
  dropped: Refusal[];
}

export interface Refusal {
  host: HostSnapshot;
  /** For people, with the numbers and without the host's name: `4 of 4 containers`. */
  reason: string;
  /** The reason without this host's own numbers: hosts that share it are counted together on large clouds. The reason when absent. */
  group?: string;
  /** The reason passes by itself, so that waiting helps as much as a new host would. */
  passing?: boolean;
}

/** A strategy that only drops hosts, each looked at by itself. */
export function keepUnless(parts: Omit<PlacementStrategy, "filter"> & { refuse: (host: HostSnapshot, request: PlacementRequest) => Omit<Refusal, "host"> | undefined }): PlacementStrategy {
  const { refuse, ...rest } = parts;
  return {
    ...rest,
    filter(hosts, request) {
      const kept: HostSnapshot[] = [];
      const dropped: Refusal[] = [];
      for (const host of hosts) {
        const refusal = refuse(host, request);
        if (refusal === undefined) kept.push(host);
        else dropped.push({ host, ...refusal });
      }
      return { kept, dropped };
    },
  };
}

/** A strategy that only puts hosts in order. Hosts that compare equal stay in the order that the chain's earlier strategies gave them. */
export function orderBy(parts: Omit<PlacementStrategy, "filter" | "refusesBy"> & { compare: (a: HostSnapshot, b: HostSnapshot, request: PlacementRequest) => number }): PlacementStrategy {
  const { compare, ...rest } = parts;
  return {
    ...rest,
    refusesBy: [],
    filter: (hosts, request) => ({ kept: hosts.toSorted((a, b) => compare(a, b, request)), dropped: [] }),
  };
}

/** Hosts by creation; hosts that claim the same place, by id. */
export function byCreation(a: HostSnapshot, b: HostSnapshot): number {
  return a.order - b.order || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
