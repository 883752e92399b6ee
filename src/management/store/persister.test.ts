import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../../model/clock.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import type { JsonObject } from "../../model/spec.ts";
import { Persister } from "./persister.ts";
import type { Change, Store } from "./store.ts";

let clock: SteppedClock;
let store: HeldStore;
let errors: unknown[];
let persister: Persister;

beforeEach(() => {
  clock = new SteppedClock();
  store = new HeldStore();
  errors = [];
  persister = newPersister();
});

describe("Persister.changed", () => {
  it("writes a marked document after the window of 20 ms, not before", async () => {
    persister.changed("entity", "a", () => ({ n: 1 }));
    await clock.advance(19);
    expect(store.writes).toEqual([]);
    await clock.advance(1);
    expect(store.writes).toEqual([[change("a", { n: 1 })]]);
  });

  it("counts the window from the first mark, so that steady changes are written too", async () => {
    for (let i = 0; i < 5; i++) {
      persister.changed("entity", "a", () => ({ i }));
      await clock.advance(5);
    }
    expect(store.writes).toEqual([[change("a", { i: 3 })]]);
  });

  it("writes a document once however often it was marked, as it is when the batch is made", async () => {
    let n = 0;
    persister.changed("entity", "a", () => ({ n }));
    persister.changed("entity", "a", () => ({ n }));
    n = 7;
    await clock.advance(20);
    expect(store.writes).toEqual([[change("a", { n: 7 })]]);
  });

  it("deletes a document whose snapshot is undefined", async () => {
    persister.changed("entity", "a", () => undefined);
    await clock.advance(20);
    expect(store.writes).toEqual([[change("a", undefined)]]);
  });

  it("writes what was marked in one go in one write", async () => {
    persister.changed("entity", "a", () => ({}));
    persister.changed("location", "b", () => ({}));
    await clock.advance(20);
    expect(store.writes).toHaveLength(1);
    expect(store.writes[0]).toHaveLength(2);
  });

  it("lets lazy documents wait for 1,000 ms while urgent ones are written", async () => {
    persister.changed("sensors", "a", () => ({}), { lazy: true });
    persister.changed("entity", "b", () => ({}));
    await clock.advance(999);
    expect(idsWritten()).toEqual([["b"]]);
    await clock.advance(1);
    expect(idsWritten()).toEqual([["b"], ["a"]]);
  });

  it("takes the shorter window of a document that was marked both ways", async () => {
    persister.changed("entity", "a", () => ({ v: 1 }), { lazy: true });
    persister.changed("entity", "a", () => ({ v: 2 }));
    persister.changed("entity", "a", () => ({ v: 3 }), { lazy: true });
    await clock.advance(20);
    expect(store.writes).toEqual([[change("a", { v: 3 })]]);
    await clock.advance(2_000);
    expect(store.writes).toHaveLength(1);
  });

  it("leaves no alarm when there is nothing to write", async () => {
    persister.changed("entity", "a", () => ({}));
    await clock.advance(20);
    expect(clock.pending).toBe(0);
  });
});

describe("Persister.flush", () => {
  it("resolves at once when nothing is marked", async () => {
    await persister.flush();
    expect(store.writes).toEqual([]);
  });

  it("writes without waiting for a window, lazy documents included", async () => {
    persister.changed("entity", "a", () => ({}));
    persister.changed("sensors", "b", () => ({}), { lazy: true });
    await persister.flush();
    expect(idsWritten()).toEqual([["a", "b"]]);
    expect(clock.pending).toBe(0);
  });

  it("shares a write with the flushes of the same turn", async () => {
    const flushes = ["a", "b", "c"].map((id) => {
      persister.changed("entity", id, () => ({}));
      return persister.flush();
    });
    await Promise.all(flushes);
    expect(idsWritten()).toEqual([["a", "b", "c"]]);
  });

  it("waits for the write under way when that has everything", async () => {
    store.hold();
    persister.changed("entity", "a", () => ({}));
    await clock.advance(20);
    const flushed = outcomeOf(persister.flush());
    await setImmediate();
    expect(flushed.state).toBe("pending");
    store.release();
    await setImmediate();
    expect(flushed.state).toBe("fulfilled");
    expect(store.writes).toHaveLength(1);
  });

  it("waits for the next write when something was marked during the one under way", async () => {
    store.hold();
    persister.changed("entity", "a", () => ({ v: 1 }));
    await clock.advance(20);
    persister.changed("entity", "a", () => ({ v: 2 }));
    const flushed = outcomeOf(persister.flush());
    store.release();
    await setImmediate();
    expect(store.writes).toEqual([[change("a", { v: 1 })], [change("a", { v: 2 })]]);
    expect(flushed.state).toBe("pending");
    store.release();
    await setImmediate();
    expect(flushed.state).toBe("fulfilled");
  });

  it("has one write under way at most, and collects meanwhile", async () => {
    store.hold();
    persister.changed("entity", "a", () => ({}));
    await clock.advance(20);
    for (const id of ["b", "c", "d"]) {
      persister.changed("entity", id, () => ({}));
      await clock.advance(500);
    }
    expect(idsWritten()).toEqual([["a"]]);
    expect(persister.backlog).toBe(3);
    store.release();
    await clock.advance(0);
    expect(idsWritten()).toEqual([["a"], ["b", "c", "d"]]);
  });

  it("splits what is too much for one write", async () => {
    persister = newPersister(2);
    for (const id of ["a", "b", "c", "d", "e"]) persister.changed("entity", id, () => ({}));
    await persister.flush();
    expect(idsWritten()).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });
});

describe("Persister after a failed write", () => {
  const diskFull = new ClockerError("storage", "Cannot write: the disk is full");

  it("rejects the flush, reports it, and tries again with growing pauses", async () => {
    store.fail(diskFull, diskFull, diskFull);
    persister.changed("entity", "a", () => ({}));
    await expect(persister.flush()).rejects.toBe(diskFull);
    expect(persister.failing).toBe(true);
    await clock.advance(99);
    expect(store.writes).toHaveLength(1);
    await clock.advance(1);
    expect(store.writes).toHaveLength(2);
    await clock.advance(199);
    expect(store.writes).toHaveLength(2);
    await clock.advance(1);
    expect(store.writes).toHaveLength(3);
    await clock.advance(400);
    expect(store.writes).toHaveLength(4);
    expect(errors).toEqual([diskFull, diskFull, diskFull]);
    expect(persister.failing).toBe(false);
    expect(persister.backlog).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it("pauses 30 s at most", async () => {
    store.fail(...Array.from({ length: 40 }, () => diskFull));
    persister.changed("entity", "a", () => ({}));
    await clock.advance(600_000);
    const before = store.writes.length;
    await clock.advance(30_000);
    expect(store.writes).toHaveLength(before + 1);
  });

  it("does not let new marks shorten the pause", async () => {
    store.fail(diskFull, diskFull);
    persister.changed("entity", "a", () => ({}));
    await clock.advance(120);
    expect(store.writes).toHaveLength(2);
    persister.changed("entity", "b", () => ({}));
    await clock.advance(199);
    expect(store.writes).toHaveLength(2);
    await clock.advance(1);
    expect(idsWritten().at(-1)?.toSorted()).toEqual(["a", "b"]);
  });

  it("lets a flush try at once", async () => {
    store.fail(diskFull);
    persister.changed("entity", "a", () => ({}));
    await expect(persister.flush()).rejects.toBe(diskFull);
    await persister.flush();
    expect(idsWritten()).toEqual([["a"], ["a"]]);
    expect(clock.pending).toBe(0);
  });

  it("writes the newest snapshot of a document that was marked again meanwhile", async () => {
    store.hold();
    store.fail(diskFull);
    persister.changed("entity", "a", () => ({ v: 1 }));
    await clock.advance(20);
    persister.changed("entity", "a", () => ({ v: 2 }));
    store.release();
    await clock.advance(0);
    expect(persister.backlog).toBe(1);
    store.letGo();
    await clock.advance(100);
    expect(store.writes.at(-1)).toEqual([change("a", { v: 2 })]);
  });

  it("keeps only the documents that were not written yet", async () => {
    persister = newPersister(2);
    store.fail(undefined, diskFull);
    for (const id of ["a", "b", "c", "d", "e"]) persister.changed("entity", id, () => ({}));
    await expect(persister.flush()).rejects.toBe(diskFull);
    expect(persister.backlog).toBe(3);
    await persister.flush();
    expect(idsWritten()).toEqual([["a", "b"], ["c", "d"], ["c", "d"], ["e"]]);
  });

  it("stops trying by itself when the store cannot recover", async () => {
    store.fail(new ClockerError("storage", "Gone", { details: { permanent: true } }));
    persister.changed("entity", "a", () => ({}));
    await clock.advance(100_000);
    expect(store.writes).toHaveLength(1);
    expect(clock.pending).toBe(0);
    expect(errors).toHaveLength(1);
  });
});

describe("Persister and a document that cannot be stored", () => {
  it("writes the others, reports it by name, and rejects the flush that covers it", async () => {
    store.refuse("b");
    for (const id of ["a", "b", "c"]) persister.changed("entity", id, () => ({}));
    await expect(persister.flush()).rejects.toMatchObject({ code: "invalid-value", details: { id: "b" } });
    expect(idsWritten().at(-1)).toEqual(["a", "c"]);
    expect(errors).toHaveLength(1);
    expect(persister.failing).toBe(false);
    persister.changed("entity", "d", () => ({}));
    await persister.flush();
  });

  it("does the same with a snapshot that throws", async () => {
    persister.changed("entity", "a", () => ({}));
    persister.changed("entity", "b", () => {
      throw new Error("no such field");
    });
    await expect(persister.flush()).rejects.toThrow('Cannot take the snapshot of entity "b"');
    expect(idsWritten()).toEqual([["a"]]);
    expect(errors.map(messageOf)).toEqual(['Cannot take the snapshot of entity "b": no such field']);
  });
});

describe("Persister.close", () => {
  it("flushes, stops, and reports what comes after it", async () => {
    persister.changed("sensors", "a", () => ({}), { lazy: true });
    await persister.close();
    await persister.close();
    expect(idsWritten()).toEqual([["a"]]);
    persister.changed("entity", "b", () => ({}));
    await clock.advance(10_000);
    expect(store.writes).toHaveLength(1);
    expect(errors.map(messageOf)).toEqual(['Cannot persist a change of entity "b": the persister is closed']);
  });

  it("rejects when the last write fails, and does not try again", async () => {
    store.fail(new ClockerError("storage", "Disk full"));
    persister.changed("entity", "a", () => ({}));
    await expect(persister.close()).rejects.toThrow("Disk full");
    await clock.advance(100_000);
    expect(store.writes).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});

describe("Persister, with many lazy documents", () => {
  /** Marks so many whose snapshots take 2 ms each. */
  function markSlow(count: number): void {
    for (let i = 0; i < count; i++) {
      persister.changed("sensors", `s${i}`, () => {
        clock.pass(2);
        return { i };
      }, { lazy: true });
    }
  }

  it("takes them a few milliseconds at a time, and lets others have their turn", async () => {
    markSlow(10);
    let turns = 0;
    let isFlushed = false;
    const other = (): void => {
      turns++;
      if (!isFlushed) globalThis.setImmediate(other);
    };
    globalThis.setImmediate(other);
    await persister.flush();
    isFlushed = true;
    expect(turns).toBeGreaterThan(1);
    const written = idsWritten();
    expect(written.length).toBeGreaterThan(3);
    expect(Math.max(...written.map((ids) => ids.length))).toBeLessThanOrEqual(3);
    expect(written.flat()).toEqual(Array.from({ length: 10 }, (_, i) => `s${i}`));
  });

  it("writes urgent ones, which belong together, in one write before them, however long they take", async () => {
    markSlow(4);
    for (let i = 0; i < 5; i++) {
      persister.changed("entity", `e${i}`, () => {
        clock.pass(3);
        return {};
      });
    }
    await persister.flush();
    expect(idsWritten()[0]).toEqual(expect.arrayContaining(["e0", "e1", "e2", "e3", "e4"]));
    expect(idsWritten().flat()).toHaveLength(9);
  });

  it("tells a flush of a part that failed, and writes that part again", async () => {
    markSlow(8);
    store.fail(undefined, new ClockerError("storage", "Disk full"));
    await expect(persister.flush()).rejects.toThrow("Disk full");
    const failed = idsWritten()[1] ?? [];
    await clock.advance(1_000);
    expect(idsWritten().slice(-failed.length).flat()).toEqual(expect.arrayContaining(failed));
    expect(persister.failing).toBe(false);
    expect(persister.backlog).toBe(0);
  });
});

function newPersister(largestWrite = 2_000): Persister {
  return new Persister({ store, clock, onError: (error) => errors.push(error), largestWrite });
}

function change(id: string, data: JsonObject | undefined): Change {
  return { kind: "entity", id, data };
}

function idsWritten(): string[][] {
  return store.writes.map((changes) => changes.map(({ id }) => id));
}

function outcomeOf(promise: Promise<void>): { state: "pending" | "fulfilled" | "rejected" } {
  const outcome: { state: "pending" | "fulfilled" | "rejected" } = { state: "pending" };
  promise.then(
    () => (outcome.state = "fulfilled"),
    () => (outcome.state = "rejected"),
  );
  return outcome;
}

/** Time goes on only in `advance`, which lets everything happen that is due on the way. */
class SteppedClock implements Clock {
  #now = 0;
  readonly #alarms = new Set<{ at: number; work: () => void }>();

  get pending(): number {
    return this.#alarms.size;
  }

  now(): number {
    return this.#now;
  }

  sleep(): Promise<void> {
    throw new Error("The persister does not sleep");
  }

  after(ms: number, work: () => void): () => void {
    const alarm = { at: this.#now + ms, work };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /** Lets time pass with nothing happening, as work does. */
  pass(ms: number): void {
    this.#now += ms;
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await setImmediate();
      const [next] = [...this.#alarms].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.at);
      this.#alarms.delete(next);
      next.work();
    }
    this.#now = end;
  }
}

/** Records what is written, and answers when and as the test says. */
class HeldStore implements Store {
  readonly writes: (readonly Change[])[] = [];
  readonly commits = 0;
  readonly #failures: (Error | undefined)[] = [];
  readonly #refused = new Set<string>();
  #held: (() => void)[] | undefined;

  hold(): void {
    this.#held = [];
  }

  /** Answers the write that is held. */
  release(): void {
    this.#held?.shift()?.();
  }

  letGo(): void {
    for (const release of this.#held ?? []) release();
    this.#held = undefined;
  }

  /** The outcomes of the next writes; undefined: success. */
  fail(...errors: (Error | undefined)[]): void {
    this.#failures.push(...errors);
  }

  refuse(id: string): void {
    this.#refused.add(id);
  }

  async write(changes: readonly Change[]): Promise<void> {
    this.writes.push(changes);
    const refused = changes.find(({ id }) => this.#refused.has(id));
    if (refused !== undefined) throw new ClockerError("invalid-value", "Cannot store it", { details: { kind: refused.kind, id: refused.id } });
    const held = this.#held;
    if (held !== undefined) await new Promise<void>((resolve) => held.push(resolve));
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
  }

  load(): never {
    throw new Error("The persister does not load");
  }

  async close(): Promise<void> {
    throw new Error("The persister does not close its store");
  }
}
