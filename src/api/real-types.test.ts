import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openServer } from "../management/open-server.ts";
import { Properties } from "../management/properties/properties.ts";
import type { Server } from "../management/server.ts";
import { InMemoryStore } from "../management/store/in-memory-store.ts";
import { createApi } from "./api.ts";
import type { Api } from "./api-context.ts";

/** The API over the whole server, with every type that Clocker brings; each answer is checked against its schema. */
let folder: string;
let server: Server;
let api: Api;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-api-"));
  const quiet = () => {};
  server = await openServer({ dataDir: folder, properties: new Properties(new Map()), log: { debug: quiet, info: quiet, warn: quiet, error: quiet }, store: new InMemoryStore() });
  api = await createApi(server, { checkAnswers: true });
});
afterAll(async () => {
  await api.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function get(url: string) {
  const answer = await api.inject(url);
  expect([url, answer.statusCode]).toEqual([url, 200]);
  return answer.json();
}

describe("the API over the whole server", () => {
  it("describes every type of the catalog with its config, sensors and effectors", async () => {
    const types: { symbolicName: string; version: string; links: { self: string } }[] = await get("/v1/catalog/types?versions=all");
    expect(types.map(({ symbolicName }) => symbolicName)).toContain("clocker.docker.entity.DockerInfrastructure");
    for (const { links } of types) await get(links.self);
    for (const kind of ["entities", "applications", "policies", "enrichers", "locations"]) {
      for (const item of await get(`/v1/catalog/${kind}?allVersions=true`)) await get(item.links.self);
    }
    for (const { links } of await get("/v1/catalog/bundles?versions=all")) await get(links.self);
  });

  it("deploys what the blueprint language makes of a blueprint, and shows all of it", async () => {
    const deployed = await api.inject({ method: "POST", url: "/v1/applications", payload: "name: Group\nservices:\n- type: org.apache.brooklyn.entity.stock.BasicStartable\n  brooklyn.config: { some.key: 1 }\n" });
    expect(deployed.statusCode).toBe(201);
    const { id, entityId } = deployed.json();
    await api.inject(`/v1/activities/${id}?timeout=never`);
    for (const entity of await get(`/v1/applications/${entityId}/descendants`)) {
      for (const path of ["sensors", "sensors/current-state", "config", "config/current-state", "effectors", "adjuncts", "policies", "activities", "locations", "tags", "relations"]) await get(`${entity.links.self}/${path}`);
    }
    await get("/v1/applications/details?depth=-1&sensors=*&config=*");
    await get("/v1/overview");
  });

  it("refuses YAML that does not parse with its line and column", async () => {
    const answer = await api.inject({ method: "POST", url: "/v1/applications", payload: "name: A\nservices:\n- type: [\n" });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ message: expect.stringMatching(/^Invalid YAML/), data: { code: "invalid-yaml", line: expect.any(Number), column: expect.any(Number) } });
  });
});
