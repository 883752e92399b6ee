import { mkdir, rename, stat } from "node:fs/promises";
import path from "node:path";
import { destination, pino, stdSerializers } from "pino";
import type { Logger } from "../../management/logger.ts";

export interface ServerLog extends Logger {
  readonly file: string;
  /** Writes what is still waiting. */
  close(): void;
}

type Level = "debug" | "info" | "warn" | "error";

/** Bytes at which a log is put aside when the server starts. */
const LARGEST = 20_000_000;

/**
 * The server's log: JSON lines in `clocker.log` in the data directory, and lines for people of what matters.
 * @param show told of each line of `info` and above
 */
export async function openServerLog(dataDir: string, show: (level: Level, line: string) => void): Promise<ServerLog> {
  const file = path.join(dataDir, "clocker.log");
  // The log is the first to need the data directory, which is nobody else's business.
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await putAside(file);
  const out = destination({ dest: file, sync: false, mode: 0o600 });
  const json = pino({ level: "debug", base: null, serializers: { error: stdSerializers.err }, timestamp: pino.stdTimeFunctions.isoTime }, out);
  const at = (level: Level) => (fields: object, message: string) => {
    json[level](fields, message);
    if (level !== "debug") show(level, `${message}${shownFields(fields)}`);
  };
  return { file, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), close: () => out.flushSync() };
}

async function putAside(file: string): Promise<void> {
  try {
    if ((await stat(file)).size > LARGEST) await rename(file, `${file}.1`);
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isAbsent) throw error;
  }
}

function shownFields(fields: object): string {
  const shown = Object.entries(fields).map(([name, value]) => (value instanceof Error ? `${name}: ${value.message}` : typeof value === "object" ? "" : `${name}: ${String(value)}`));
  const text = shown.filter((each) => each !== "").join(", ");
  return text === "" ? "" : ` (${text})`;
}

/** `2014-06-18 14:00:00,123 INFO  message`, as Brooklyn's log has it. */
export function logLine(level: Level, message: string, at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())},${String(at.getMilliseconds()).padStart(3, "0")}`;
  return `${day} ${time} ${level.toUpperCase().padEnd(5)} ${message}`;
}
