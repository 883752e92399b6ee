import { ClockerError } from "../../model/errors.ts";
import { decodeDocument, encodeChanges, type EncodedChange } from "./encoded-change.ts";
import { GroupCommit } from "./group-commit.ts";
import type { Change, Store, StoredRecord } from "./store.ts";

/** What outlives an in-memory store, as a disk outlives a process: tests reopen it to act a restart. */
export class InMemoryDisk {
  readonly records = new Map<string, EncodedRecord>();
  holder: InMemoryStore | undefined;
}

interface EncodedRecord {
  readonly kind: string;
  readonly id: string;
  readonly text: string;
}

/** A store for tests and for `--persist disabled`: behaves as the others do, documents by value included, and forgets with its disk. */
export class InMemoryStore implements Store {
  readonly #disk: InMemoryDisk;
  readonly #group = new GroupCommit(async (changes) => this.#apply(changes));
  #closed = false;

  /** @throws ClockerError `conflict` when another open store holds the disk */
  constructor(disk: InMemoryDisk = new InMemoryDisk()) {
    if (disk.holder !== undefined) {
      throw new ClockerError("conflict", `Cannot open the in-memory disk: process ${process.pid} on this computer holds it`, {
        remedy: "Close the other store first",
      });
    }
    disk.holder = this;
    this.#disk = disk;
  }

  get commits(): number {
    return this.#group.commits;
  }

  async *load(): AsyncGenerator<StoredRecord> {
    this.#checkOpen();
    await this.#group.idle();
    for (const { kind, id, text } of [...this.#disk.records.values()]) yield { kind, id, data: decodeDocument(kind, id, text) };
  }

  async write(changes: readonly Change[]): Promise<void> {
    this.#checkOpen();
    const encoded = encodeChanges(changes);
    if (encoded.length > 0) await this.#group.write(encoded);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#group.idle();
    if (this.#disk.holder === this) this.#disk.holder = undefined;
  }

  #apply(changes: readonly EncodedChange[]): void {
    for (const { kind, id, text } of changes) {
      // A kind has no line break, so that no two records share a key.
      const key = `${kind}\n${id}`;
      if (text === undefined) this.#disk.records.delete(key);
      else this.#disk.records.set(key, { kind, id, text });
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new ClockerError("storage", "Cannot use the store: it is closed", { details: { permanent: true } });
  }
}
