import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApi } from "./api.ts";
import type { Api } from "./api-context.ts";
import type { Entity } from "../model/entity.ts";
import { openServer } from "../management/open-server.ts";
import { Properties } from "../management/properties/properties.ts";
import type { Server } from "../management/server.ts";
import { InMemoryStore } from "../management/store/in-memory-store.ts";

let folder: string;
let server: Server;
let api: Api;
const quiet = () => {};
const picture = "<svg xmlns='http://www.w3.org/2000/svg'/>";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-bundle-files-"));
  server = await openServer({ dataDir: folder, properties: new Properties(), log: { debug: quiet, info: quiet, warn: quiet, error: quiet }, store: new InMemoryStore() });
  api = await createApi(server);
  await api.inject("/v1/server/up");
  for (const name of ["one", "two"]) {
    const bom = `brooklyn.catalog:\n  bundle: ${name}\n  version: 1.0.0\n  items:\n  - { id: from-${name}, itemType: entity, iconUrl: "classpath://icons/a.svg", item: { type: org.apache.brooklyn.entity.stock.BasicEntity } }\n`;
    await server.catalogStore.add(zipSync({ "catalog.bom": strToU8(bom), "scripts/run.sh": strToU8(`run ${name}`), [`only/${name}.txt`]: strToU8(name), "icons/a.svg": strToU8(picture) }));
  }
});
afterAll(async () => {
  await api.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function deployed(type: string): Promise<Entity> {
  const { application } = await server.applications.deploy(`services: [{ type: ${type} }]`);
  const [entity = application] = application.children;
  return entity;
}

const read = (entity: Entity, url: string) => server.plane.submit(entity, "Read", async (work) => (await server.plane.resources.read(url, work)).toString("utf8")).result;

test("classpath: names files of the bundle that an entity came from, before those of others", async () => {
  const [one, two, plain] = [await deployed("from-one"), await deployed("from-two"), await deployed("org.apache.brooklyn.entity.stock.BasicEntity")];
  expect([await read(one, "classpath://scripts/run.sh"), await read(two, "classpath:scripts/run.sh"), await read(one, "classpath://only/two.txt"), await read(plain, "classpath://only/one.txt")]).toEqual(["run one", "run two", "two", "one"]);
  await expect(read(one, "classpath://only/three.txt")).rejects.toThrow("only/three.txt");
  await expect(read(one, "classpath://../catalog.bom")).rejects.toThrow("catalog.bom");
});

test("an entity's icon is the file of its bundle", async () => {
  const entity = await deployed("from-one");
  const answer = await api.inject(`/v1/applications/${entity.application.id}/entities/${entity.id}/icon`);
  expect([answer.statusCode, answer.headers["content-type"], answer.body]).toEqual([200, "image/svg+xml", picture]);
});
