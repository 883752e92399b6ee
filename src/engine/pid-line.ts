const LONGEST_LINE = 16_384;

/**
 * Takes the line `MARK PID` out of a byte stream: a wrapper of ours prints it before the command starts. What comes before it (noise of a
 * login shell) is dropped; everything after it is handed on. When the line never comes, `end` hands on all that was held back.
 */
export class PidLine {
  readonly #mark: Buffer;
  readonly #onBytes: (bytes: Buffer) => void;
  readonly #waiting = new Set<(pid: number | undefined) => void>();
  #held: Buffer | undefined = Buffer.alloc(0);
  #pid: number | undefined;

  constructor(mark: string, onBytes: (bytes: Buffer) => void) {
    this.#mark = Buffer.from(`${mark} `);
    this.#onBytes = onBytes;
  }

  /** Whether the line came: the command was started. */
  get seen(): boolean {
    return this.#pid !== undefined;
  }

  write(bytes: Buffer): void {
    if (this.#held === undefined) return this.#onBytes(bytes);
    this.#held = Buffer.concat([this.#held, bytes]);
    const start = this.#held.indexOf(this.#mark);
    const end = start < 0 ? -1 : this.#held.indexOf("\n", start);
    if (end < 0) {
      if (start < 0 && this.#held.length > LONGEST_LINE) this.#held = this.#held.subarray(-LONGEST_LINE);
      return;
    }
    const pid = Number(this.#held.toString("latin1", start + this.#mark.length, end));
    const rest = this.#held.subarray(end + 1);
    this.#held = undefined;
    this.#settle(Number.isInteger(pid) && pid > 1 ? pid : undefined);
    if (rest.length > 0) this.#onBytes(rest);
  }

  /** The stream has ended. */
  end(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined && held.length > 0) this.#onBytes(held);
    if (!this.seen) this.#settle(undefined);
  }

  /** The process id; waits for it up to `timeout` milliseconds. Undefined when it didn't come. */
  pid(timeout: number): Promise<number | undefined> {
    if (this.#held === undefined) return Promise.resolve(this.#pid);
    return new Promise((resolve) => {
      const settle = (pid: number | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(settle);
        resolve(pid);
      };
      const timer = setTimeout(() => settle(undefined), timeout);
      this.#waiting.add(settle);
    });
  }

  #settle(pid: number | undefined): void {
    this.#pid = pid;
    for (const settle of this.#waiting) settle(pid);
  }
}
