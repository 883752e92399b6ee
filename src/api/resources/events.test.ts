import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiHarness } from "../../../test/support/api-harness.ts";
import { SseClient } from "../../../test/support/sse-client.ts";
import { MAIN_URI } from "../../software/stock/attributes.ts";

let api: ApiHarness;
let url: string;
const clients: SseClient[] = [];

beforeEach(async () => {
  api = await ApiHarness.start();
  url = `${await api.api.listen({ host: "127.0.0.1", port: 0 })}/v1/events`;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await api.close();
});

async function open(query = "", headers: Record<string, string> = {}): Promise<SseClient> {
  const client = await SseClient.open(url + query, headers);
  clients.push(client);
  return client;
}

describe("GET /v1/events", () => {
  it("tells of entities, sensors and tasks as they happen, with growing ids", async () => {
    const client = await open();
    expect(client.response.headers["content-type"]).toContain("text/event-stream");
    const { web } = await api.deployed();
    await client.next(({ name, data }) => name === "task" && data["phase"] === "ended" && data["displayName"] === "start" && data["entityId"] === web);
    expect(client.events[0]?.name).toBe("hello");
    expect(client.events.find(({ name, data }) => name === "entity-added" && data["entityId"] === web)?.data).toMatchObject({ name: "Web Front" });
    expect(client.events.find(({ data }) => data["sensor"] === "main.uri")?.data).toMatchObject({ entityId: web, value: "http://127.0.0.1:49153/" });
    const ids = client.events.map(({ id }) => id ?? 0);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it("tells only of the application and the kinds asked for", async () => {
    const { app } = await api.deployed();
    const client = await open(`?application=shop&kinds=task`);
    await api.deployed("name: Other\nservices: [{type: test-service}]");
    await api.post(`/v1/applications/${app}/entities/Web%20Front/effectors/say`);
    await client.next(({ data }) => data["phase"] === "ended");
    expect(new Set(client.events.slice(1).map(({ name }) => name))).toEqual(new Set(["task"]));
    expect(new Set(client.events.slice(1).map(({ data }) => data["applicationId"]))).toEqual(new Set([app]));
    expect((await fetch(`${url}?kinds=nothing`)).status).toBe(400);
    expect((await fetch(`${url}?application=nothing`)).status).toBe(404);
  });

  it("goes on after the last event that the reader has", async () => {
    const first = await open("?kinds=entity");
    await api.deployed();
    const seen = await first.next(({ name }) => name === "entity-added");
    first.close();
    const again = await open("?kinds=entity", { "last-event-id": String(seen.id) });
    const next = await again.next(({ name, id }) => name === "entity-added" && id !== undefined);
    expect(next.id).toBeGreaterThan(seen.id ?? 0);
    expect(again.events.map(({ name }) => name)).not.toContain("reset");
  });

  it("says that the state has to be read again when the number is not known", async () => {
    for (const unknown of ["1", "99999999999999999", "nonsense"]) {
      const client = await open("", { "last-event-id": unknown });
      expect((await client.next(({ name }) => name === "reset")).data["reason"]).toContain("read the state again");
    }
  });

  it("suppresses secrets", async () => {
    const { at } = await api.deployed();
    const client = await open("?kinds=sensor");
    await api.post(`${at}/sensors/test.db.password`, '"hunter2"');
    const event = await client.next(({ data }) => data["sensor"] === "test.db.password");
    expect(event.data["value"]).toMatch(/^<suppressed>/);
  });

  it("drops a reader that is too slow with a way to resume, and coalesces one sensor's changes for one that lags", async () => {
    const { web } = await api.deployed();
    const entity = api.server.plane.entity(web);
    const lagging = await open("?kinds=sensor");
    const slow = await open("?kinds=sensor,task");
    await Promise.all([lagging.next(({ name }) => name === "hello"), slow.next(({ name }) => name === "hello")]);
    lagging.response.pause();
    slow.response.pause();
    const filling = "x".repeat(100_000);
    for (let i = 0; i < 400; i++) entity?.set(MAIN_URI, `http://${i}/${filling}`);
    for (let i = 0; i < 3_000; i++) await api.server.plane.submit(entity, `task ${i}`, async () => {}).result;
    slow.response.resume();
    lagging.response.resume();
    const farewell = await slow.next(({ name }) => name === "overflow");
    await slow.ended;
    expect(farewell.data["resume"]).toContain("Last-Event-ID");
    expect(farewell.id).toBe(slow.events.at(-2)?.id);
    const last = await lagging.next(({ data }) => String(data["value"]).startsWith("http://399/"));
    expect(lagging.events.length).toBeLessThan(400);
    expect(last.id).toBeDefined();
  });

  it("ends when the server closes", async () => {
    const client = await open();
    await client.next(({ name }) => name === "hello");
    await api.api.close();
    await client.ended;
  });
});
