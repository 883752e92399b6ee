import type { Writable } from "node:stream";

/** Of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A command with its standard streams open, for people at a terminal and for pipes. */
export interface CommandSession {
  /** Its standard input; the end of it is the end of the input. What is written when nobody reads any more is dropped. */
  readonly stdin: Writable;
  /**
   * Its exit code, 128 + n where signal n ended it, when it and its output have ended.
   * @throws ClockerError `unreachable` when the connection is lost, or when it was killed before it told its end
   */
  readonly ended: Promise<number>;
  /** Holds its output back: the reader is slow. */
  pause(): void;
  resume(): void;
  /** Tells its terminal another size; without a terminal nothing happens. */
  resize(size: TerminalSize): Promise<void>;
  /** Ends it and all that it started. Idempotent. */
  kill(): Promise<void>;
}

export interface CommandSessionOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The folder it starts in. */
  readonly cwd?: string;
  /** Gives it a terminal of this size: both outputs are then one, `onStdout`. */
  readonly terminal?: TerminalSize;
  readonly onStdout: (bytes: Buffer) => void;
  readonly onStderr: (bytes: Buffer) => void;
  /** For the opening alone; afterwards `kill` ends it. */
  readonly signal?: AbortSignal | undefined;
}
