import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { Clock } from "../../model/clock.ts";
import { ClockerError } from "../../model/errors.ts";
import { decodeDocument, encodeChanges } from "./encoded-change.ts";
import { GroupCommit } from "./group-commit.ts";
import { fromFailure } from "./sqlite-failure.ts";
import type { Page, Reply, Request, WorkerOptions } from "./sqlite-protocol.ts";
import type { Change, Store, StoredRecord } from "./store.ts";

export interface SqliteStoreOptions {
  /** The data directory; made (0700) where it is missing. The database is `clocker.db` (0600) in it. */
  readonly directory: string;
  readonly clock: Clock;
  /** Milliseconds to wait for a holder of the directory that is just stopping: 1 s unless given. */
  readonly lockWait?: number;
  /** Milliseconds that the disk may take for one request before the store is given up: 2 minutes unless given. */
  readonly patience?: number;
  /** Bytes that the database file may grow to: as the disk allows unless given. */
  readonly largestFile?: number;
}

/**
 * Opens (or makes) the store of a data directory: SQLite in a worker thread, every acknowledged write synced to the disk.
 * @throws ClockerError `conflict` naming the process that holds the directory; `storage` when the database is damaged, newer than this Clocker, or not readable
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const store = new SqliteStore({ ...options, directory: resolve(options.directory) });
  await store.opened;
  return store;
}

class SqliteStore implements Store {
  readonly opened: Promise<void>;
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #patience: number;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #group = new GroupCommit(async (changes) => {
    await this.#ask((number) => ({ number, type: "write", changes }));
  });
  #lastNumber = 0;
  /** Why no request can succeed any more. */
  #ended: ClockerError | undefined;
  #closing: Promise<void> | undefined;

  constructor({ directory, clock, lockWait = 1_000, patience = 120_000, largestFile }: SqliteStoreOptions) {
    this.#directory = directory;
    this.#clock = clock;
    this.#patience = patience;
    const workerData: WorkerOptions = { directory, now: clock.now(), lockWait, largestFile };
    this.#worker = new Worker(new URL("./sqlite-worker.ts", import.meta.url), { workerData, name: "store" });
    this.#worker.on("message", (reply: Reply) => this.#answered(reply));
    this.#worker.on("error", (cause) => this.#end(this.#deadError("its worker thread failed", cause)));
    this.#worker.on("exit", () => this.#end(this.#deadError("its worker thread has ended")));
    this.opened = this.#await(0).then(() => undefined);
  }

  get commits(): number {
    return this.#group.commits;
  }

  async *load(): AsyncGenerator<StoredRecord> {
    this.#checkOpen();
    let coming = this.#page(0);
    for (;;) {
      const { records, next } = await coming;
      // The worker reads the next page while the caller uses this one.
      const following = next === undefined ? undefined : this.#page(next);
      following?.catch(() => undefined); // Heard when it is awaited, should the caller go on so far.
      for (const { kind, id, text } of records) yield { kind, id, data: decodeDocument(kind, id, text) };
      if (following === undefined) return;
      coming = following;
    }
  }

  async write(changes: readonly Change[]): Promise<void> {
    this.#checkOpen();
    const encoded = encodeChanges(changes);
    if (encoded.length > 0) await this.#group.write(encoded);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#group.idle();
    try {
      if (this.#ended === undefined) await this.#ask((number) => ({ number, type: "close" }));
    } finally {
      this.#end(closedError());
      await this.#worker.terminate();
    }
  }

  async #page(after: number): Promise<Page> {
    const reply = await this.#ask((number) => ({ number, type: "page", after }));
    if (reply.type !== "page") throw new ClockerError("internal", `Cannot read the store: its worker answered "${reply.type}" for a page`);
    return reply.page;
  }

  async #ask(request: (number: number) => Request): Promise<Reply> {
    if (this.#ended !== undefined) throw this.#ended;
    const number = ++this.#lastNumber;
    const reply = this.#await(number);
    this.#worker.postMessage(request(number));
    return reply;
  }

  #await(number: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const stopWatching = this.#clock.after(this.#patience, () => {
        this.#end(this.#deadError(`the disk has not answered for ${this.#patience / 1_000} s`));
      });
      this.#waiting.set(number, { resolve, reject, stopWatching });
    });
  }

  #answered(reply: Reply): void {
    const waiting = this.#waiting.get(reply.number);
    // None waits when the disk answered after the store was given up.
    if (waiting === undefined) return;
    this.#waiting.delete(reply.number);
    waiting.stopWatching();
    if (reply.type !== "failed") {
      waiting.resolve(reply);
      return;
    }
    const error = fromFailure(reply.failure);
    waiting.reject(error);
    if (error.details["permanent"] === true) this.#end(error);
  }

  /** Refuses what waits and what comes. The first reason is the one that counts. */
  #end(reason: ClockerError): void {
    this.#ended ??= reason;
    for (const waiting of this.#waiting.values()) {
      waiting.stopWatching();
      waiting.reject(this.#ended);
    }
    this.#waiting.clear();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closedError();
    if (this.#ended !== undefined) throw this.#ended;
  }

  #deadError(reason: string, cause?: unknown): ClockerError {
    return new ClockerError("storage", `Cannot use the store in "${this.#directory}": ${reason}`, {
      remedy: "Check the disk of the data directory, then restart Clocker",
      cause,
      details: { file: this.#directory, permanent: true },
    });
  }
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
  readonly stopWatching: () => void;
}

function closedError(): ClockerError {
  return new ClockerError("storage", "Cannot use the store: it is closed", { details: { permanent: true } });
}
