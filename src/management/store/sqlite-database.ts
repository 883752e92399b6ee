import { DatabaseSync, type StatementSync } from "node:sqlite";
import { ClockerError } from "../../model/errors.ts";
import { forgetHolder, heldError, noteHolder, prepareFile } from "./data-directory.ts";
import type { EncodedChange } from "./encoded-change.ts";
import { isBusy, storageError } from "./sqlite-failure.ts";
import type { Page, WorkerOptions } from "./sqlite-protocol.ts";
import { upgradeSchema } from "./sqlite-schema.ts";

/** The name of the database in the data directory. */
export const databaseName = "clocker.db";

const rowsInPage = 1_000;
/** Characters of JSON in a page, exceeded by one document at most. */
const longestPage = 2 ** 20;

/** The synchronous half of the SQLite store: runs in the worker thread, every method waits for the disk. */
export class SqliteDatabase {
  readonly #directory: string;
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #page: StatementSync;

  /**
   * Opens the directory's database, locks it, checks it and upgrades it.
   * @throws ClockerError `conflict` when another process holds it, `storage` when it cannot be used
   */
  constructor(options: WorkerOptions) {
    this.#directory = options.directory;
    this.#file = inStorage("create", options.directory, () => prepareFile(options.directory, databaseName));
    this.#database = openLocked(this.#file, options);
    try {
      inStorage("check", this.#file, () => checkIntegrity(this.#database, this.#file));
      inStorage("open", this.#file, () => upgradeSchema(this.#database, this.#file));
      inStorage("note the holder of", this.#directory, () => noteHolder(this.#directory, options.now));
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#put = this.#database.prepare("INSERT INTO record (kind, id, data) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET data = excluded.data");
    this.#delete = this.#database.prepare("DELETE FROM record WHERE kind = ? AND id = ?");
    this.#page = this.#database.prepare(`SELECT seq, kind, id, data FROM record WHERE seq > ? ORDER BY seq LIMIT ${rowsInPage}`);
  }

  /** Makes the changes durable in one transaction, or none of them. */
  write(changes: readonly EncodedChange[]): void {
    inStorage("write to", this.#file, () => {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        for (const change of changes) this.#apply(change);
        this.#database.exec("COMMIT");
      } catch (error) {
        // SQLite itself rolls back when the disk is full or broken.
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  /** Some records after a place in the order. */
  page(after: number): Page {
    return inStorage("read", this.#file, () => {
      const records: Page["records"][number][] = [];
      let last = after;
      let length = 0;
      for (const { seq, kind, id, data } of this.#page.iterate(after)) {
        if (typeof seq !== "number" || typeof kind !== "string" || typeof id !== "string" || typeof data !== "string") {
          throw new ClockerError("storage", `Cannot read "${this.#file}": row ${String(seq)} has values of wrong types`);
        }
        records.push({ kind, id, text: data });
        last = seq;
        length += data.length;
        if (length >= longestPage) break;
      }
      const more = records.length === rowsInPage || length >= longestPage;
      return { records, next: more ? last : undefined };
    });
  }

  /** Moves the log into the database file and gives the directory free. */
  close(): void {
    inStorage("close", this.#file, () => {
      forgetHolder(this.#directory);
      this.#database.close();
    });
  }

  #apply({ kind, id, text }: EncodedChange): void {
    if (text === undefined) this.#delete.run(kind, id);
    else this.#put.run(kind, id, text);
  }
}

/** The exclusive lock is the kernel's: a holder that dies, however it dies, gives it up. */
function openLocked(file: string, { directory, lockWait, largestFile }: WorkerOptions): DatabaseSync {
  const database = inStorage("open", file, () => new DatabaseSync(file, { timeout: lockWait }));
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864");
    database.exec("BEGIN EXCLUSIVE; COMMIT");
    if (largestFile !== undefined) database.exec(`PRAGMA max_page_count = ${Math.floor(largestFile / 4096)}`);
    return database;
  } catch (error) {
    database.close();
    throw isBusy(error) ? heldError(directory) : storageError("open", file, error);
  }
}

function checkIntegrity(database: DatabaseSync, file: string): void {
  const finding = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (finding === "ok") return;
  throw new ClockerError("storage", `Cannot use "${file}": the database is damaged: ${String(finding)}`, {
    remedy: "Restore a backup of the data directory, or move the file away to start without state",
    details: { file, permanent: true },
  });
}

function inStorage<T>(action: string, file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storageError(action, file, error);
  }
}
