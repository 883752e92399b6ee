import { describe, expect, it } from "vitest";
import { BLUEPRINT, useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

describe("POST /v1/applications", () => {
  it.each([
    ["application/json", BLUEPRINT],
    ["application/yaml", BLUEPRINT],
    ["text/plain", BLUEPRINT],
    ["yaml", BLUEPRINT],
    ["application/octet-stream; charset", BLUEPRINT],
    ["application/x-www-form-urlencoded", BLUEPRINT],
    ["application/x-www-form-urlencoded", new URLSearchParams({ plan: BLUEPRINT, format: "brooklyn-camp" }).toString()],
    ["application/json", JSON.stringify({ name: "Shop", services: [{ type: "test-service" }] })],
    ["multipart/form-data; boundary=xx", `--xx\r\nContent-Disposition: form-data; name="plan"\r\n\r\n${BLUEPRINT}\r\n--xx--\r\n`],
  ])("takes a plan as %s", async (type, payload) => {
    const answer = await api().post("/v1/applications", payload, { "content-type": type });
    expect(answer.statusCode).toBe(201);
    const task = answer.json();
    expect(task).toMatchObject({ entityDisplayName: "Shop", isError: false, links: { self: `/v1/activities/${task.id}` } });
    expect(answer.headers.location).toBe(`http://localhost:80/v1/applications/${task.entityId}`);
    expect(answer.headers["cache-control"]).toBe("no-cache, no-store");
  });

  it("fetches a plan that is a web address, and no other address", async () => {
    expect((await api().post("/v1/applications", "http://example.org/plan.yaml", { "content-type": "text/plain" })).statusCode).toBe(201);
    expect((await api().post("/v1/applications", "file:///etc/passwd", { "content-type": "text/plain" })).statusCode).toBe(400);
  });

  it("tells a wrong plan from YAML that does not parse, with place and remedy", async () => {
    const unknown = await api().post("/v1/applications", "services: [{type: test-servise}]");
    expect(unknown.statusCode).toBe(400);
    expect(unknown.json()).toMatchObject({
      error: 400,
      message: 'Error in blueprint: There is no type "test-servise". Did you mean "test-service"?',
      data: { code: "unknown-type", remedy: 'Did you mean "test-service"?' },
    });
    const broken = await api().post("/v1/applications", "services: [", { "content-type": "application/json" });
    expect(broken.json()).toMatchObject({ error: 400, message: expect.stringMatching(/^Invalid YAML: /), data: { line: 1, column: 1 } });
    const nowhere = await api().post("/v1/applications", "location: tset:here\nservices: [{type: test-service}]");
    expect(nowhere.json()).toMatchObject({ error: 400, message: expect.stringMatching(/^Error in blueprint: Unknown location 'tset:here'/) });
    expect((await api().post("/v1/applications", "")).statusCode).toBe(400);
    expect((await api().get("/v1/applications")).json()).toEqual([]);
  });

  it("passes warnings on in a header that is plain ASCII", async () => {
    const answer = await api().post("/v1/applications", "warn: true\nservices: [{type: test-service}]");
    expect(answer.headers["warning"]).toBe('199 clocker "?nknown key"');
  });

  it("says no to success that the store did not keep", async () => {
    api().server.breakStore();
    const answer = await api().post("/v1/applications", BLUEPRINT);
    expect(answer.statusCode).toBe(500);
    expect(answer.json().message).toContain("the disk is full");
  });
});

describe("applications", () => {
  it("are found by id, and by name in any case", async () => {
    const { app } = await api().deployed();
    expect((await api().get("/v1/applications/shop")).json()).toEqual({
      id: app,
      spec: { name: "Shop", type: "org.apache.brooklyn.entity.stock.BasicApplication", locations: [expect.any(String)] },
      status: "RUNNING",
      links: { self: `/v1/applications/${app}`, entities: `/v1/applications/${app}/entities` },
    });
    expect((await api().get("/v1/applications")).json()).toHaveLength(1);
    expect((await api().get("/v1/applications?typeRegex=org.none.*")).json()).toEqual([]);
    const missing = await api().get("/v1/applications/shopp");
    expect(missing.statusCode).toBe(404);
    expect(missing.json()).toMatchObject({ error: 404, message: `Application 'shopp' not found. Did you mean "Shop"?` });
  });

  it("are told apart by id where several have one name: none is taken by chance", async () => {
    const [{ app: first }, { app: second }] = [await api().deployed(), await api().deployed()];
    for (const method of ["GET", "DELETE"] as const) {
      const answer = await api().api.inject({ method, url: "/v1/applications/Shop" });
      expect([answer.statusCode, answer.json().message]).toEqual([409, expect.stringMatching(/^2 applications are called 'Shop'/)]);
      expect(answer.body).toContain(first);
      expect(answer.body).toContain(second);
    }
    expect((await api().get(`/v1/applications/${second}`)).statusCode).toBe(200);
  });

  it("are given whole by fetch, with chosen sensors, and items with their ancestors appended", async () => {
    const { app, web } = await api().deployed();
    const [tree] = (await api().get("/v1/applications/fetch")).json();
    expect(tree).toMatchObject({ id: app, applicationId: app, children: [{ id: web, name: "Web Front", parentId: app, children: [], serviceState: "RUNNING", serviceUp: true, groupIds: [], members: [] }, { name: "Notes" }] });
    expect(tree.sensors).toBeUndefined();
    const all = (await api().get(`/v1/applications/fetch?items=${web}&sensors=${encodeURIComponent('["main.uri"]')}`)).json();
    expect(all.map((each: { id: string }) => each.id)).toEqual([app, web]);
    expect(all[1].sensors).toEqual({ "main.uri": "http://127.0.0.1:49153/" });
  });

  it("are given by details as deep as asked for", async () => {
    const { app, web } = await api().deployed();
    const [shallow] = (await api().get("/v1/applications/details?depth=0&config=*wrapper*")).json();
    expect(shallow).toMatchObject({ id: app, config: { "brooklyn.wrapper_app": true }, tags: [{ kind: "yaml_spec" }], creationTimeUtc: expect.any(Number) });
    expect(shallow.children).toBeUndefined();
    const only = (await api().get(`/v1/applications/details?includeAllApps=false&items=${web}&sensors=test.*`)).json();
    expect(only).toHaveLength(1);
  });

  it("are deleted with 202 and the task, and are gone when it ends", async () => {
    const { app } = await api().deployed();
    const answer = await api().delete("/v1/applications/shop");
    expect(answer.statusCode).toBe(202);
    await api().get(`/v1/activities/${answer.json().id}?timeout=never`);
    expect((await api().get(`/v1/applications/${app}`)).statusCode).toBe(404);
  });

  it("list descendants and a sensor of all of them", async () => {
    const { app, web } = await api().deployed();
    expect((await api().get(`/v1/applications/${app}/descendants?typeRegex=org.example.*`)).json()).toHaveLength(1);
    expect((await api().get(`/v1/applications/${app}/descendants/sensor/main.uri`)).json()).toEqual({ [web]: "http://127.0.0.1:49153/" });
  });
});
