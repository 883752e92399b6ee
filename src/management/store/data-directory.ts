import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { ClockerError } from "../../model/errors.ts";

/**
 * Makes the directory (0700) and an empty file in it (0600) where they are missing, durably. The mode of a directory that exists is
 * its owner's business: it may hold more than Clocker's data. Never opens a file that exists: closing any handle of a file gives
 * up the POSIX locks that this process holds on it, SQLite's included.
 */
export function prepareFile(directory: string, name: string): string {
  const file = join(directory, name);
  if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) syncDirectory(dirname(directory));
  try {
    closeSync(openSync(file, "wx", 0o600));
    syncDirectory(directory);
  } catch (error) {
    if (!isErrorCode(error, "EEXIST")) throw error;
    chmodSync(file, 0o600);
  }
  return file;
}

/** Notes who holds the directory, for the message that a second opener gets. The lock itself is SQLite's, freed by the kernel when its holder dies. */
export function noteHolder(directory: string, now: number): void {
  const note = `${holderFile(directory)}.new`;
  writeFileSync(note, JSON.stringify({ pid: process.pid, host: hostname(), since: new Date(now).toISOString() }), { mode: 0o600 });
  renameSync(note, holderFile(directory));
}

export function forgetHolder(directory: string): void {
  rmSync(holderFile(directory), { force: true });
}

/** The error for a second opener. */
export function heldError(directory: string): ClockerError {
  const holder = readHolder(directory);
  const who = holder === undefined ? "another process" : `process ${holder.pid} on "${holder.host}"`;
  return new ClockerError("conflict", `Cannot open the data directory "${directory}": ${who} holds it`, {
    remedy: "Stop that process first, or give this one another data directory",
    details: { directory, ...holder },
  });
}

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Undefined where no holder has left a readable note: the note is for people only. */
function readHolder(directory: string): Holder | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(holderFile(directory), "utf8"));
    if (typeof note !== "object" || note === null || !("pid" in note) || !("host" in note)) return undefined;
    return typeof note.pid === "number" && typeof note.host === "string" ? { pid: note.pid, host: note.host } : undefined;
  } catch (error) {
    if (isErrorCode(error, "ENOENT") || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function holderFile(directory: string): string {
  return join(directory, "holder.json");
}

/** Makes new names in a directory durable. */
function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
