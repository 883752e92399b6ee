import type { Entity } from "./entity.ts";
import { ClockerError } from "./errors.ts";
import type { Submitted } from "./management.ts";
import type { Work } from "./work.ts";

export interface PollOptions<T> {
  readonly entity: Entity;
  /** The name of its tasks. */
  readonly name: string;
  /** Milliseconds from the end of a poll to the beginning of the next. */
  readonly period: number;
  /** Milliseconds that one poll may take; `POLL_TIMEOUT` when absent. */
  readonly timeout?: number;
  /** Milliseconds before the first poll; 0 when absent. */
  readonly delay?: number;
  /** Whether there is anything to poll now; when not, no task is made. */
  readonly isDue?: () => boolean;
  readonly poll: (work: Work) => Promise<T>;
  readonly onSuccess: (value: T) => void;
  /** Told of every failed poll. The failure is on the poll's task as well. */
  readonly onFailure: (error: unknown) => void;
}

export interface Poll {
  /** Polls at once, unless a poll is under way; the back-off after failures ends. */
  now(): void;
  /** Ends it, and the poll that is under way. Idempotent. */
  stop(): void;
}

export const POLL_TIMEOUT = 60_000;
/** The period grows by this factor with each failure in a row, up to `LONGEST_PERIOD` or ten times the period, whichever is longer than the period. */
const BACK_OFF = 2;
const LONGEST_PERIOD = 60_000;

/**
 * Polls something of an entity again and again, each time as a task tagged `TRANSIENT` (Brooklyn's feeds). One poll at a time: the next is
 * due a period after the last has ended, later while polls fail; one that hangs is cancelled. Time is the plane's clock.
 */
export function startPolling<T>(options: PollOptions<T>): Poll {
  return new Polling(options);
}

class Polling<T> implements Poll {
  readonly #options: PollOptions<T>;
  #cancelTimer: (() => void) | undefined;
  #current: Submitted<T> | undefined;
  #failures = 0;
  #wantsAnother = false;
  #isStopped = false;

  constructor(options: PollOptions<T>) {
    this.#options = options;
    this.#schedule(options.delay ?? 0);
  }

  now(): void {
    this.#failures = 0;
    if (this.#current === undefined) this.#schedule(0);
    else this.#wantsAnother = true;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#current?.task.cancel(new ClockerError("cancelled", `Stopped polling "${this.#options.name}"`));
  }

  #schedule(delay: number): void {
    this.#cancelTimer?.();
    if (this.#isStopped) return;
    this.#cancelTimer = this.#options.entity.management.clock.after(delay, () => {
      this.#cancelTimer = undefined;
      this.#begin();
    });
  }

  #begin(): void {
    const { entity, name, poll, isDue } = this.#options;
    if (isDue?.() === false) return this.#schedule(this.#options.period);
    const submitted = entity.management.submit(entity, name, poll, { tags: ["TRANSIENT", "SENSOR"] });
    this.#current = submitted;
    const timeout = this.#options.timeout ?? POLL_TIMEOUT;
    const cancelTimeout = entity.management.clock.after(timeout, () => submitted.task.cancel(new ClockerError("timeout", `Polling "${name}" of "${entity.displayName}" took longer than ${timeout / 1_000} s`)));
    submitted.result
      .then(
        (value) => this.#succeeded(value),
        (error: unknown) => this.#failed(error),
      )
      .finally(() => {
        cancelTimeout();
        this.#current = undefined;
        this.#schedule(this.#wantsAnother ? 0 : this.#pause());
        this.#wantsAnother = false;
      })
      // What a listener of the result throws is a bug: it must not end the polling silently.
      .catch((error: unknown) => entity.management.submit(entity, `${name}: using what was polled`, () => Promise.reject(error instanceof Error ? error : new Error(String(error))), { tags: ["TRANSIENT"] }));
  }

  #succeeded(value: T): void {
    this.#failures = 0;
    if (!this.#isStopped) this.#options.onSuccess(value);
  }

  #failed(error: unknown): void {
    if (this.#isStopped) return;
    this.#failures++;
    this.#options.onFailure(error);
  }

  #pause(): number {
    const { period } = this.#options;
    if (this.#failures < 2) return period;
    return Math.min(period * BACK_OFF ** (this.#failures - 1), Math.max(LONGEST_PERIOD, period));
  }
}
