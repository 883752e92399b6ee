/**
 * What placement sees and what it answers. All of it is plain data: a decision is stored on the container's entity and shown by the
 * API, so that a user can ask at any time why a container is where it is.
 */

/** An entity in one of a host's containers, as strategies that look at neighbours see it (affinity, group). */
export interface Occupant {
  readonly entityId: string;
  readonly entityType: string;
  readonly displayName: string;
  readonly applicationId: string;
  readonly parentId?: string | undefined;
}

/** An entity that needs a container. */
export interface PlacementRequest extends Occupant {
  /** What the entity asks of its host (`provisioning.properties` and the like). */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The last readings of a host's sensors. One that was never read is absent. */
export interface HostReadings {
  /** Fraction of all of the host's cores, 0 to 1. */
  readonly cpu?: number | undefined;
  readonly memoryUsedBytes?: number | undefined;
  readonly memoryTotalBytes?: number | undefined;
  readonly loadAverage?: number | undefined;
}

/** A host as its entity describes it. */
export interface HostFacts extends HostReadings {
  readonly id: string;
  /** The display name, which messages quote. */
  readonly name: string;
  readonly hostname: string;
  /** Creation order: a host made earlier has the smaller number. */
  readonly order: number;
  /** Whether the host's own state lets containers onto it. */
  readonly accepting: boolean;
  /** Why it isn't accepting: `starting`, `stopping`, `draining`, `on fire`. */
  readonly notAccepting?: string | undefined;
  /** Not accepting yet, but on its way: placements wait for it instead of growing the cloud once more. */
  readonly arriving?: boolean | undefined;
  /** The most containers the host may hold, whatever the strategies say (`docker.container.cluster.maxSize`). */
  readonly maxContainers?: number | undefined;
  /** Tags and user metadata of the machine; a plain tag has an empty value. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A host at one moment. Immutable: a change makes a new one. */
export interface HostSnapshot extends HostFacts {
  /** Containers on it, adopted ones included, and places reserved for containers that are being made. */
  readonly containers: number;
  readonly occupants: readonly Occupant[];
  /** Sequence number of the last placement that chose it; 0 when none did. */
  readonly lastPlaced: number;
}

/** What became of one host in a decision. */
export interface Verdict {
  hostId: string;
  hostName: string;
  kept: boolean;
  /** The strategy that dropped it, or the one that gave it its rank; `host` for the host's own state and limit. */
  by: string;
  /** For people, without the host's name: `4 of 4 containers`. */
  reason: string;
  /** Place among the kept hosts, 1 being the chosen one. */
  rank?: number;
}

/** Dropped hosts counted together, on clouds too large to list each one. */
export interface DroppedGroup {
  by: string;
  reason: string;
  hosts: number;
  /** A few of their names. */
  examples: string[];
}

/** The answer to a request, as plain JSON. */
export interface Decision {
  /** Id of the chosen host; absent when none is left. */
  host?: string;
  hostName?: string;
  /** How many hosts were looked at, and how many of them were left in the end. */
  hosts: number;
  kept: number;
  /** Kept hosts by rank, then dropped ones in the order in which the chain dropped them; bounded, see `grouped`. */
  candidates: Verdict[];
  /** In place of the dropped hosts' verdicts on clouds of more than `MOST_CANDIDATES` hosts. */
  grouped?: DroppedGroup[];
  /** What was asked, in order: each strategy's name and sentence. */
  chain: string[];
  /** No host is left: a new one is needed, or patience when `passing` isn't 0. */
  needsGrowth: boolean;
  /** Hosts dropped for a reason that passes by itself: a host that is starting, a first reading that is still to come. */
  passing: number;
  /** Milliseconds since the epoch. */
  at: number;
}
