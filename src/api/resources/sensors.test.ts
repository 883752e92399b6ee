import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

describe("sensors", () => {
  it("are listed by name, with a link that opens URLs", async () => {
    const { at } = await api().deployed();
    const sensors = (await api().get(`${at}/sensors`)).json();
    const names = sensors.map((each: { name: string }) => each.name);
    expect(names).toEqual(names.toSorted());
    expect(sensors.find((each: { name: string }) => each.name === "main.uri").links["action:open"]).toBe("http://127.0.0.1:49153/");
  });

  it("are read as JSON, as text, as nothing, or not known", async () => {
    const { at } = await api().deployed();
    expect((await api().get(`${at}/sensors/service.isUp`, { accept: "application/json, text/plain" })).body).toBe("true");
    expect((await api().get(`${at}/sensors/main.uri`)).body).toBe('"http://127.0.0.1:49153/"');
    const text = await api().get(`${at}/sensors/main.uri`, { accept: "text/plain" });
    expect(text.body).toBe("http://127.0.0.1:49153/");
    expect(text.headers["content-type"]).toContain("text/plain");
    expect((await api().get(`${at}/sensors/test.unset`)).statusCode).toBe(204);
    const unknown = await api().get(`${at}/sensors/test.cuont`);
    expect(unknown.statusCode).toBe(404);
    expect(unknown.json().message).toBe(`Sensor 'test.cuont' not known. Did you mean "test.count"?`);
  });

  it("show what an entity is meant to be for people, and as it is when raw values are asked for", async () => {
    const { app } = await api().deployed();
    const at = `/v1/applications/${app}/entities/${app}/sensors`;
    expect((await api().get(`${at}/current-state`)).json()["service.state.expected"]).toMatch(/^running @ \d+ \/ /);
    expect((await api().get(`${at}/current-state?raw=true`)).json()["service.state.expected"]).toEqual({ state: "RUNNING", timestampUtc: expect.any(Number) });
    expect((await api().get(`${at}/service.state.expected?useDisplayHints=false`)).json()).toMatchObject({ state: "RUNNING" });
  });

  it("are set through their types, singly and together, and cleared", async () => {
    const { at } = await api().deployed();
    expect((await api().post(`${at}/sensors/test.wait.actual`, '"5m"')).statusCode).toBe(204);
    expect((await api().post(`${at}/sensors`, { "test.count": "7", "test.db.password": "hunter2", dynamic: { a: 1 } })).statusCode).toBe(204);
    expect((await api().get(`${at}/sensors/current-state`)).json()).toMatchObject({ "test.wait.actual": "5m", "test.count": 7, dynamic: { a: 1 }, "test.db.password": expect.stringMatching(/^<suppressed>/) });
    expect((await api().post(`${at}/sensors/test.count`, '"many"')).statusCode).toBe(400);
    expect((await api().delete(`${at}/sensors/test.count`)).statusCode).toBe(204);
    expect((await api().get(`${at}/sensors/test.count`)).statusCode).toBe(204);
    expect((await api().post(`${at}/sensors/service.problems`, "{}")).statusCode).toBe(204);
  });
});
