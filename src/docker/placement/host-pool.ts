import type { Clock } from "../../model/clock.ts";
import { HostTable, isReadingOnly, type HostChange, type NewHost } from "./host-table.ts";
import { givenUp } from "./no-capacity.ts";
import { place } from "./place.ts";
import { Reservation, type Chains, type Placed, type Reserved } from "./reservation.ts";
import type { Decision, HostSnapshot, Occupant, PlacementRequest } from "./types.ts";
import { WaitingLine, type GrowOptions } from "./waiting-line.ts";

/**
 * The hosts of one Docker cloud as placement sees them, kept up to date by events. Placing and reserving is one step, so that parallel
 * placements never overshoot a limit, as Clocker's did. Events about a host that isn't there are stale and change nothing.
 */
export class HostPool {
  readonly #table = new HostTable();
  readonly #clock: Pick<Clock, "now">;
  readonly #line = new WaitingLine({
    reserve: (request, chains) => this.#reserve(request, chains),
    wouldTakeEmpty: (hostId, request, chains) => this.#decideOnEmpty(hostId, request, chains),
  });
  #placements = 0;
  #reservations = 0;

  constructor(options: { clock: Pick<Clock, "now"> }) {
    this.#clock = options.clock;
  }

  /** In order of creation. */
  hosts(): HostSnapshot[] {
    return [...this.#table.snapshots];
  }

  host(id: string): HostSnapshot | undefined {
    return this.#table.get(id);
  }

  /** How many placements wait for room. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Adds a host, or gives one that is there new facts: its containers, cordon and place in the order stay. */
  addHost(host: NewHost): void {
    this.#placements = Math.max(this.#placements, host.lastPlaced ?? 0);
    this.#table.add(host);
    this.#line.changed("hosts");
  }

  /** The host's own state, limit, labels or readings changed. */
  updateHost(id: string, change: HostChange): void {
    if (this.#table.change(id, change)) this.#line.changed(isReadingOnly(change) ? "readings" : "hosts");
  }

  /** Forgets a host with all that was on it. */
  removeHost(id: string): void {
    if (this.#table.remove(id)) this.#line.changed("hosts");
  }

  /** The operator's cordon, beside the host's own state: with false nothing more is placed there, for the reason given. */
  setAccepting(id: string, accepting: boolean, reason = "cordoned"): void {
    if (this.#table.cordon(id, accepting ? undefined : reason)) this.#line.changed("hosts");
  }

  /** A container is on the host: found there, adopted, or restored. The occupant is absent when it isn't one of ours. */
  containerAdded(hostId: string, containerId: string, occupant?: Occupant): void {
    if (this.#table.hold(hostId, containerKey(containerId), occupant)) this.#line.changed("occupied");
  }

  containerRemoved(hostId: string, containerId: string): void {
    if (this.#table.letGo(hostId, containerKey(containerId))) this.#line.changed("hosts");
  }

  /** Places and reserves in one step; without a reservation when no host is left. Those who wait in line are served before. */
  reserve(request: PlacementRequest, chains: Chains): Placed {
    this.#line.serve();
    return this.#reserve(request, chains);
  }

  /**
   * Reserves a place, growing the cloud by as many hosts as it takes: those who find no host share one growth after the other and are
   * served in order of arrival. While a host is on its way it is waited for instead. Nobody's abort disturbs the growth or the others.
   *
   * @throws ClockerError `no-capacity` when the cloud may not grow, growing failed, or new hosts don't help; `cancelled`, `timeout` by
   *   the signal. Each says what every host refused with.
   */
  async reserveOrGrow(request: PlacementRequest, options: GrowOptions): Promise<Reserved> {
    if (options.signal.aborted) throw givenUp(request, undefined, options.signal);
    const { decision, reservation } = this.reserve(request, options.chains);
    return reservation === undefined ? this.#line.wait(request, options, decision) : { decision, reservation };
  }

  /** Grows by one host, or joins the growth under way; those who wait for room then try again. Resolves with the new host's id. */
  growOnce(grow: () => Promise<string>): Promise<string> {
    return this.#line.grow(grow);
  }

  #reserve(request: PlacementRequest, chains: Chains): Placed {
    const decision = this.#decide(this.#table.snapshots, request, chains);
    const host = decision.host === undefined ? undefined : this.#table.get(decision.host);
    if (host === undefined) return { decision };
    this.#table.placed(host.id, ++this.#placements);
    return { decision, reservation: this.#hold(host, request) };
  }

  #hold(host: HostSnapshot, request: PlacementRequest): Reservation {
    const { properties: _, ...occupant } = request;
    const key = `reservation ${++this.#reservations}`;
    this.#table.hold(host.id, key, occupant);
    this.#line.changed("occupied");
    return new Reservation({
      hostId: host.id,
      hostName: host.name,
      entityName: request.displayName,
      occupy: (containerId) => {
        const before = this.#table.get(host.id)?.containers ?? 0;
        if (!this.#table.letGo(host.id, key)) return false;
        this.#table.hold(host.id, containerKey(containerId), occupant);
        // The scanner may have seen the container first, and then it was counted twice.
        if ((this.#table.get(host.id)?.containers ?? 0) < before) this.#line.changed("hosts");
        return true;
      },
      free: () => {
        if (this.#table.letGo(host.id, key)) this.#line.changed("hosts");
      },
    });
  }

  #decideOnEmpty(hostId: string, request: PlacementRequest, chains: Chains): Decision {
    const host = this.#table.get(hostId);
    return this.#decide(host === undefined ? [] : [{ ...host, containers: 0, occupants: [] }], request, chains);
  }

  #decide(hosts: readonly HostSnapshot[], request: PlacementRequest, chains: Chains): Decision {
    return place({ hosts, request, infrastructureChain: chains.infrastructure, entityChain: chains.entity ?? [], at: this.#clock.now() });
  }
}

/** Containers and reservations are counted in one map; their keys shall not meet. */
function containerKey(containerId: string): string {
  return `container ${containerId}`;
}
