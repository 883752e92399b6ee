import { describe, expect, it } from "vitest";
import { Catalog, type CatalogChange } from "./catalog.ts";
import { readBom } from "./read-bom.ts";
import { compareVersions } from "./version-order.ts";

const bom = (id: string, version: string, type = "vanilla", more = "") => readBom(`brooklyn.catalog:\n  bundle: b.${id}\n  version: ${version}\n  items:\n  - {id: ${id}, name: The ${id}, ${more}item: {type: ${type}}}\n`);

describe("Catalog", () => {
  it("adds, and knows the same content again", async () => {
    const catalog = new Catalog();
    expect(catalog.add(await bom("a", "1.0"))).toEqual({ added: ["a:1.0"], unchanged: [] });
    expect(catalog.add(await bom("a", "1.0"))).toEqual({ added: [], unchanged: ["a:1.0"] });
  });

  it("refuses other content under the same id and version, unless forced or a snapshot", async () => {
    const catalog = new Catalog();
    catalog.add(await bom("a", "1.0"));
    const other = await bom("a", "1.0", "cluster");
    expect(() => catalog.add(other)).toThrow('Cannot add catalog item "a:1.0": another one with this id and version is in the catalog');
    expect(catalog.get("a")?.plan).toEqual({ type: "vanilla" });
    expect(catalog.add(other, { force: true })).toEqual({ added: ["a:1.0"], unchanged: [] });
    expect(catalog.get("a")?.plan).toEqual({ type: "cluster" });
    catalog.add(await bom("s", "1.0-SNAPSHOT"));
    expect(catalog.add(await bom("s", "1.0-SNAPSHOT", "cluster")).added).toEqual(["s:1.0-SNAPSHOT"]);
  });

  it("adds all items of a bundle or none", async () => {
    const catalog = new Catalog();
    catalog.add(await bom("a", "1.0"));
    const both = await readBom("brooklyn.catalog:\n  version: 1.0\n  items:\n  - {id: new, item: {type: x}}\n  - {id: a, item: {type: y}}\n");
    expect(() => catalog.add(both)).toThrow();
    expect(catalog.get("new")).toBeUndefined();
  });

  it("a bare id means the latest release", async () => {
    const catalog = new Catalog();
    for (const version of ["1.9", "1.10", "2.0-SNAPSHOT", "1.10-rc1"]) catalog.add(await bom("a", version));
    expect(catalog.get("a")?.version).toBe("1.10");
    expect(catalog.get("a:latest")?.version).toBe("1.10");
    expect(catalog.get("a:2.0-SNAPSHOT")?.version).toBe("2.0-SNAPSHOT");
    expect(catalog.get("a:3")).toBeUndefined();
    expect(catalog.versions("a").map((item) => item.version)).toEqual(["1.10", "1.10-rc1", "1.9", "2.0-SNAPSHOT"]);
  });

  it("passes over disabled and deprecated versions where another one is there", async () => {
    const catalog = new Catalog();
    catalog.add(await bom("a", "1.0"));
    catalog.add(await bom("a", "2.0"));
    catalog.mark("a", "2.0", { deprecated: true });
    expect(catalog.get("a")?.version).toBe("1.0");
    catalog.mark("a", "1.0", { disabled: true });
    expect(catalog.get("a")).toMatchObject({ version: "2.0", deprecated: true });
    expect(catalog.add(await bom("a", "2.0")).unchanged).toEqual(["a:2.0"]);
  });

  it("lists by kind, by text and in all versions", async () => {
    const catalog = new Catalog();
    catalog.add(await bom("web", "1.0"));
    catalog.add(await bom("web", "2.0"));
    catalog.add(await bom("pol", "1.0", "x", "itemType: policy, "));
    const ids = (filter: Parameters<Catalog["list"]>[0]) => catalog.list(filter).map(({ id, version }) => `${id}:${version}`);
    expect(ids({})).toEqual(["pol:1.0", "web:2.0"]);
    expect(ids({ allVersions: true })).toEqual(["pol:1.0", "web:2.0", "web:1.0"]);
    expect(ids({ itemType: "policy" })).toEqual(["pol:1.0"]);
    expect(ids({ fragment: "THE W" })).toEqual(["web:2.0"]);
    expect(ids({ regex: /^po/ })).toEqual(["pol:1.0"]);
  });

  it("removes items and bundles, and tells of every change", async () => {
    const catalog = new Catalog();
    const changes: string[] = [];
    const stop = catalog.subscribe(({ kind, item }: CatalogChange) => changes.push(`${kind} ${item.id}`));
    catalog.add(await bom("a", "1.0"));
    catalog.add(await bom("a", "1.0", "cluster"), { force: true });
    catalog.mark("a", "1.0", { deprecated: true });
    catalog.remove("a", "1.0");
    catalog.add(await bom("c", "1.0"));
    expect(catalog.removeBundle("b.c", "1.0").symbolicName).toBe("b.c");
    stop();
    catalog.add(await bom("d", "1.0"));
    expect(changes).toEqual(["added a", "replaced a", "changed a", "removed a", "added c", "removed c"]);
    expect(() => catalog.remove("dd", "1.0")).toThrow('No item "dd:1.0" in the catalog');
    expect(() => catalog.removeBundle("b.c", "1.0")).toThrow('No bundle "b.c:1.0" in the catalog');
  });
});

describe("compareVersions", () => {
  it("orders snapshots, qualifiers and numbers as Brooklyn does", () => {
    const ordered = ["0.9-SNAPSHOT", "2.0.0-SNAPSHOT", "1.0-alpha", "1.0-beta.2", "1.0-beta.10", "1.0", "1.0.1", "1.2", "1.10", "2", "10.0"];
    expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered);
    expect(compareVersions("1.0", "1.0.0")).toBe(0);
    expect(compareVersions("7.0.99", "7.0.99")).toBe(0);
  });
});
