/** What was asked for throughout a window of time. */
export interface Sustained {
  /** Undefined when the window is not covered: it isn't known what was asked for at its start. */
  readonly least: number | undefined;
  readonly most: number | undefined;
  /** When the answer changes though nothing new is asked for: milliseconds since the epoch; undefined when it doesn't. */
  readonly changesAt: number | undefined;
}

/** Sizes that were asked for over time; each holds until the next. Times are milliseconds, in order. */
export class SizeHistory {
  #entries: { readonly at: number; readonly size: number }[] = [];

  get latest(): number | undefined {
    return this.#entries.at(-1)?.size;
  }

  /** @param keep milliseconds before now that must stay known */
  add(at: number, size: number, keep: number): void {
    const last = this.#entries.at(-1);
    if (last?.size === size) return;
    if (last?.at === at) this.#entries.pop();
    this.#entries.push({ at, size });
    const first = this.#entries.findLastIndex((entry) => entry.at <= at - keep);
    if (first > 0) this.#entries = this.#entries.slice(first);
  }

  clear(): void {
    this.#entries = [];
  }

  sustained(window: number, now: number): Sustained {
    const start = now - window;
    const first = this.#entries.findLastIndex((entry) => entry.at <= start);
    const [oldest] = this.#entries;
    if (first < 0) return { least: undefined, most: undefined, changesAt: oldest === undefined ? undefined : oldest.at + window };
    const sizes = this.#entries.slice(first).map((entry) => entry.size);
    const next = this.#entries[first + 1];
    return { least: sizes.reduce((a, b) => Math.min(a, b)), most: sizes.reduce((a, b) => Math.max(a, b)), changesAt: next === undefined ? undefined : next.at + window };
  }
}
