interface Sample {
  readonly at: number;
  /** Undefined while nothing is known. */
  readonly value: number | undefined;
}

export interface WindowMean {
  /** The last value, where none has held for any time yet; undefined when nothing is known of the window. */
  readonly value: number | undefined;
  /** The share of the window of which a value is known, from 0 to 1. */
  readonly confidence: number;
  /** Whether it stays so as time passes without another value. */
  readonly isSettled: boolean;
}

/** The last values of something that keeps each value until the next: its mean over time. Times are milliseconds, in order. */
export class StepWindow {
  readonly #length: number;
  #samples: Sample[] = [];

  /** @param length milliseconds */
  constructor(length: number) {
    this.#length = length;
  }

  add(at: number, value: number | undefined): void {
    this.#samples.push({ at, value });
    this.#prune(at);
  }

  mean(now: number): WindowMean {
    this.#prune(now);
    const start = now - this.#length;
    let known = 0;
    let area = 0;
    for (const [index, { at, value }] of this.#samples.entries()) {
      const until = this.#samples[index + 1]?.at ?? now;
      const time = until - Math.max(at, start);
      if (value === undefined || time <= 0) continue;
      known += time;
      area += value * time;
    }
    const [only] = this.#samples;
    const isSettled = only === undefined || (this.#samples.length === 1 && (only.at <= start || only.value === undefined));
    // A single value needs no arithmetic, which would not be exact.
    const value = this.#samples.length === 1 || known === 0 ? this.#samples.at(-1)?.value : area / known;
    return { value, confidence: Math.min(1, known / this.#length), isSettled };
  }

  /** Keeps the value that holds at the window's start, and those after it. */
  #prune(now: number): void {
    const start = now - this.#length;
    const first = this.#samples.findLastIndex((sample) => sample.at <= start);
    if (first > 0) this.#samples = this.#samples.slice(first);
  }
}
