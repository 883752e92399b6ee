import type { Entity } from "../../model/entity.ts";

/** A line of what something wrote. */
export interface LogLine {
  readonly entity: Entity | undefined;
  /** What wrote it: `container`, a file's path, a task's name. */
  readonly source: string;
  /** `notice` is of Clocker's own: why there is nothing more. */
  readonly stream: "stdout" | "stderr" | "notice";
  readonly text: string;
  /** Milliseconds since the epoch, where it is known when it was written. */
  readonly at?: number;
}

export interface LogOptions {
  /** Goes on with what is written from now on. */
  readonly follow: boolean;
  /** At most so many of the last lines of each source; all when undefined. */
  readonly tail: number | undefined;
  /** Nothing older, in milliseconds since the epoch, where it is known when something was written. */
  readonly since: number | undefined;
}

/** Takes a line; what it gives is waited for before more is read, so that a slow reader holds up the writer and nothing piles up. */
export type TakeLine = (line: LogLine) => void | Promise<void>;

/** Characters after which a line that does not end is cut. */
const LONGEST = 65_536;

/** Cuts text that comes in pieces into lines, which are taken one after the other. */
export class LineCutter {
  readonly #onLine: (line: string) => void | Promise<void>;
  #rest = "";
  #work: Promise<void> = Promise.resolve();

  constructor(onLine: (line: string) => void | Promise<void>) {
    this.#onLine = onLine;
  }

  /** Resolves when all its whole lines are taken. */
  write(chunk: string): Promise<void> {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > LONGEST) {
      lines.push(this.#rest);
      this.#rest = "";
    }
    return this.#take(lines);
  }

  /** Gives out a last line without an end. */
  end(): Promise<void> {
    const rest = this.#rest;
    this.#rest = "";
    return this.#take(rest === "" ? [] : [rest]);
  }

  #take(lines: readonly string[]): Promise<void> {
    this.#work = this.#work.then(async () => {
      for (const line of lines) await this.#onLine(line.replace(/\r$/, ""));
    });
    return this.#work;
  }
}
