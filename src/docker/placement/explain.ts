import type { Decision } from "./types.ts";

/** Host names listed with one reason before they are counted instead. */
const MOST_NAMES = 3;
/** Reasons told in one sentence; the decision has the others. */
const MOST_REASONS = 8;

/**
 * Why no host was found, for an error, a task's waiting line, or the console:
 * `4 of 4 containers on "host-1"; starting on "host-2"`, on large clouds `at the limit of 4 containers on 120 hosts`.
 */
export function refusals(decision: Decision): string {
  if (decision.hosts === 0) return "the cloud has no hosts";
  const reasons = decision.grouped?.map((group) => ({ reason: group.reason, names: group.examples, hosts: group.hosts })) ?? byReason(decision);
  const told = reasons.slice(0, MOST_REASONS).map(({ reason, names, hosts }) => `${reason} on ${hosts > MOST_NAMES ? `${hosts} hosts` : list(names)}`);
  const untold = reasons.slice(MOST_REASONS).reduce((sum, { hosts }) => sum + hosts, 0);
  return [...told, ...(untold === 0 ? [] : [`other reasons on ${untold === 1 ? "1 host" : `${untold} hosts`}`])].join("; ");
}

interface Reason {
  reason: string;
  names: string[];
  hosts: number;
}

function byReason(decision: Decision): Reason[] {
  const reasons = new Map<string, Reason>();
  for (const { kept, reason, hostName } of decision.candidates) {
    if (kept) continue;
    const found = reasons.get(reason) ?? { reason, names: [], hosts: 0 };
    found.names.push(hostName);
    found.hosts++;
    reasons.set(reason, found);
  }
  return [...reasons.values()];
}

function list(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1) ?? ""}`;
}
