import type { Entity } from "../../model/entity.ts";
import { numberOf, valueOf } from "../sensors.ts";

/** From one value of a sensor to the next, when at least a millisecond has passed. */
export interface Change {
  readonly by: number;
  /** Milliseconds. */
  readonly over: number;
}

const SHORTEST_GAP = 1_000;
const LONGEST_GAP = 60_000;
/** Milliseconds before a first value, when no other has come, counts as unchanged. */
const FIRST_GAP = 10_000;
/** A value that is this many gaps overdue has stayed the same. */
const OVERDUE = 1.5;

/**
 * Tells the changes of a number in a sensor. A value that stays equal makes no event, so that after a time as long as that between the last
 * two values, a change by zero is told: a rate does not stay what it was once nothing happens any more.
 */
export function followChanges(producer: Entity, name: string, onChange: (change: Change) => void): () => void {
  const { clock, events } = producer.management;
  let last: { value: number; at: number } | undefined;
  let gap: number | undefined;
  let cancel: (() => void) | undefined;
  const waitForNext = (): void => {
    cancel?.();
    if (last !== undefined) cancel = clock.after(Math.max(0, last.at + (gap ?? FIRST_GAP) * OVERDUE - clock.now()), unchanged);
  };
  const unchanged = (): void => {
    if (last === undefined) return;
    onChange({ by: 0, over: gap ?? FIRST_GAP });
    // How often values come is not known yet: the next change is over all the time since the first.
    if (gap === undefined) return;
    last = { value: last.value, at: last.at + gap };
    waitForNext();
  };
  const next = (raw: unknown, at: number): void => {
    const value = numberOf(raw);
    // What is not known any more is taken as the same, as Brooklyn does: its change was never seen.
    if (value === undefined || (last !== undefined && at <= last.at)) return;
    const before = last;
    last = { value, at };
    if (before !== undefined) {
      gap = Math.min(LONGEST_GAP, Math.max(SHORTEST_GAP, at - before.at));
      onChange({ by: value - before.value, over: at - before.at });
    }
    waitForNext();
  };
  next(valueOf(producer, name), clock.now());
  const stop = events.subscribeSensor(producer.id, name, (event) => next(event.value, event.at));
  return () => {
    stop();
    cancel?.();
  };
}
