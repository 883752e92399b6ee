import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { Catalog } from "../blueprint/catalog/index.ts";
import { realClock } from "../../test/support/real-clock.ts";
import { CatalogStore } from "./catalog-store.ts";
import { PersistedDocuments } from "./documents.ts";
import { loadStore } from "./restore.ts";
import { InMemoryDisk, InMemoryStore } from "./store/in-memory-store.ts";
import { Persister } from "./store/persister.ts";

const bom = (items: string[], version = "1.0.0") => `brooklyn.catalog:\n  bundle: mine\n  version: ${version}\n  itemType: entity\n  items:\n${items.map((id) => `  - { id: ${id}, item: { type: server } }\n`).join("")}`;

/** A catalog over a disk, as an earlier run left it. */
async function opened(disk: InMemoryDisk) {
  const store = new InMemoryStore(disk);
  const persister = new Persister({ store, clock: realClock, onError: () => {}, window: 0, lazyWindow: 0 });
  const documents = new PersistedDocuments(persister);
  for (const [kind, all] of await loadStore(store)) for (const [id, data] of all) documents.restore(kind, id, data);
  const catalog = new Catalog();
  const silent = () => {};
  const catalogStore = new CatalogStore({ catalog, documents, secrets: { seal: (plain) => Buffer.from(plain, "utf8").toString("hex"), open: (sealed) => Buffer.from(String(sealed), "hex").toString("utf8") }, log: { debug: silent, info: silent, warn: silent, error: silent } });
  await catalogStore.restore();
  const close = async () => {
    await persister.close();
    await store.close();
  };
  return { catalog, catalogStore, close };
}

async function reopened(disk: InMemoryDisk, change: (store: CatalogStore) => Promise<unknown>): Promise<Catalog> {
  const before = await opened(disk);
  await change(before.catalogStore);
  await before.close();
  const after = await opened(disk);
  await after.close();
  return after.catalog;
}

const ids = (catalog: Catalog) => catalog.list({ allVersions: true, includeDisabled: true }).map(({ id }) => id);

describe("CatalogStore over restarts", () => {
  it("keeps bundles, removals of items, and what was added again after", async () => {
    const disk = new InMemoryDisk();
    expect(ids(await reopened(disk, (store) => store.add(bom(["a", "b"]))))).toEqual(["a", "b"]);
    expect(ids(await reopened(disk, (store) => store.remove("a", "1.0.0")))).toEqual(["b"]);
    expect(ids(await reopened(disk, (store) => store.add(bom(["a", "b"]))))).toEqual(["a", "b"]);
    expect(ids(await reopened(disk, (store) => store.removeBundle("mine", "1.0.0")))).toEqual([]);
  });

  it("keeps marks, and forgets them with other content", async () => {
    const disk = new InMemoryDisk();
    await reopened(disk, (store) => store.add(bom(["a"])));
    const marked = await reopened(disk, async (store) => {
      await store.mark("a", "1.0.0", { deprecated: true });
      await store.mark("a", "1.0.0", { disabled: true });
    });
    expect(marked.get("a:1.0.0")).toMatchObject({ deprecated: true, disabled: true });
    const replaced = await reopened(disk, (store) => store.add(bom(["a"]).replace("type: server", "type: other"), { force: true }));
    expect(replaced.get("a:1.0.0")).toMatchObject({ deprecated: false, disabled: false });
  });

  it("drops what a forced update no longer holds, and says what it did", async () => {
    const disk = new InMemoryDisk();
    const outcomes: string[] = [];
    const catalog = await reopened(disk, async (store) => {
      for (const [items, force] of [[["a", "b"], false], [["a", "b"], false], [["a", "c"], true]] as const) outcomes.push((await store.add(bom([...items]), { force })).outcome);
    });
    expect(outcomes).toEqual(["installed", "unchanged", "updated"]);
    expect(ids(catalog)).toEqual(["a", "c"]);
  });

  it("restores what was added last under an id that two bundles define", async () => {
    const disk = new InMemoryDisk();
    const catalog = await reopened(disk, async (store) => {
      await store.add(bom(["a"]).replace("bundle: mine", "bundle: zzz"));
      await store.add(bom(["a"]).replace("type: server", "type: other"), { force: true });
    });
    expect(catalog.get("a")?.bundle).toBe("mine:1.0.0");
  });

  it("keeps bundles sealed, archives too", async () => {
    const disk = new InMemoryDisk();
    const zip = zipSync({ "catalog.bom": strToU8(bom(["a"]).replace("type: server", "type: server, brooklyn.config: { password: hunter2 }")) }, { level: 0 });
    expect(ids(await reopened(disk, (store) => store.add(zip)))).toEqual(["a"]);
    await reopened(disk, (store) => store.add(bom(["b"], "2.0.0").replace("type: server", "type: server, brooklyn.config: { password: hunter2 }")));
    const stored = [...disk.records.values()].map(({ text }) => text).join("");
    for (const text of ["hunter2", Buffer.from("hunter2").toString("base64").slice(0, 8)]) expect(stored).not.toContain(text);
  });
});
