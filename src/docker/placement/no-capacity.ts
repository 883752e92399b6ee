import { ClockerError, remedyOf, type ErrorCode } from "../../model/errors.ts";
import { refusals } from "./explain.ts";
import type { Decision, PlacementRequest } from "./types.ts";

const MAKE_ROOM = "Raise the limit of hosts or of containers per host, loosen the strategies, or stop something on the cloud";

/** Whether the cloud may have one more host, and if not, why: `the cloud is at its limit of 2 hosts`. */
export type GrowthPermit = { readonly allowed: true } | { readonly allowed: false; readonly reason: string; readonly remedy?: string };

export function growthRefused(request: PlacementRequest, decision: Decision, permit: { reason: string; remedy?: string }): ClockerError {
  return cannotPlace("no-capacity", request, decision, permit.reason, { remedy: permit.remedy ?? MAKE_ROOM });
}

export function growthFailed(request: PlacementRequest, decision: Decision, cause: unknown): ClockerError {
  const hosts = decision.hosts === 0 ? "adding the first one failed" : `adding one to the ${countHosts(decision.hosts)} failed`;
  return cannotPlace("no-capacity", request, decision, hosts, { cause, remedy: remedyOf(cause) ?? MAKE_ROOM });
}

/** New hosts don't help: each one refused the entity, empty as it was. */
export function growthUseless(request: PlacementRequest, decision: Decision, rounds: number, cause: unknown): ClockerError {
  return cannotPlace("no-capacity", request, decision, `${rounds === 1 ? "a new host" : `${rounds} new hosts`} could not take it either`, {
    ...(cause === undefined ? {} : { cause }),
    remedy: remedyOf(cause) ?? "Loosen the entity's placement strategies, or change what new hosts are made of",
  });
}

/** The waiter's signal aborted; `timeout` when that was its deadline. */
export function givenUp(request: PlacementRequest, decision: Decision | undefined, signal: AbortSignal): ClockerError {
  const reason: unknown = signal.reason;
  const timedOut = reason instanceof ClockerError ? reason.code === "timeout" : reason instanceof Error && reason.name === "TimeoutError";
  return cannotPlace(timedOut ? "timeout" : "cancelled", request, decision, "given up while waiting for room", { cause: reason });
}

function cannotPlace(code: ErrorCode, request: PlacementRequest, decision: Decision | undefined, why: string, options: { cause?: unknown; remedy?: string }): ClockerError {
  const reasons = decision === undefined ? "" : `${refusals(decision)}; `;
  return new ClockerError(code, `Cannot place "${request.displayName}": ${reasons}${why}`, {
    ...options,
    details: { entityId: request.entityId, ...(decision === undefined ? {} : { hosts: decision.hosts, decision }) },
  });
}

function countHosts(hosts: number): string {
  return hosts === 1 ? "1 host" : `${hosts} hosts`;
}
