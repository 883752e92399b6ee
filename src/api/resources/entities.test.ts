import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

describe("entities", () => {
  it("are found by id, by name with blanks, and the application itself counts", async () => {
    const { app, web } = await api().deployed();
    const answer = await api().get("/v1/applications/Shop/entities/Web%20Front");
    expect(answer.json()).toMatchObject({ id: web, name: "Web Front", type: "org.example.TestService", links: { self: `/v1/applications/${app}/entities/${web}`, parent: `/v1/applications/${app}/entities/${app}`, expunge: expect.any(String) } });
    expect((await api().get(`/v1/applications/${app}/entities/${app}`)).json().id).toBe(app);
    expect((await api().get(`/v1/applications/${app}/entities/nope`)).statusCode).toBe(404);
  });

  it("of another application are refused with 412", async () => {
    const { web } = await api().deployed();
    const other = await api().deployed("name: Other\nservices: [{type: test-service}]");
    expect((await api().get(`/v1/applications/${other.app}/entities/${web}`)).statusCode).toBe(412);
  });

  it("get children, started unless told otherwise", async () => {
    const { at } = await api().deployed();
    const answer = await api().post(`${at}/children?start=true&timeout=20ms`, "type: test-service\nname: Extra", { "content-type": "application/json" });
    expect(answer.statusCode).toBe(201);
    const [child] = (await api().get(`${at}/children`)).json();
    expect(answer.headers.location).toMatch(new RegExp(`/entities/${child.id}$`));
    const still = await api().post(`${at}/children?start=false`, "type: test-service");
    expect(still.statusCode).toBe(201);
    const bad = await api().post(`${at}/children`, "type: nope");
    expect(bad.json().message).toMatch(/^Error in blueprint: /);
  });

  it("are renamed, and tell their locations, relations, blueprint and tags", async () => {
    const { at, app } = await api().deployed();
    expect((await api().post(`${at}/name?name=Front`)).statusCode).toBe(200);
    expect((await api().get(at)).json().name).toBe("Front");
    const root = `/v1/applications/${app}/entities/${app}`;
    expect((await api().get(`${root}/locations`)).json()).toMatchObject([{ spec: "test:here", type: "org.example.TestLocation" }]);
    expect((await api().get(`${at}/relations`)).json()).toEqual([]);
    const spec = await api().get(`${root}/spec`);
    expect(spec.headers["content-type"]).toContain("text/plain");
    expect(spec.body).toContain("Web Front");
    expect(spec.body).not.toContain("hunter2");
    expect((await api().get(`${at}/spec`)).statusCode).toBe(204);
    expect((await api().get(`${root}/tags`)).body).not.toContain("hunter2");
    expect((await api().post(`${at}/tag/add`, '{"a":1}')).statusCode).toBe(204);
    expect((await api().post(`${at}/tag/upsert/a`, "2")).statusCode).toBe(204);
    expect((await api().get(`${at}/tag/get/a`)).json()).toBe(2);
    expect((await api().get(`${at}/tag/get/b`)).json()).toBeNull();
    expect((await api().post(`${at}/tag/delete`, '{"a":2}')).json()).toBe(true);
    expect((await api().get(`${at}/tags`)).json()).toEqual([]);
    expect((await api().get(`${at}/icon`)).statusCode).toBe(204);
  });

  it("are expunged with 202", async () => {
    const { at } = await api().deployed();
    const answer = await api().post(`${at}/expunge?release=true&timeout=0`);
    expect(answer.statusCode).toBe(202);
    await api().get(`/v1/activities/${answer.json().id}?timeout=never`);
    expect((await api().get(at)).statusCode).toBe(404);
  });

  it("list their tasks without results", async () => {
    const { at } = await api().deployed();
    const tasks = (await api().get(`${at}/activities`)).json();
    expect(tasks.map((task: { displayName: string }) => task.displayName)).toContain("launch");
    expect(tasks[0]).not.toHaveProperty("result");
    expect((await api().get(`${at}/activities/${tasks[0].id}`)).json()).toHaveProperty("detailedStatus");
    expect((await api().get(`${at}/activities?limit=1`)).json()).toHaveLength(1);
  });
});
