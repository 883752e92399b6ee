import type { Clock } from "../../model/clock.ts";

/** Failures that are forgiven before waiting begins. */
const FREE_FAILURES = 5;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** A caller who was quiet for so long starts afresh. */
const FORGET_AFTER = 15 * 60_000;
/** Callers remembered; the oldest are forgotten first. */
const REMEMBERED = 10_000;

/** Slows down guessing of passwords: after some failures a caller has to wait, each time twice as long. Memory is bounded. */
export class SignInLimit {
  readonly #clock: Clock;
  readonly #callers = new Map<string, { failures: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds that the caller has to wait before the next attempt; 0 when none. */
  pause(caller: string): number {
    const known = this.#recent(caller);
    if (known === undefined || known.failures < FREE_FAILURES) return 0;
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (known.failures - FREE_FAILURES));
    return Math.max(0, known.at + pause - this.#clock.now());
  }

  failed(caller: string): void {
    const failures = (this.#recent(caller)?.failures ?? 0) + 1;
    this.#callers.delete(caller);
    this.#callers.set(caller, { failures, at: this.#clock.now() });
    for (const oldest of this.#callers.keys()) {
      if (this.#callers.size <= REMEMBERED) break;
      this.#callers.delete(oldest);
    }
  }

  succeeded(caller: string): void {
    this.#callers.delete(caller);
  }

  #recent(caller: string): { failures: number; at: number } | undefined {
    const known = this.#callers.get(caller);
    return known !== undefined && this.#clock.now() - known.at < FORGET_AFTER ? known : undefined;
  }
}
