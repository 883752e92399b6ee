import type { Readable } from "node:stream";

/** A stream that output goes to; what a terminal adds is absent for files and pipes. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** What a command sees of the world: tests give their own. */
export interface Io {
  /** Data. */
  readonly stdout: Output;
  /** Everything else: progress, hints, errors. */
  readonly stderr: Output;
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  /** Aborts when the user interrupts (Ctrl-C). */
  readonly signal: AbortSignal;
}

/** Writes a line of data. */
export function print(io: Io, line = ""): void {
  io.stdout.write(`${line}\n`);
}

/** Writes a line that is no data. */
export function say(io: Io, line = ""): void {
  io.stderr.write(`${line}\n`);
}
