import type { PlacementStrategy, Refusal } from "./strategy.ts";
import type { Decision, DroppedGroup, HostSnapshot, Verdict } from "./types.ts";

/** Above this many hosts a decision keeps counts in place of each dropped host's verdict: it is stored with every container. */
export const MOST_CANDIDATES = 50;
/** Of the kept hosts, on such clouds, the best few. */
const MOST_KEPT = 10;
const MOST_GROUPS = 20;
const MOST_EXAMPLES = 3;

/** A host that a strategy dropped. */
export interface Dropped {
  readonly by: string;
  readonly refusal: Refusal;
}

export interface Outcome {
  readonly kept: readonly HostSnapshot[];
  readonly dropped: readonly Dropped[];
  readonly chain: readonly PlacementStrategy[];
  readonly at: number;
}

/** The decision, as it is stored and shown, of what was kept and dropped. */
export function decide({ kept, dropped, chain, at }: Outcome): Decision {
  const winner = kept[0];
  const hosts = kept.length + dropped.length;
  const large = hosts > MOST_CANDIDATES;
  const keptVerdicts = (large ? kept.slice(0, MOST_KEPT) : kept).map((host, index) => keptVerdict(host, index + 1, chain));
  return {
    ...(winner === undefined ? {} : { host: winner.id, hostName: winner.name }),
    hosts,
    kept: kept.length,
    candidates: large ? keptVerdicts : [...keptVerdicts, ...dropped.map(droppedVerdict)],
    ...(large ? { grouped: groups(dropped) } : {}),
    chain: chain.map((strategy) => `${strategy.name}: ${strategy.describe()}`),
    needsGrowth: winner === undefined,
    passing: dropped.reduce((count, { refusal }) => count + (refusal.passing === true ? 1 : 0), 0),
    at,
  };
}

function keptVerdict(host: HostSnapshot, rank: number, chain: readonly PlacementStrategy[]): Verdict {
  const seen = chain.map((strategy) => strategy.explain(host));
  return {
    hostId: host.id,
    hostName: host.name,
    kept: true,
    by: chain.at(-1)?.name ?? "host",
    reason: [...new Set(seen.length === 0 ? ["accepting containers"] : seen)].join("; "),
    rank,
  };
}

function droppedVerdict({ by, refusal }: Dropped): Verdict {
  return { hostId: refusal.host.id, hostName: refusal.host.name, kept: false, by, reason: refusal.reason };
}

/** Dropped hosts by reason, the commonest first; reasons beyond the bound are counted together. */
function groups(dropped: readonly Dropped[]): DroppedGroup[] {
  const found = new Map<string, DroppedGroup>();
  for (const { by, refusal } of dropped) {
    const reason = refusal.group ?? refusal.reason;
    count(found, by, reason, refusal.host.name, 1);
  }
  const sorted = [...found.values()].toSorted((a, b) => b.hosts - a.hosts);
  const rest = new Map<string, DroppedGroup>();
  for (const group of sorted.slice(MOST_GROUPS)) count(rest, group.by, "other reasons", group.examples[0] ?? "", group.hosts);
  return [...sorted.slice(0, MOST_GROUPS), ...rest.values()];
}

function count(groupsByReason: Map<string, DroppedGroup>, by: string, reason: string, example: string, hosts: number): void {
  const key = `${by}\n${reason}`;
  const group = groupsByReason.get(key) ?? { by, reason, hosts: 0, examples: [] };
  group.hosts += hosts;
  if (group.examples.length < MOST_EXAMPLES) group.examples.push(example);
  groupsByReason.set(key, group);
}
