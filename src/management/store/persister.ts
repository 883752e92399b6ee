import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../model/clock.ts";
import { ClockerError } from "../../model/errors.ts";
import { DirtyDocuments, type DirtyDocument, type Snapshot } from "./dirty-documents.ts";
import type { Change, Store } from "./store.ts";

export interface PersisterOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Hears of every failed attempt to write, and of every document that cannot be stored. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds that a marked document waits for others: 20 unless given. */
  readonly window?: number;
  /** Milliseconds that a lazily marked document waits for others: 1,000 unless given. */
  readonly lazyWindow?: number;
  /** Documents in one write, so that making their text does not hold up the event loop: 2,000 unless given. */
  readonly largestWrite?: number;
}

/** Milliseconds before the first retry of a failed write, doubled each time up to the longest. */
const firstRetry = 100;
const longestRetry = 30_000;
/** Milliseconds that snapshots of lazy documents may take at a time. */
const SLICE = 4;

/**
 * Writes documents behind the code that changes them: a change marks its document, a background batch takes the snapshots and
 * writes them, and `flush` waits until all that was marked is durable. One batch is under way at a time; the next one collects
 * meanwhile, so that a slow disk makes batches larger and not more. Documents that are marked in one go are written
 * together, all or none (up to `largestWrite`), unless they are lazy: those are taken a few milliseconds at a time. After a failed write they stay marked and are tried again with growing pauses.
 */
export class Persister {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #largestWrite: number;
  readonly #dirty: DirtyDocuments;
  /** Flushes that the next batch answers. */
  #flushes: Flush[] = [];
  #batch: Batch | undefined;
  #alarm: { at: number; cancel: () => void } | undefined;
  #failures = 0;
  /** When to try again after a failure; infinity when the store cannot recover. */
  #retryAt = 0;
  #closing: Promise<void> | undefined;

  constructor({ store, clock, onError, window = 20, lazyWindow = 1_000, largestWrite = 2_000 }: PersisterOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#onError = onError;
    this.#largestWrite = largestWrite;
    this.#dirty = new DirtyDocuments(window, lazyWindow);
  }

  /** Documents that are marked and not yet being written. */
  get backlog(): number {
    return this.#dirty.size;
  }

  /** Whether the last attempt to write failed. */
  get failing(): boolean {
    return this.#failures > 0;
  }

  /**
   * Marks a document as changed: cheap, any number of times. `snapshot` gives its content when the batch is made, or undefined
   * to delete it; the one of the last call counts. `lazy` marks what may be a second old after a crash, such as sensor values.
   */
  changed(kind: string, id: string, snapshot: Snapshot, options: { lazy?: boolean } = {}): void {
    if (this.#closing !== undefined) {
      this.#onError(new ClockerError("internal", `Cannot persist a change of ${kind} "${id}": the persister is closed`, { details: { kind, id } }));
      return;
    }
    this.#dirty.mark({ kind, id, snapshot, lazy: options.lazy ?? false }, this.#clock.now());
    this.#schedule();
  }

  /**
   * Writes at once, and resolves when everything that was marked before the call is durable.
   * @throws the error of the write; the documents stay marked and are tried again
   */
  flush(): Promise<void> {
    if (this.#dirty.size === 0 && this.#batch === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const answering = this.#dirty.size === 0 && this.#batch !== undefined ? this.#batch.flushes : this.#flushes;
      answering.push({ resolve, reject });
      this.#schedule();
    });
  }

  /** Flushes and stops; the store stays open. Changes after it are reported to `onError`. */
  close(): Promise<void> {
    this.#closing ??= this.flush().finally(() => this.#cancelAlarm());
    return this.#closing;
  }

  /** Starts a batch now, or sets the alarm for it. */
  #schedule(): void {
    if (this.#batch !== undefined) return;
    const at = this.#flushes.length > 0 ? -Infinity : this.#failures > 0 ? this.#retryAt : this.#dirty.due;
    if (at === -Infinity) {
      this.#start();
    } else if (Number.isFinite(at) && this.#dirty.size > 0 && (this.#alarm === undefined || at < this.#alarm.at)) {
      this.#cancelAlarm();
      const cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => this.#start());
      this.#alarm = { at, cancel };
    }
  }

  #start(): void {
    this.#cancelAlarm();
    const batch: Batch = { flushes: [] };
    this.#batch = batch;
    // The run reports its failures itself; what escapes it is a fault of onError, and shall end the process.
    void this.#run(batch);
  }

  async #run(batch: Batch): Promise<void> {
    // One turn later, so that what is marked and flushed in the same turn shares the batch.
    await Promise.resolve();
    const everything = this.#flushes.length > 0 || this.#failures > 0;
    batch.flushes.push(...this.#flushes);
    this.#flushes = [];
    const outcome = await this.#write(this.#dirty.take(everything ? Infinity : this.#clock.now()));
    this.#batch = undefined;
    this.#noteOutcome(outcome.storeError);
    const [error] = outcome.errors;
    for (const flush of batch.flushes) {
      if (error === undefined) flush.resolve();
      else flush.reject(error);
    }
    if (this.#closing === undefined || this.#flushes.length > 0) this.#schedule();
    for (const each of outcome.errors) this.#onError(each);
  }

  /** Writes the documents part by part, urgent ones first; never rejects. What the store failed to take is marked again. */
  async #write(documents: readonly DirtyDocument[]): Promise<Outcome> {
    const errors: unknown[] = [];
    const underWay: Promise<Outcome>[] = [];
    for (let start = 0; start < documents.length; ) {
      const part = this.#nextPart(documents, start);
      start += part.documents.length;
      const written = this.#writePart(part);
      if (start === documents.length || isLazy(documents[start])) {
        underWay.push(written);
        // Lazy ones are many: others have their turn while the store is at work on the first of them.
        if (start < documents.length) await setImmediate();
        continue;
      }
      const outcome = await written;
      errors.push(...outcome.errors);
      if (outcome.storeError === undefined) continue;
      for (const document of documents.slice(start)) this.#dirty.putBack(document);
      return { errors, storeError: outcome.storeError };
    }
    const outcomes = await Promise.all(underWay);
    const failed = outcomes.find(({ storeError }) => storeError !== undefined);
    return { errors: [...errors, ...outcomes.flatMap((outcome) => outcome.errors)], storeError: failed?.storeError };
  }

  /** Takes snapshots of the documents from a place on: of urgent ones, which belong together, as many as one write takes; of lazy ones for a few milliseconds. */
  #nextPart(documents: readonly DirtyDocument[], start: number): Part {
    const part: { documents: DirtyDocument[]; changes: Change[]; errors: unknown[] } = { documents: [], changes: [], errors: [] };
    const until = this.#clock.now() + SLICE;
    for (const document of documents.slice(start, start + this.#largestWrite)) {
      if (document.lazy && part.documents.length > 0 && this.#clock.now() >= until) break;
      const { kind, id, snapshot } = document;
      part.documents.push(document);
      try {
        part.changes.push({ kind, id, data: snapshot() });
      } catch (cause) {
        part.errors.push(new ClockerError("internal", `Cannot take the snapshot of ${kind} "${id}"`, { cause, details: { kind, id } }));
      }
    }
    return part;
  }

  /** Never rejects. Documents that cannot be stored do not hold up the others; when the store fails all are marked again. */
  async #writePart({ documents, changes: all, errors: before }: Part): Promise<Outcome> {
    const errors = [...before];
    let changes: readonly Change[] = all;
    while (changes.length > 0) {
      try {
        await this.#store.write(changes);
        break;
      } catch (error) {
        errors.push(error);
        const others = withoutRefused(changes, error);
        if (others.length === changes.length) {
          for (const document of documents) this.#dirty.putBack(document);
          return { errors, storeError: error };
        }
        changes = others;
      }
    }
    return { errors, storeError: undefined };
  }

  #noteOutcome(storeError: unknown): void {
    this.#failures = storeError === undefined ? 0 : this.#failures + 1;
    const hopeless = storeError instanceof ClockerError && storeError.details["permanent"] === true;
    this.#retryAt = hopeless ? Infinity : this.#clock.now() + Math.min(longestRetry, firstRetry * 2 ** (this.#failures - 1));
  }

  #cancelAlarm(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }
}

/** Documents that are written together, with their content as it is now. */
interface Part {
  readonly documents: readonly DirtyDocument[];
  readonly changes: readonly Change[];
  /** Of the documents that could not tell their content. */
  readonly errors: readonly unknown[];
}

/** A write under way, and the flushes that it answers. */
interface Batch {
  readonly flushes: Flush[];
}

interface Flush {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Outcome {
  readonly errors: readonly unknown[];
  /** Set when the store itself failed, and not one document. */
  readonly storeError: unknown;
}

function isLazy(document: DirtyDocument | undefined): boolean {
  return document?.lazy === true;
}

function withoutRefused(changes: readonly Change[], error: unknown): Change[] {
  if (!(error instanceof ClockerError) || error.code !== "invalid-value") return [...changes];
  const { kind, id } = error.details;
  return changes.filter((change) => change.kind !== kind || change.id !== id);
}
