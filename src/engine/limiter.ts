import { abortError } from "./abort.ts";

interface Waiter {
  go(): void;
  fail(error: unknown): void;
}

/** Lets at most `limit` holders go on at once; the others wait in the order in which they came. */
export class Limiter {
  readonly #waiting: Waiter[] = [];
  #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a place would be given at once. */
  get hasRoom(): boolean {
    return this.#held < this.#limit;
  }

  /** How many places are held now. */
  get held(): number {
    return this.#held;
  }

  /**
   * Waits for a place and returns the function that gives it back (calling it again does nothing).
   * @throws `cancelled` or `timeout` when the signal aborts first.
   */
  async acquire(action: string, signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) throw abortError(signal, action);
    if (this.#held >= this.#limit) await this.#wait(action, signal);
    else this.#held++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#held--;
      this.#admit();
    };
  }

  /** Fails everyone who waits now: what they wait for is gone. */
  failWaiting(error: unknown): void {
    for (const waiter of this.#waiting.splice(0)) waiter.fail(error);
  }

  /** Admits fewer from now on; never less than one. */
  shrinkTo(limit: number): void {
    this.#limit = Math.max(1, Math.min(this.#limit, limit));
  }

  #wait(action: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        const at = this.#waiting.indexOf(waiter);
        if (at >= 0) this.#waiting.splice(at, 1);
        if (signal) reject(abortError(signal, action));
      };
      const settle = (end: () => void): void => {
        signal?.removeEventListener("abort", onAbort);
        end();
      };
      const waiter: Waiter = { go: () => settle(resolve), fail: (error) => settle(() => reject(error)) };
      this.#waiting.push(waiter);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  #admit(): void {
    while (this.#held < this.#limit) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#held++;
      next.go();
    }
  }
}
