import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProviderLocation } from "./location/provider-location.ts";
import { openServer } from "./open-server.ts";
import { Properties } from "./properties/properties.ts";
import type { Server } from "./server.ts";
import { InMemoryStore } from "./store/in-memory-store.ts";

let folder: string;
let server: Server;
let values: Record<string, string>;
const quiet = () => {};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-reload-"));
  values = { "my.key": "one", "brooklyn.location.named.here": "byon(hosts=10.0.0.1)", "brooklyn.location.byon.user": "ann", "brooklyn.external.vault": "in-place", "brooklyn.external.vault.word": "hush" };
  const readProperties = async () => Properties.of(values);
  server = await openServer({ dataDir: folder, properties: await readProperties(), readProperties, log: { debug: quiet, info: quiet, warn: quiet, error: quiet }, store: new InMemoryStore() });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const names = () => server.locations.definitions().map(({ name }) => name).filter((name) => ["here", "there"].includes(name));
const resolvedWord = async () => (await resolving('$brooklyn:external("vault", "word")'));
async function resolving(raw: string): Promise<unknown> {
  const { application } = await server.applications.deploy("services: [{ type: org.apache.brooklyn.entity.stock.BasicEntity }]");
  return server.plane.submit(application, "Resolve", (work) => server.plane.resolve(raw, application, work)).result;
}

test("reloadProperties takes over values, named locations, defaults of locations in use, and external suppliers", async () => {
  const before = server.locations.resolve({ spec: "here" });
  expect([server.properties.get("my.key"), names(), before.config["user"], await resolvedWord()]).toEqual(["one", ["here"], "ann", "hush"]);
  values = { "my.key": "two", "brooklyn.location.named.there": "byon(hosts=10.0.0.2)", "brooklyn.location.byon.user": "bob", "brooklyn.external.vault": "in-place", "brooklyn.external.vault.word": "louder" };
  await server.reloadProperties();
  expect([server.properties.get("my.key"), names(), await resolvedWord()]).toEqual(["two", ["there"], "louder"]);
  expect(before instanceof ProviderLocation && before.config["user"]).toBe("bob");
  expect(server.locations.resolve({ spec: "there" }).config["user"]).toBe("bob");
});

test("reloadProperties changes nothing when something of the new ones is wrong", async () => {
  values = { "my.key": '$brooklyn:external("nobody", "word")' };
  await expect(server.reloadProperties()).rejects.toThrow('Cannot read the property "my.key"');
  values = { "my.key": "two" };
  await expect(server.reloadProperties(() => { throw new Error("no"); })).rejects.toThrow("no");
  expect([server.properties.get("my.key"), names()]).toEqual(["one", ["here"]]);
});
