import type { Entity } from "../../model/entity.ts";
import { numberOf, valueOf } from "../sensors.ts";
import { StepWindow } from "./step-window.ts";

export interface RollingMeanOptions {
  readonly producer: Entity;
  readonly sensor: string;
  /** Milliseconds. */
  readonly length: number;
  /** From 0 to 1. */
  readonly confidenceRequired: number;
  readonly onMean: (mean: number) => void;
}

/** How often the mean is told while it moves though no value comes: parts of the window, and at least this many milliseconds. */
const PARTS = 10;
const SHORTEST = 1_000;

/**
 * Tells the mean over time of a sensor: at each value, and while the window still moves over earlier ones. A value holds until the next one
 * (Brooklyn has it hold since the last one, for its feeds publish equal values again; here these make no event).
 */
export function rollingMean({ producer, sensor, length, confidenceRequired, onMean }: RollingMeanOptions): () => void {
  const { clock, events } = producer.management;
  const window = new StepWindow(length);
  let cancel: (() => void) | undefined;
  const update = (): void => {
    cancel?.();
    cancel = undefined;
    const mean = window.mean(clock.now());
    if (mean.value !== undefined && mean.confidence >= confidenceRequired) onMean(mean.value);
    if (!mean.isSettled) cancel = clock.after(Math.max(SHORTEST, length / PARTS), update);
  };
  const add = (value: unknown): void => {
    window.add(clock.now(), numberOf(value));
    update();
  };
  if (valueOf(producer, sensor) !== undefined) add(valueOf(producer, sensor));
  const stop = events.subscribeSensor(producer.id, sensor, (event) => add(event.value));
  return () => {
    stop();
    cancel?.();
  };
}
