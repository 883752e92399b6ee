import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** What benchmarks of a run share: its end, its folders, and what has to be cleaned up after it. */
export class Bench {
  /** Aborts at the end of the time for the run, or when the user stops it. */
  readonly signal: AbortSignal;
  readonly #endings: { readonly what: string; readonly end: () => Promise<void> }[] = [];

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** A line for people on what goes on: standard output is for the figures. */
  say(line: string): void {
    process.stderr.write(`bench: ${line}\n`);
  }

  /** Done at the end of the run, whatever happened; the last first. */
  atEnd(what: string, end: () => Promise<void>): void {
    this.#endings.push({ what, end });
  }

  /** A folder of its own that goes with the run. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), "clocker-bench-"));
    this.atEnd(`remove ${folder}`, () => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  /** @returns what could not be cleaned up, for people. */
  async end(): Promise<string[]> {
    const left: string[] = [];
    for (const { what, end } of this.#endings.toReversed()) {
      try {
        await end();
      } catch (error) {
        left.push(`Cannot ${what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return left;
  }
}
