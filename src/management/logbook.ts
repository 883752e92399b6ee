import type { Clock } from "../model/clock.ts";
import { messageOf } from "../model/errors.ts";
import { linesWithoutSecrets } from "./secrets/suppressed.ts";
import type { Logger } from "./logger.ts";

export interface LogLine {
  readonly lineId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR";
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

const MOST_LINES = 5_000;
const LONGEST = 2_000;

/** The last lines of the server's log, in memory, for people who look at it from afar. Bounded; secrets are left out. */
export class Logbook {
  readonly #clock: Pick<Clock, "now">;
  readonly #most: number;
  #lines: LogLine[] = [];
  #last = 0;

  constructor(clock: Pick<Clock, "now">, most = MOST_LINES) {
    this.#clock = clock;
    this.#most = most;
  }

  /** A log that also writes here. */
  keeping(log: Logger): Logger {
    const at = (name: "debug" | "info" | "warn" | "error") => (fields: object, message: string) => {
      this.#add(name, fields, message);
      log[name](fields, message);
    };
    return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  }

  /** Oldest first. */
  lines(): readonly LogLine[] {
    return this.#lines;
  }

  #add(level: string, fields: object, message: string): void {
    const upper = level === "debug" ? "DEBUG" : level === "info" ? "INFO" : level === "warn" ? "WARN" : "ERROR";
    const shown = Object.entries(fields).flatMap(([name, value]: [string, unknown]) => textOf(name, value));
    this.#lines.push({ lineId: String(++this.#last), at: this.#clock.now(), level: upper, message: linesWithoutSecrets(message.slice(0, LONGEST)), fields: Object.fromEntries(shown) });
    // Trimmed rarely, so that a line costs the same however many are kept.
    if (this.#lines.length >= this.#most * 2) this.#lines = this.#lines.slice(-this.#most);
  }
}

function textOf(name: string, value: unknown): [string, string][] {
  const text = value instanceof Error ? messageOf(value) : typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
  return text === undefined ? [] : [[name, linesWithoutSecrets(`${name}: ${text.slice(0, LONGEST)}`).slice(name.length + 2)]];
}
