import { ClockerError, messageOf } from "../../model/errors.ts";
import type { Failure } from "./sqlite-protocol.ts";

/** SQLite's primary result codes that mean something to a user (https://www.sqlite.org/rescode.html). */
const busy = 5;
const readOnly = 8;
const ioError = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const notADatabase = 26;

/** Anything thrown while using the database, as an error for people: what failed, why, what to do. */
export function storageError(action: string, file: string, error: unknown): ClockerError {
  if (error instanceof ClockerError) return error;
  const { remedy, permanent } = adviceFor(sqliteCode(error));
  return new ClockerError("storage", `Cannot ${action} "${file}": ${messageOf(error)}`, { remedy, cause: error, details: { file, permanent } });
}

/** Whether SQLite refused because another connection holds the database. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === busy;
}

/** The causes travel within the message: they need not be cloneable. */
export function toFailure(error: ClockerError): Failure {
  return { code: error.code, message: messageOf(error), remedy: error.remedy, details: error.details };
}

export function fromFailure({ code, message, remedy, details }: Failure): ClockerError {
  return new ClockerError(code, message, { ...(remedy === undefined ? {} : { remedy }), details });
}

/** The primary code: extended codes carry theirs in the low byte. */
function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

function adviceFor(code: number | undefined): { remedy: string; permanent: boolean } {
  switch (code) {
    case full:
      return { remedy: "Free space on the disk of the data directory; Clocker goes on by itself then", permanent: false };
    case busy:
      return { remedy: "Stop the program that uses the database", permanent: false };
    case corrupt:
    case notADatabase:
      return { remedy: "Restore a backup of the data directory, or move the file away to start without state", permanent: true };
    case readOnly:
    case cannotOpen:
      return { remedy: "Let the user that runs Clocker read and write the data directory, then restart Clocker", permanent: true };
    case ioError:
      // After a failed fsync nobody knows what is on the disk: only a new opening, which reads it again, does.
      return { remedy: "Check the disk of the data directory, then restart Clocker", permanent: true };
    default:
      return { remedy: "Check the disk of the data directory, then restart Clocker", permanent: true };
  }
}
