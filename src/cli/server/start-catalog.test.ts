import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { httpServer } from "../../../test/support/http-server.ts";
import { openServer } from "../../management/open-server.ts";
import { Properties } from "../../management/properties/properties.ts";
import type { ServerLog } from "./server-log.ts";
import { type CatalogFlags, startCatalog } from "./start-catalog.ts";

let folder: string;
let logged: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clocker-start-catalog-"));
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bom = (id: string, name = id) => `brooklyn.catalog:\n  id: ${id}\n  version: 1.0.0\n  name: ${name}\n  itemType: entity\n  item: { type: basic-entity }\n`;

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** Starts a server on the folder's state, with a real store, and gives what of ours is in its catalog. */
async function started(flags: Partial<CatalogFlags>, change: (server: Awaited<ReturnType<typeof openServer>>) => Promise<unknown> = async () => {}): Promise<string[]> {
  const note = (_fields: object, message: string): void => void logged.push(message);
  const log: ServerLog = { debug: () => {}, info: note, warn: note, error: note, close: () => {}, file: "" };
  const io = { stdout: { write: () => true }, stderr: { write: () => true }, stdin: new PassThrough(), env: {}, home: folder, signal: new AbortController().signal };
  const server = await openServer({ dataDir: join(folder, "data"), properties: new Properties(new Map()), log, prepareCatalog: startCatalog({ catalogInitial: [], catalogAdd: [], ...flags }, io, log) });
  try {
    await change(server);
    return [...server.catalog.list()].filter(({ id }) => id.startsWith("my-")).map(({ id, displayName }) => (displayName === undefined || displayName === id ? id : `${id} (${displayName})`)).toSorted();
  } finally {
    await server.close();
  }
}

describe("--catalogInitial", () => {
  it("is added at the first start alone, and stays", async () => {
    const first = file("first.bom", bom("my-first"));
    expect(await started({ catalogInitial: [first] })).toEqual(["my-first"]);
    file("second.bom", bom("my-second"));
    expect(await started({ catalogInitial: [join(folder, "second.bom")] })).toEqual(["my-first"]);
    expect(await started({})).toEqual(["my-first"]);
  });

  it("does not bring back what a user removed, a reset does", async () => {
    const first = file("first.bom", bom("my-first"));
    expect(await started({ catalogInitial: [first] }, (server) => server.catalogStore.remove("my-first", "1.0.0"))).toEqual([]);
    expect(await started({ catalogInitial: [first] })).toEqual([]);
    expect(await started({ catalogInitial: [first], catalogReset: true })).toEqual(["my-first"]);
  });
});

describe("--catalogAdd", () => {
  it("is added at each start, changed or not", async () => {
    const added = file("added.bom", bom("my-added"));
    expect(await started({})).toEqual([]);
    expect(await started({ catalogAdd: [added] }, (server) => server.catalogStore.remove("my-added", "1.0.0"))).toEqual([]);
    file("added.bom", bom("my-added", "Changed"));
    expect(await started({ catalogAdd: [added] })).toEqual(["my-added (Changed)"]);
    expect(logged.at(-1)).toBe(`Catalog: updated my-added:1.0.0 from ${added}`);
    expect(await started({})).toEqual(["my-added (Changed)"]);
  });

  it("takes folders, bundles in folders, URLs and files under the home folder", async () => {
    mkdirSync(join(folder, "many"));
    file("many/a.bom", bom("my-a"));
    file("many/b.bom", bom("my-b"));
    file("many/notes.txt", "no bundle");
    mkdirSync(join(folder, "bundle"));
    file("bundle/catalog.bom", bom("my-bundle"));
    file("home.bom", bom("my-home"));
    const web = await httpServer((_request, response) => response.end(bom("my-web")));
    expect(await started({ catalogAdd: [join(folder, "many"), join(folder, "bundle"), `${web.url}/x.bom`, "~/home.bom"] })).toEqual(["my-a", "my-b", "my-bundle", "my-home", "my-web"]);
    await web.close();
  });

  it("leaves out what cannot be added and says so, or does not start", async () => {
    const good = file("good.bom", bom("my-good"));
    expect(await started({ catalogAdd: ["/no/such.bom", file("bad.bom", "brooklyn.catalog: ["), good] })).toEqual(["my-good"]);
    expect(logged.filter((line) => line.startsWith("Cannot add"))).toEqual(['Cannot add "/no/such.bom" to the catalog', `Cannot add "${join(folder, "bad.bom")}" to the catalog`]);
    await expect(started({ catalogAdd: ["/no/such.bom"], failOnCatalogErrors: true })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('Cannot add "/no/such.bom" to the catalog: Cannot read') as string });
  });
});
