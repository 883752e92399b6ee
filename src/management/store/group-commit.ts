import type { EncodedChange } from "./encoded-change.ts";

/**
 * Lets writes share commits: a disk acknowledges some 40 to 400 times a second, whatever the amount. One commit is under way
 * at a time; what comes meanwhile makes up the next one, in the order of the calls.
 */
export class GroupCommit {
  readonly #commit: (changes: readonly EncodedChange[]) => Promise<void>;
  readonly #largest: number;
  #waiting: Write[] = [];
  #running: Promise<void> | undefined;
  #commits = 0;

  /**
   * @param commit makes all the changes durable, or none and rejects
   * @param largest characters of JSON in one commit, unless a single write has more
   */
  constructor(commit: (changes: readonly EncodedChange[]) => Promise<void>, largest = 16 * 2 ** 20) {
    this.#commit = commit;
    this.#largest = largest;
  }

  /** Successful commits so far. */
  get commits(): number {
    return this.#commits;
  }

  /** Resolves when the changes are durable; rejects with the error of the commit that they were part of. */
  write(changes: readonly EncodedChange[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when no write is waiting or under way, whether or not they succeeded. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Never rejects: each write hears of its own outcome. */
  async #run(): Promise<void> {
    // One turn later, so that writes made in one go share the first commit too.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      try {
        await this.#commit(group.flatMap((write) => write.changes));
        this.#commits++;
        for (const write of group) write.resolve();
      } catch (error) {
        for (const write of group) write.reject(error);
      }
    }
    this.#running = undefined;
  }

  #nextGroup(): Write[] {
    let size = 0;
    let count = 0;
    for (const write of this.#waiting) {
      size += sizeOf(write);
      if (count > 0 && size > this.#largest) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}

interface Write {
  readonly changes: readonly EncodedChange[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function sizeOf(write: Write): number {
  return write.changes.reduce((sum, change) => sum + (change.text?.length ?? 0), 0);
}
