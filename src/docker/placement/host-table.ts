import { byCreation } from "./strategy.ts";
import type { HostFacts, HostReadings, HostSnapshot, Occupant } from "./types.ts";

/** A host as it is added: without an order it comes after all others. */
export type NewHost = Omit<HostFacts, "order"> & { readonly order?: number; readonly lastPlaced?: number };

/** What may change about a host. */
export type HostChange = Partial<Omit<HostFacts, "id" | "order">>;

interface Slot {
  facts: HostFacts;
  /** The operator's reason to keep containers off, beside the host's own state. */
  cordon: string | undefined;
  /** By container id or reservation id; a container that Clocker didn't place has no occupant. */
  readonly held: Map<string, Occupant | undefined>;
  lastPlaced: number;
  index: number;
}

/**
 * The live index of hosts: always at hand as snapshots in order of creation. A change makes one new snapshot, so that it costs as much
 * as the one host holds, however many hosts there are.
 */
export class HostTable {
  readonly #slots = new Map<string, Slot>();
  #snapshots: HostSnapshot[] = [];

  /** Live: valid until the next change. */
  get snapshots(): readonly HostSnapshot[] {
    return this.#snapshots;
  }

  get(id: string): HostSnapshot | undefined {
    const slot = this.#slots.get(id);
    return slot === undefined ? undefined : this.#snapshots[slot.index];
  }

  /** Adds a host; one that is there already takes the new facts and keeps its containers, cordon and place in the order. */
  add({ order, lastPlaced, ...rest }: NewHost): void {
    const known = this.#slots.get(rest.id);
    if (known !== undefined) {
      known.facts = { ...rest, order: known.facts.order };
      this.#refresh(known);
      return;
    }
    const last = this.#snapshots.at(-1);
    const facts: HostFacts = { ...rest, order: order ?? (last?.order ?? 0) + 1 };
    const slot: Slot = { facts, cordon: undefined, held: new Map(), lastPlaced: lastPlaced ?? 0, index: this.#snapshots.length };
    this.#slots.set(facts.id, slot);
    const snapshot = snapshotOf(slot);
    this.#snapshots.push(snapshot);
    if (last !== undefined && byCreation(last, snapshot) > 0) this.#reorder(this.#snapshots.toSorted(byCreation));
  }

  remove(id: string): boolean {
    const slot = this.#slots.get(id);
    if (slot === undefined) return false;
    this.#slots.delete(id);
    this.#reorder(this.#snapshots.toSpliced(slot.index, 1));
    return true;
  }

  change(id: string, change: HostChange): boolean {
    return this.#with(id, (slot) => {
      slot.facts = { ...slot.facts, ...change };
    });
  }

  cordon(id: string, reason: string | undefined): boolean {
    return this.#with(id, (slot) => {
      slot.cordon = reason;
    });
  }

  /** Counts a container or a reservation on the host; once for each key. */
  hold(id: string, key: string, occupant: Occupant | undefined): boolean {
    return this.#with(id, (slot) => slot.held.set(key, occupant ?? slot.held.get(key)));
  }

  /** @returns whether it was there. */
  letGo(id: string, key: string): boolean {
    const slot = this.#slots.get(id);
    if (slot === undefined || !slot.held.delete(key)) return false;
    this.#refresh(slot);
    return true;
  }

  placed(id: string, sequence: number): boolean {
    return this.#with(id, (slot) => {
      slot.lastPlaced = sequence;
    });
  }

  #with(id: string, work: (slot: Slot) => void): boolean {
    const slot = this.#slots.get(id);
    if (slot === undefined) return false;
    work(slot);
    this.#refresh(slot);
    return true;
  }

  #refresh(slot: Slot): void {
    this.#snapshots[slot.index] = snapshotOf(slot);
  }

  #reorder(snapshots: HostSnapshot[]): void {
    this.#snapshots = snapshots;
    for (const [index, { id }] of snapshots.entries()) {
      const slot = this.#slots.get(id);
      if (slot !== undefined) slot.index = index;
    }
  }
}

/** Whether a change is of readings alone, which only some strategies look at. */
export function isReadingOnly(change: HostChange): boolean {
  return Object.keys(change).every((key) => key in readings);
}

const readings: Readonly<Record<keyof HostReadings, true>> = { cpu: true, memoryUsedBytes: true, memoryTotalBytes: true, loadAverage: true };

function snapshotOf({ facts, cordon, held, lastPlaced }: Slot): HostSnapshot {
  return {
    ...facts,
    ...(cordon === undefined ? {} : { accepting: false, notAccepting: cordon, arriving: false }),
    containers: held.size,
    occupants: [...held.values()].filter((occupant) => occupant !== undefined),
    lastPlaced,
  };
}
