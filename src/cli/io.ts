import type { Readable } from "node:stream";

/** A stream that output goes to; what a terminal adds is absent for files and pipes. */
export interface Output {
  /** False asks to wait for `drain` where there is such an event. */
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on?(event: "drain" | "resize", listener: () => void): unknown;
  off?(event: "drain" | "resize", listener: () => void): unknown;
}

/** Standard input; what a terminal adds is absent for files and pipes. */
export type Input = Readable & { readonly isTTY?: boolean | undefined; setRawMode?(isRaw: boolean): unknown };

/** What a command sees of the world: tests give their own. */
export interface Io {
  /** Data. */
  readonly stdout: Output;
  /** Everything else: progress, hints, errors. */
  readonly stderr: Output;
  readonly stdin: Input;
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
