import type { JsonObject } from "../../model/spec.ts";

/**
 * Where the state of the management plane lives: documents of JSON, each named by a kind (`entity`, `location`, `task`) and an id.
 * Implementations: SQLite (`sqlite-store.ts`), memory (`in-memory-store.ts`). Every one passes `test/contract/store.ts`.
 * At most one holder opens the same place at a time: a second opener gets a `conflict` error that names the holder.
 */
export interface Store {
  /**
   * Every record, in the order in which the records were first written (overwriting keeps the place; deleting gives it up).
   * Sees what was acknowledged before the call; meant for start-up, before the first write.
   */
  load(): AsyncIterable<StoredRecord>;
  /**
   * Applies the changes in their order, all or none. Durable when it resolves: a crash of the process or the computer does not
   * lose them. The documents are read during the call: changing them afterwards does no harm. Writes that are made while another is being committed
   * share the next commit; the order of calls is the order of application.
   * @throws ClockerError `invalid-value` when a document cannot be stored (`details.kind`, `details.id`), then nothing of this call is;
   *   `storage` when the place of storage failed (`details.permanent` is true when no later write of this store can succeed).
   */
  write(changes: readonly Change[]): Promise<void>;
  /** Waits for the writes under way, and gives the place free. Later calls are refused; closing again is harmless. */
  close(): Promise<void>;
  /** How many commits were made durable since opening: grows slower than the writes when they share commits. */
  readonly commits: number;
}

/** A document as it is stored: plain JSON. Members that are undefined are left out when it is written. */
export interface StoredRecord {
  readonly kind: string;
  readonly id: string;
  readonly data: JsonObject;
}

/** What shall become of a document: its new content, or undefined to delete it (deleting an absent one is harmless). */
export interface Change {
  readonly kind: string;
  readonly id: string;
  readonly data: JsonObject | undefined;
}
