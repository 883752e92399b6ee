import { ClockerError, type ErrorCode } from "../../model/errors.ts";
import type { EncodedChange } from "./encoded-change.ts";

/** What the worker is started with. */
export interface WorkerOptions {
  readonly directory: string;
  /** The time of opening, for the note of the holder. */
  readonly now: number;
  /** Milliseconds to wait for the holder of the directory to let go. */
  readonly lockWait: number;
  /** Bytes that the database file may grow to; undefined: as the disk allows. */
  readonly largestFile: number | undefined;
}

/** What the store asks of its worker; each request is answered once, in order. */
export type Request =
  | { readonly number: number; readonly type: "write"; readonly changes: readonly EncodedChange[] }
  /** A page of records after a place in the order (0: from the first one). */
  | { readonly number: number; readonly type: "page"; readonly after: number }
  | { readonly number: number; readonly type: "close" };

export interface Page {
  readonly records: readonly { readonly kind: string; readonly id: string; readonly text: string }[];
  /** Where the next page begins; undefined after the last one. */
  readonly next: number | undefined;
}

/** Answers carry the number of their request; opening is answered as number 0. */
export type Reply =
  | { readonly number: number; readonly type: "done" }
  | { readonly number: number; readonly type: "page"; readonly page: Page }
  | { readonly number: number; readonly type: "failed"; readonly failure: Failure };

/** A ClockerError between threads. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a thread is started with comes untyped. */
export function checkedOptions(given: unknown): WorkerOptions {
  if (typeof given === "object" && given !== null && "directory" in given && "now" in given && "lockWait" in given) {
    const { directory, now, lockWait } = given;
    const largestFile = "largestFile" in given ? given.largestFile : undefined;
    if (typeof directory === "string" && typeof now === "number" && typeof lockWait === "number" && (largestFile === undefined || typeof largestFile === "number")) {
      return { directory, now, lockWait, largestFile };
    }
  }
  throw new ClockerError("internal", "Cannot run the worker of the SQLite store: it was started without its options");
}
