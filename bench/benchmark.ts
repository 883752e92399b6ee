import type { Bench } from "./support/bench.ts";

/** Something that is measured. One file a benchmark, and a line in `bench/main.ts`. */
export interface Benchmark {
  /** As `npm run bench -- NAME` gives it. */
  readonly name: string;
  readonly title: string;
  measure(bench: Bench): Promise<readonly Figure[]>;
}

/** What came out. Figures are for people and for comparing runs: nothing passes or fails by them. */
export interface Figure {
  readonly what: string;
  /** A median where several rounds were measured. */
  readonly value: number;
  readonly unit: Unit;
  /** What the value cannot be below, or what it is compared with: measured in the same run. */
  readonly peer?: { readonly what: string; readonly value: number };
  /** How many rounds, what was there before, ... */
  readonly note?: string;
}

/** Milliseconds, bytes, how many times the peer's value, or how many a second (more is better). */
export type Unit = "ms" | "bytes" | "ratio" | "per second";
