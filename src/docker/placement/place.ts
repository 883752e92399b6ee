import { ClockerError } from "../../model/errors.ts";
import { decide, type Dropped } from "./decide.ts";
import { hostState } from "./host-state.ts";
import { byCreation, type PlacementStrategy } from "./strategy.ts";
import type { Decision, HostSnapshot, PlacementRequest } from "./types.ts";

export interface PlaceInput {
  readonly hosts: readonly HostSnapshot[];
  readonly request: PlacementRequest;
  readonly infrastructureChain: readonly PlacementStrategy[];
  readonly entityChain: readonly PlacementStrategy[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Chooses a host: those that accept containers, in order of creation, go through the infrastructure's strategies and then through the
 * entity's, which refine and never widen; the first that is left wins, and none left means a new host is needed (Clocker 0.8, 3.2).
 * Pure: the same hosts, in whatever order they are given, and the same request give the same answer.
 */
export function place(input: PlaceInput): Decision {
  const { request, at } = input;
  const chain = [...input.infrastructureChain, ...input.entityChain];
  let kept = input.hosts.toSorted(byCreation);
  const dropped: Dropped[] = [];
  for (const strategy of [hostState, ...chain]) {
    if (kept.length === 0) break;
    const result = strategy.filter(kept, request);
    if (result.kept.length + result.dropped.length !== kept.length) throw lostHosts(strategy, kept.length, result.kept.length + result.dropped.length);
    for (const refusal of result.dropped) dropped.push({ by: strategy.name, refusal });
    kept = result.kept;
  }
  return decide({ kept, dropped, chain, at });
}

function lostHosts(strategy: PlacementStrategy, given: number, returned: number): ClockerError {
  return new ClockerError("internal", `Cannot place by "${strategy.name}": it was given ${given} hosts and accounted for ${returned}`);
}
