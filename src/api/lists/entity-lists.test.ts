import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";
import type { Entity } from "../../model/entity.ts";
import { SERVICE_STATE, SERVICE_UP } from "../../software/stock/attributes.ts";
import { entityDetail, entitySummary } from "../shapes/entity-summary.ts";

const api = useApi();

const TREE = `
name: Shop
services:
- { type: basic-entity, name: Tier A, brooklyn.children: [{ type: test-service, name: "Wéb 1" }, { type: test-service, name: Web 2 }] }
- { type: basic-entity, name: "Tier \\"B\\"" }
`;

/** What is asked for again and again while the plane changes, with what the answer must be, made afresh. */
function lists(app: Entity): [string, () => unknown][] {
  const { plane } = api().server;
  const trees = () => plane.applications().map((each) => entityDetail(each, { depth: -1 }));
  const sensors = (each: Entity) => ({ creationTimeUtc: each.createdAt, sensors: each.get(SERVICE_STATE) === undefined ? {} : { "service.state": each.get(SERVICE_STATE) } });
  return [
    ["/v1/applications/fetch", trees],
    ["/v1/applications/fetch?limit=1", () => trees().slice(0, 1)],
    ["/v1/applications/fetch?sensors=service.state", () => plane.applications().map((each) => entityDetail(each, { depth: -1, extra: sensors }))],
    [`/v1/applications/${app.id}/entities`, () => app.children.map((each) => entitySummary(each))],
    [`/v1/applications/${app.id}/descendants`, () => [...app.descendants()].map((each) => entitySummary(each))],
    [`/v1/applications/${app.id}/descendants?from=1&limit=2`, () => [...app.descendants()].slice(1, 3).map((each) => entitySummary(each))],
    [`/v1/applications/${app.id}/descendants?typeRegex=.*Basic.*`, () => [...app.descendants()].filter(({ typeName }) => typeName.includes("Basic")).map((each) => entitySummary(each))],
  ];
}

/** A client as it should be: it says which answer it has, and goes on with that one when it is told that nothing changed. */
class Client {
  readonly #known = new Map<string, { tag: string; body: unknown }>();

  async read(url: string): Promise<unknown> {
    const known = this.#known.get(url);
    const answer = await api().get(url, known === undefined ? {} : { "if-none-match": known.tag });
    if (answer.statusCode === 304) return known?.body;
    const body: unknown = answer.json();
    this.#known.set(url, { tag: String(answer.headers["etag"]), body });
    return body;
  }
}

async function expectFresh(app: Entity, client: Client): Promise<void> {
  for (const [url, expected] of lists(app)) {
    const wanted: unknown = JSON.parse(JSON.stringify(expected()));
    expect([url, await client.read(url)]).toEqual([url, wanted]);
    // Now it is ready-made.
    expect([url, (await api().get(url)).json()]).toEqual([url, wanted]);
  }
}

async function deployed(): Promise<{ app: Entity; find: (name: string) => Entity }> {
  const { plane } = api().server;
  const { app: id } = await api().deployed(TREE);
  const app = plane.entity(id);
  if (app === undefined) throw new Error("Not deployed");
  const find = (name: string): Entity => [...app.descendants()].find(({ displayName }) => displayName === name) ?? app;
  return { app, find };
}

describe("EntityLists", () => {
  it("answers what is, after each change that shows", async () => {
    const { app, find } = await deployed();
    const { plane, applications } = api().server;
    const client = new Client();
    const [web, other, tier] = [find("Wéb 1"), find("Web 2"), find("Tier A")];
    const changes: (() => unknown)[] = [
      () => {},
      () => web.set(SERVICE_UP, false),
      () => web.set(SERVICE_STATE, "ON_FIRE"),
      () => tier.addMember(web),
      () => web.rename("Renamed"),
      () => app.rename("Store"),
      () => tier.removeMember(web),
      () => plane.reparent(web, find('Tier "B"')),
      () => tier.addMember(other),
      () => plane.unmanage(other),
      async () => (await applications.addChildren(tier, "services: [{ type: basic-entity, name: New }]")).start?.result,
      () => api().deployed("name: Second\nservices: [{ type: basic-entity, name: Alone }]"),
      () => plane.reparent(tier, plane.applications()[1] ?? app),
      () => plane.reparent(tier, app),
      () => plane.unmanage(plane.applications()[1] ?? app),
    ];
    for (const change of changes) {
      await change();
      await expectFresh(app, client);
    }
  });

  it("answers 304 while what changes does not show, and the other application's lists too", async () => {
    const { app, find } = await deployed();
    const url = `/v1/applications/${app.id}/descendants`;
    const [list, tree] = [await api().get(url), await api().get("/v1/applications/fetch")];
    const web = find("Wéb 1");
    const port = web.sensor("http.port") ?? web.sensor("main.uri");
    if (port === undefined) throw new Error("The service has no sensor to change");
    web.set(port, "http://127.0.0.1:1/");
    expect((await api().get("/v1/applications/fetch", { "if-none-match": String(tree.headers["etag"]) })).statusCode).toBe(304);
    await api().deployed("name: Second\nservices: [{ type: basic-entity, name: Alone }]");
    expect((await api().get(url, { "if-none-match": String(list.headers["etag"]) })).statusCode).toBe(304);
    expect((await api().get("/v1/applications/fetch", { "if-none-match": String(tree.headers["etag"]) })).statusCode).toBe(200);
  });

  it("is whole and true when the tree changes while it is made", async () => {
    const services = Array.from({ length: 3_000 }, (_, index) => `- { type: basic-entity, name: e${index} }`).join("\n");
    const { app: id } = await api().deployed(`name: Many\nservices:\n${services}`);
    const { plane } = api().server;
    const app = plane.entity(id);
    if (app === undefined) throw new Error("Not deployed");
    // Nothing is ready: these are made over several turns of the event loop.
    const answers = Promise.all([api().get("/v1/applications/fetch"), api().get(`/v1/applications/${id}/descendants`)]);
    const gone = app.children.slice(0, 10);
    const removing = (async () => {
      for (const each of gone) {
        await new Promise((resolve) => setImmediate(resolve));
        plane.unmanage(each);
      }
    })();
    const [tree, all] = await answers;
    await removing;
    const names = tree.json<{ children: { name: string }[] }[]>()[0]?.children.map(({ name }) => name) ?? [];
    const listed = all.json<{ name: string }[]>().map(({ name }) => name);
    for (const known of [names, listed]) {
      expect(new Set(known).size).toBe(known.length);
      expect(known).toEqual(expect.arrayContaining(["e10", "e2999"]));
    }
  });
});
