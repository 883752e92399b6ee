import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClockerError } from "../../src/model/errors.ts";
import type { Store, StoredRecord } from "../../src/management/store/store.ts";
import type { JsonObject } from "../../src/model/spec.ts";

/** A place where a store keeps its records: outlives the stores that are opened on it. */
export interface StorePlace {
  open(): Promise<Store>;
  remove(): Promise<void>;
}

/** What every store does. `makePlace` gives a new, empty place. */
export function storeContract(name: string, makePlace: () => Promise<StorePlace>): void {
  describe(`store contract: ${name}`, () => {
    let place: StorePlace;
    let store: Store;

    beforeEach(async () => {
      place = await makePlace();
      store = await place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    async function reopen(): Promise<void> {
      await store.close();
      store = await place.open();
    }

    describe("write and load", () => {
      it("is empty at first", async () => {
        expect(await recordsOf(store)).toEqual([]);
        await store.write([]);
        expect(store.commits).toBe(0);
      });

      it("gives back what was written, before and after reopening", async () => {
        const data = { name: "web", count: 3, ratio: 0.1, up: true, none: null, list: [1, "two", { three: [] }], map: { deep: { deeper: "x" } } };
        await store.write([{ kind: "entity", id: "a1", data }]);
        expect(await recordsOf(store)).toEqual([{ kind: "entity", id: "a1", data }]);
        await reopen();
        expect(await recordsOf(store)).toEqual([{ kind: "entity", id: "a1", data }]);
      });

      it("keeps kinds apart", async () => {
        await store.write([{ kind: "entity", id: "x", data: { is: "entity" } }]);
        await store.write([{ kind: "location", id: "x", data: { is: "location" } }]);
        await store.write([{ kind: "entity", id: "x", data: undefined }]);
        expect(await recordsOf(store)).toEqual([{ kind: "location", id: "x", data: { is: "location" } }]);
      });

      it("overwrites the whole document", async () => {
        await store.write([{ kind: "entity", id: "a", data: { one: 1, two: 2 } }]);
        await store.write([{ kind: "entity", id: "a", data: { two: 3 } }]);
        await reopen();
        expect(await recordsOf(store)).toEqual([{ kind: "entity", id: "a", data: { two: 3 } }]);
      });

      it("deletes, and takes the deletion of what is absent", async () => {
        await store.write([entity("a"), entity("b")]);
        await store.write([
          { kind: "entity", id: "a", data: undefined },
          { kind: "entity", id: "never", data: undefined },
        ]);
        await reopen();
        expect(await idsOf(store)).toEqual(["b"]);
      });

      it("applies the changes of a call in their order", async () => {
        await store.write([entity("a", { n: 1 }), { kind: "entity", id: "a", data: undefined }, entity("a", { n: 2 }), entity("b"), { kind: "entity", id: "b", data: undefined }]);
        expect(await recordsOf(store)).toEqual([entity("a", { n: 2 })]);
      });

      it("loads in the order of first writing", async () => {
        await store.write([entity("m"), entity("z")]);
        await store.write([{ kind: "location", id: "a", data: {} }, entity("b")]);
        await store.write([entity("z", { again: true })]);
        await store.write([{ kind: "entity", id: "m", data: undefined }]);
        await store.write([entity("m")]);
        expect(await idsOf(store)).toEqual(["z", "a", "b", "m"]);
        await reopen();
        expect(await idsOf(store)).toEqual(["z", "a", "b", "m"]);
      });

      it("reads the document during the call", async () => {
        const data = { list: [1] };
        const written = store.write([{ kind: "entity", id: "a", data }]);
        data.list.push(2);
        await written;
        expect(await recordsOf(store)).toEqual([entity("a", { list: [1] })]);
      });

      it("leaves out members that are undefined", async () => {
        await store.write([entity("a", { here: 1, gone: undefined } as unknown as JsonObject)]);
        expect((await recordsOf(store))[0]?.data).toStrictEqual({ here: 1 });
      });

      it("keeps all of Unicode in documents and ids, and lone surrogates and control characters in documents", async () => {
        const text = "ä ß 漢字 العربية 👩🏽‍🚀 \u0000 \u001f \u2028 \ud800 ﷽";
        await store.write([{ kind: "entity", id: "ключ-👍 '\"; DROP", data: { [text]: text } }]);
        await reopen();
        expect(await recordsOf(store)).toEqual([{ kind: "entity", id: "ключ-👍 '\"; DROP", data: { [text]: text } }]);
      });

      it("keeps big documents", async () => {
        const data = { text: "x".repeat(8 * 2 ** 20), list: Array.from({ length: 50_000 }, (_, index) => ({ index })) };
        await store.write([entity("big", data), entity("small")]);
        await reopen();
        expect(await recordsOf(store)).toEqual([entity("big", data), entity("small")]);
      });

      it("loads many records, in order", async () => {
        const ids = Array.from({ length: 5_000 }, (_, index) => `entity-${index}`);
        await store.write(ids.map((id) => entity(id)));
        expect(await idsOf(store)).toEqual(ids);
      });

      it("lets a reader stop early, and read twice at once", async () => {
        await store.write(Array.from({ length: 3_000 }, (_, index) => entity(`e${index}`)));
        for await (const record of store.load()) if (record.id === "e10") break;
        const [one, two] = await Promise.all([idsOf(store), idsOf(store)]);
        expect(one).toHaveLength(3_000);
        expect(two).toEqual(one);
      });
    });

    describe("refusals", () => {
      it.each([
        ["an empty kind", { kind: "", id: "a", data: {} }],
        ["an empty id", { kind: "entity", id: "", data: {} }],
        ["a control character in an id", { kind: "entity", id: "a\u0000b", data: {} }],
        ["half a surrogate pair in an id", { kind: "entity", id: "a\ud800", data: {} }],
      ])("refuses %s", async (_, change) => {
        await expect(store.write([change])).rejects.toMatchObject({ code: "invalid-value" });
        expect(await recordsOf(store)).toEqual([]);
      });

      it("stores nothing of a call that has a document which is not JSON, and names it", async () => {
        const loop: Record<string, unknown> = {};
        loop["self"] = loop;
        const failed = store.write([entity("good"), { kind: "entity", id: "loop", data: loop as unknown as JsonObject }]);
        await expect(failed).rejects.toMatchObject({ code: "invalid-value", details: { kind: "entity", id: "loop" } });
        expect(await recordsOf(store)).toEqual([]);
      });

      it("a refused write does not harm the writes beside it", async () => {
        const outcomes = await Promise.allSettled([store.write([entity("a")]), store.write([{ kind: "", id: "b", data: {} }]), store.write([entity("c")])]);
        expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
        expect(await idsOf(store)).toEqual(["a", "c"]);
      });
    });

    describe("concurrent writes", () => {
      it("ends 1,000 of them in few commits", async () => {
        await Promise.all(Array.from({ length: 1_000 }, (_, index) => store.write([entity(`e${index}`)])));
        expect(store.commits).toBeLessThanOrEqual(10);
        expect(await idsOf(store)).toEqual(Array.from({ length: 1_000 }, (_, index) => `e${index}`));
      });

      it("applies them in the order of the calls", async () => {
        await Promise.all(Array.from({ length: 200 }, (_, index) => store.write([entity("same", { index })])));
        expect(await recordsOf(store)).toEqual([entity("same", { index: 199 })]);
      });

      it("splits what is too much for one commit", async () => {
        const text = "x".repeat(6 * 2 ** 20);
        await Promise.all(Array.from({ length: 6 }, (_, index) => store.write([entity(`e${index}`, { text })])));
        expect(store.commits).toBe(3);
        expect(await idsOf(store)).toHaveLength(6);
      });
    });

    describe("one holder", () => {
      it("refuses a second opener with the holder's process id", async () => {
        await store.write([entity("a")]);
        const second = place.open();
        await expect(second).rejects.toBeInstanceOf(ClockerError);
        await expect(second).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining(`process ${process.pid}`) });
        await store.write([entity("b")]);
        expect(await idsOf(store)).toEqual(["a", "b"]);
      });
    });

    describe("close", () => {
      it("makes the writes under way durable", async () => {
        const writes = Promise.all([store.write([entity("a")]), store.write([entity("b")])]);
        await store.close();
        await writes;
        store = await place.open();
        expect(await idsOf(store)).toEqual(["a", "b"]);
      });

      it("refuses what comes after it, and may be called again", async () => {
        await store.close();
        await store.close();
        await expect(store.write([entity("a")])).rejects.toMatchObject({ code: "storage" });
        await expect(recordsOf(store)).rejects.toMatchObject({ code: "storage" });
      });
    });
  });
}

/** Everything that a store holds. */
export async function recordsOf(store: Store): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of store.load()) records.push(record);
  return records;
}

export async function idsOf(store: Store): Promise<string[]> {
  return (await recordsOf(store)).map((record) => record.id);
}

function entity(id: string, data: JsonObject = { id }): StoredRecord {
  return { kind: "entity", id, data };
}
