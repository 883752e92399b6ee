import { ClockerError } from "../../model/errors.ts";
import type { PlacementStrategy } from "./strategy.ts";
import type { Decision } from "./types.ts";

/** The strategies that a placement goes through: the infrastructure's, then the entity's. */
export interface Chains {
  readonly infrastructure: readonly PlacementStrategy[];
  readonly entity?: readonly PlacementStrategy[];
}

/** A decision; with a place reserved when it chose a host. */
export interface Placed {
  readonly decision: Decision;
  readonly reservation?: Reservation;
}

/** A decision that chose a host. */
export type Reserved = Required<Placed>;

/** What a reservation does to the pool. */
export interface Place {
  readonly hostId: string;
  readonly hostName: string;
  /** For messages. */
  readonly entityName: string;
  /** Puts the container in the reservation's stead; false when the host has left. */
  occupy(containerId: string): boolean;
  free(): void;
}

/**
 * A place on a host for one container that is being made. It counts as a container until it is confirmed, when the container takes its
 * place, or cancelled. Both may be called again, and `cancel` after `confirm` does nothing, so that it fits a `finally`.
 */
export class Reservation {
  readonly #place: Place;
  #outcome: { containerId: string } | "cancelled" | undefined;

  constructor(place: Place) {
    this.#place = place;
  }

  get hostId(): string {
    return this.#place.hostId;
  }

  /** @throws ClockerError `conflict` when it was cancelled, confirmed for another container, or the host has left the cloud. */
  confirm(containerId: string): void {
    if (this.#outcome === "cancelled") throw this.#conflict("its reservation was cancelled");
    if (this.#outcome !== undefined) {
      if (this.#outcome.containerId !== containerId) throw this.#conflict(`its reservation went to container "${this.#outcome.containerId}"`);
      return;
    }
    if (!this.#place.occupy(containerId)) throw this.#conflict("the host has left the cloud");
    this.#outcome = { containerId };
  }

  cancel(): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = "cancelled";
    this.#place.free();
  }

  #conflict(why: string): ClockerError {
    const { entityName, hostName, hostId } = this.#place;
    return new ClockerError("conflict", `Cannot confirm "${entityName}" on "${hostName}": ${why}`, { details: { hostId } });
  }
}
