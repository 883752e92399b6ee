export interface Candidate {
  readonly id: string;
  /** The heaviest is the best; one below zero is never chosen. */
  readonly weight: number;
  readonly state: "viable" | "starting" | "down";
}

export type SelectionMode = "FAILOVER" | "BEST" | "STRICT";

export interface Waits {
  /** Milliseconds that the best ones are waited for while one of them starts. */
  readonly starting: number;
  /** Milliseconds that they are waited for otherwise. */
  readonly stopped: number;
}

export type Choice =
  | { readonly kind: "primary"; readonly id: string }
  | { readonly kind: "none" }
  /** Several are equally good, where that is not allowed. */
  | { readonly kind: "tie"; readonly ids: readonly string[] }
  /** The best ones are not ready: chosen among the others in so many milliseconds. */
  | { readonly kind: "wait"; readonly for: number };

/**
 * The primary among candidates, in their order (Brooklyn's ElectPrimaryEffector): the present one while it is viable, in `FAILOVER`; else
 * the heaviest that is viable; the heaviest of all are waited for a while.
 * @param waited milliseconds since this election began
 */
export function choosePrimary(candidates: readonly Candidate[], current: string | undefined, mode: SelectionMode, waits: Waits, waited: number): Choice {
  const allowed = candidates.filter(({ weight }) => weight >= 0);
  const viable = allowed.filter(({ state }) => state === "viable");
  if (mode === "FAILOVER" && viable.some(({ id }) => id === current) && current !== undefined) return { kind: "primary", id: current };
  const best = heaviest(allowed);
  const ready = best.filter(({ state }) => state === "viable");
  if (ready.length === 0 && best.length > 0) {
    const wait = (best.some(({ state }) => state === "starting") ? waits.starting : waits.stopped) - waited;
    if (wait > 0) return { kind: "wait", for: wait };
  }
  const chosen = ready.length > 0 ? ready : heaviest(viable);
  if (mode === "STRICT" && chosen.length > 1) return { kind: "tie", ids: chosen.map(({ id }) => id) };
  const primary = chosen.find(({ id }) => id === current) ?? chosen[0];
  return primary === undefined ? { kind: "none" } : { kind: "primary", id: primary.id };
}

function heaviest(candidates: readonly Candidate[]): Candidate[] {
  const most = candidates.reduce((weight, candidate) => Math.max(weight, candidate.weight), -Infinity);
  return candidates.filter(({ weight }) => weight === most);
}
