import type { Clock } from "../../model/clock.ts";

export interface StabilizedFailureOptions {
  readonly clock: Clock;
  /** Milliseconds for which it must have failed without a break before that is told. */
  readonly failedDelay: number;
  /** Milliseconds for which it must have been well without a break before that is told. */
  readonly recoveredDelay: number;
  /** Milliseconds after which a failure that goes on is told again; never when undefined. */
  readonly republishTime?: number | undefined;
  /** Whether a failure was told before, in an earlier run of the server. */
  readonly wasTold?: boolean;
  readonly onFailed: () => void;
  readonly onRecovered: () => void;
}

/** What is told when it has lasted. */
type Pending = "failure" | "recovery" | "repetition";

/** Tells of failures and recoveries that last; neither is told twice in a row. */
export class StabilizedFailure {
  readonly #options: StabilizedFailureOptions;
  #isTold: boolean;
  #pending: Pending | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: StabilizedFailureOptions) {
    this.#options = options;
    this.#isTold = options.wasTold ?? false;
  }

  /** How it is now; `unknown` while it is not to be judged, for instance while it is stopped. */
  observe(state: "failed" | "well" | "unknown"): void {
    const { failedDelay, recoveredDelay } = this.#options;
    if (state === "unknown") return this.#forget();
    if (state === "failed") {
      if (this.#pending === "recovery") this.#forget();
      if (this.#isTold) return this.#repeat();
      this.#schedule("failure", failedDelay, () => this.#fail());
      return;
    }
    if (this.#pending !== "recovery") this.#forget();
    if (this.#isTold) this.#schedule("recovery", recoveredDelay, () => this.#recover());
  }

  stop(): void {
    this.#forget();
  }

  #fail(): void {
    this.#isTold = true;
    this.#options.onFailed();
    this.#repeat();
  }

  #recover(): void {
    this.#isTold = false;
    this.#options.onRecovered();
  }

  #repeat(): void {
    const { republishTime } = this.#options;
    if (republishTime !== undefined && republishTime > 0) this.#schedule("repetition", republishTime, () => this.#fail());
  }

  /** Without a delay it is at once. What is already awaited goes on being awaited. */
  #schedule(what: Pending, delay: number, then: () => void): void {
    if (this.#pending === what) return;
    this.#forget();
    if (delay <= 0) return then();
    if (delay === Infinity) return;
    this.#pending = what;
    this.#cancel = this.#options.clock.after(delay, () => {
      this.#pending = undefined;
      then();
    });
  }

  #forget(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#pending = undefined;
  }
}
