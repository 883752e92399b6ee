import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openServer } from "./open-server.ts";
import { Properties } from "./properties/properties.ts";
import type { Server } from "./server.ts";
import { InMemoryDisk, InMemoryStore } from "./store/in-memory-store.ts";
import type { StoredRecord } from "./store/store.ts";

const BOM = "brooklyn.catalog:\n  bundle: mine\n  version: 1.0.0\n  items:\n  - { id: my-note, itemType: entity, item: { type: org.apache.brooklyn.entity.stock.BasicEntity, name: Note } }\n";
const BLUEPRINT = "name: Shop\nlocation: byon(hosts=10.0.0.1)\nservices:\n- type: my-note\n  brooklyn.config: { db.password: hunter2, size: 4 }\n  brooklyn.tags: [kept]\n- type: org.apache.brooklyn.entity.group.DynamicGroup\n";
let folder: string;
const servers: Server[] = [];
const quiet = () => {};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-import-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function opened(name: string, disk = new InMemoryDisk()): Promise<Server> {
  const server = await openServer({ dataDir: join(folder, name), properties: new Properties(), log: { debug: quiet, info: quiet, warn: quiet, error: quiet }, store: new InMemoryStore(disk) });
  servers.push(server);
  return server;
}

async function exported(server: Server): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of server.records()) records.push(JSON.parse(JSON.stringify(record)) as StoredRecord);
  return records;
}

/** A server with an application, and what it stores. */
async function source(): Promise<{ server: Server; id: string; records: StoredRecord[] }> {
  const server = await opened("a");
  await server.catalogStore.add(BOM);
  const { application, start } = await server.applications.deploy(BLUEPRINT);
  await start?.result.catch(quiet);
  return { server, id: application.id, records: await exported(server) };
}

test("importState brings bundles and whole applications beside what is here, durably; what is here already is left out", async () => {
  const { id, records } = await source();
  await cp(join(folder, "a", "keys"), join(folder, "b", "keys"), { recursive: true });
  const disk = new InMemoryDisk();
  const target = await opened("b", disk);
  const other = (await target.applications.deploy("name: Other\nservices: [{ type: org.apache.brooklyn.entity.stock.BasicEntity }]")).application;
  expect(await target.importState(records)).toEqual({ applications: [id], bundles: ["mine:1.0.0"], skipped: [] });
  const [note] = target.plane.entity(id)?.children ?? [];
  const [place] = target.plane.entity(id)?.locations ?? [];
  expect([note?.displayName, note?.config.own().get("db.password"), note?.tags.includes("kept"), place?.spec]).toEqual(["Note", "hunter2", true, "byon(hosts=10.0.0.1)"]);
  expect(target.catalog.get("my-note")).toBeDefined();
  expect(await target.importState(records)).toEqual({ applications: [], bundles: [], skipped: [id, "mine:1.0.0"] });

  await target.close();
  servers.splice(servers.indexOf(target), 1);
  const again = await opened("b", disk);
  expect(again.plane.applications().map((each) => each.id)).toEqual(expect.arrayContaining([id, other.id]));
  expect(again.plane.entity(id)?.children.map(({ displayName }) => displayName)).toEqual(["Note", expect.any(String)]);
});

test("importState refuses secrets of another server before anything changes", async () => {
  const { records } = await source();
  const target = await opened("b");
  await expect(target.importState(records)).rejects.toThrow("they were sealed by another server");
  expect([target.plane.applications(), target.catalog.get("my-note")]).toEqual([[], undefined]);
});

test("importState refuses records that make no sense", async () => {
  const target = await opened("b");
  await expect(target.importState([{ kind: "entity", id: "abcdefghij", data: { displayName: "x" } }])).rejects.toThrow('Cannot import the entity "abcdefghij"');
});
