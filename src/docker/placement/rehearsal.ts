import { place } from "./place.ts";
import type { GrowthPermit } from "./no-capacity.ts";
import type { PlacementStrategy } from "./strategy.ts";
import type { Decision, HostSnapshot, Occupant, PlacementRequest } from "./types.ts";

export interface RehearsalOptions {
  /** The cloud's hosts as they are. */
  readonly hosts: readonly HostSnapshot[];
  readonly chain: readonly PlacementStrategy[];
  /** Whether the cloud may have one more host than it has, when it has had `added` already. */
  readonly canGrow: (added: number) => GrowthPermit;
  /** What a new host would be like. */
  readonly newHost: (added: number) => Pick<HostSnapshot, "name" | "maxContainers">;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What would become of a request. */
export interface RehearsedPlacement {
  readonly decision: Decision;
  /** The name of the host that would take it; absent when none would. */
  readonly host: string | undefined;
  /** Whether that host would be added for it, or for one before it. */
  readonly isNewHost: boolean;
  /** A host that is on its way would be waited for. */
  readonly waits: boolean;
  /** Why nothing takes it: no host is left, and none can be added, or a new one would not do. */
  readonly refusal: { readonly reason: string; readonly remedy: string | undefined } | undefined;
}

/**
 * Places one request after the other on a copy of a cloud's hosts, each seeing the places that those before it took: what a deployment would
 * do, with the same pure function and without touching the cloud. Hosts are added where the cloud would add them.
 */
export class PlacementRehearsal {
  readonly #options: RehearsalOptions;
  #hosts: HostSnapshot[];
  #placements: number;
  #added: HostSnapshot[] = [];

  constructor(options: RehearsalOptions) {
    this.#options = options;
    this.#hosts = [...options.hosts];
    this.#placements = Math.max(0, ...options.hosts.map(({ lastPlaced }) => lastPlaced));
  }

  /** Names of the hosts that would be added. */
  get addedHosts(): string[] {
    return this.#added.map(({ name }) => name);
  }

  place(request: PlacementRequest, entityChain: readonly PlacementStrategy[] = []): RehearsedPlacement {
    const decision = this.#decide(this.#hosts, request, entityChain);
    if (decision.host !== undefined) return this.#taken(decision, request);
    if (decision.passing > 0) return { decision, host: undefined, isNewHost: false, waits: true, refusal: undefined };
    return this.#onNewHost(decision, request, entityChain);
  }

  /** An entity's container goes: what is placed from now on may take its place. */
  leave(entityId: string): void {
    this.#hosts = this.#hosts.map((host) => {
      const left = host.occupants.filter((occupant) => occupant.entityId !== entityId);
      return left.length === host.occupants.length ? host : { ...host, occupants: left, containers: host.containers - (host.occupants.length - left.length) };
    });
  }

  #onNewHost(before: Decision, request: PlacementRequest, entityChain: readonly PlacementStrategy[]): RehearsedPlacement {
    const permit = this.#options.canGrow(this.#added.length);
    if (!permit.allowed) return { decision: before, host: undefined, isNewHost: false, waits: false, refusal: { reason: permit.reason, remedy: permit.remedy } };
    const host = this.#newHost();
    const alone = this.#decide([host], request, entityChain);
    if (alone.host === undefined && alone.passing === 0) {
      return { decision: before, host: undefined, isNewHost: false, waits: false, refusal: { reason: "a new host could not take it either", remedy: "Loosen the entity's placement strategies" } };
    }
    this.#added.push(host);
    this.#hosts.push(host);
    // The chain may still prefer a host whose refusal depended on the others.
    const decision = this.#decide(this.#hosts, request, entityChain);
    return decision.host === undefined ? { decision, host: undefined, isNewHost: false, waits: true, refusal: undefined } : this.#taken(decision, request);
  }

  #newHost(): HostSnapshot {
    const number = this.#added.length + 1;
    const order = Math.max(0, ...this.#hosts.map((host) => host.order)) + 1;
    const { name, maxContainers } = this.#options.newHost(number);
    return { id: `new host ${number}`, name, hostname: name, order, accepting: true, labels: {}, containers: 0, occupants: [], lastPlaced: 0, maxContainers };
  }

  #taken(decision: Decision, { properties: _properties, ...occupant }: PlacementRequest): RehearsedPlacement {
    this.#hosts = this.#hosts.map((host) => (host.id === decision.host ? occupied(host, occupant, ++this.#placements) : host));
    return { decision, host: decision.hostName, isNewHost: this.#added.some(({ id }) => id === decision.host), waits: false, refusal: undefined };
  }

  #decide(hosts: readonly HostSnapshot[], request: PlacementRequest, entityChain: readonly PlacementStrategy[]): Decision {
    return place({ hosts, request, infrastructureChain: this.#options.chain, entityChain, at: this.#options.at });
  }
}

function occupied(host: HostSnapshot, occupant: Occupant, lastPlaced: number): HostSnapshot {
  return { ...host, containers: host.containers + 1, occupants: [...host.occupants, occupant], lastPlaced };
}
