import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { BLUEPRINT, useApi } from "../../../test/support/api-harness.ts";

const api = useApi();
const JSON_TYPE = { "content-type": "application/json" };

describe("PUT /v1/applications/{id}", () => {
  const put = (id: string) => api().api.inject({ method: "PUT", url: `/v1/applications/${id}`, payload: BLUEPRINT, headers: { "content-type": "application/x-yaml" } });

  it("makes an application with that id, once", async () => {
    const first = await put("myapp12345");
    expect([first.statusCode, first.json().entityId]).toEqual([201, "myapp12345"]);
    const again = await put("myapp12345");
    expect([again.statusCode, again.json().message]).toEqual([409, "Error launching blueprint, id already exists: 'myapp12345'"]);
    expect((await put("Not an id")).statusCode).toBe(400);
    expect((await api().get("/v1/applications")).json()).toHaveLength(1);
  });
});

describe("POST /v1/locations", () => {
  const define = (body: object) => api().post("/v1/locations", body);

  it("defines a location that blueprints can name, and DELETE takes it back", async () => {
    const made = await define({ name: "mine", spec: "test:mine", config: { user: "bob", password: "hunter2" } });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({ name: "mine", spec: "test:mine", config: { user: "bob", password: expect.stringMatching(/^<suppressed>/) } });
    expect((await api().get("/v1/locations")).json().map((each: { name: string }) => each.name)).toEqual(["mine", "named-place"]);
    expect((await api().get("/v1/catalog/locations/mine")).body).not.toContain("hunter2");
    expect((await define({ name: "mine", spec: "test:mine" })).statusCode).toBe(409);
    expect((await define({ name: "other", spec: "nowhere:at-all" })).statusCode).toBe(400);
    expect((await define({ name: "bad name", spec: "test" })).statusCode).toBe(400);
    const { app } = await api().deployed(BLUEPRINT.replace("test:here", "mine"));
    const [id] = (await api().get(`/v1/applications/${app}`)).json().spec.locations;
    expect((await api().get(`/v1/locations/${id}`)).json().spec).toBe("test:mine");
    expect((await api().delete("/v1/locations/mine")).statusCode).toBe(204);
    expect((await api().delete("/v1/locations/mine")).statusCode).toBe(404);
    expect((await api().delete("/v1/locations/named-place")).statusCode).toBe(403);
  });

  it("LocatedLocations has those with coordinates, with their leaves", async () => {
    await define({ name: "berlin", spec: "test:berlin", config: { latitude: 52.5, longitude: "13.4" } });
    await api().deployed(BLUEPRINT.replace("test:here", "berlin"));
    const located = Object.values((await api().get("/v1/locations/usage/LocatedLocations")).json());
    expect(located).toMatchObject([{ latitude: 52.5, longitude: 13.4, leafEntityCount: expect.any(Number) }]);
  });
});

describe("adjuncts", () => {
  it("have activities, an icon, and config that can be set where the type allows it", async () => {
    const { at } = await api().deployed();
    const [policy] = (await api().get(`${at}/adjuncts`)).json();
    expect((await api().get(`${at}/adjuncts/${policy.id}/activities?limit=5&recurse=true`)).json()).toEqual([]);
    expect((await api().get(`${at}/adjuncts/${policy.id}/icon`)).statusCode).toBe(204);
    const refused = await api().post(`${at}/adjuncts/${policy.id}/config/policy.size`, "9", JSON_TYPE);
    expect([refused.statusCode, refused.json().message]).toEqual([400, expect.stringContaining('Cannot change "policy.size"')]);
    expect((await api().post(`${at}/policies/${policy.id}/config/nope`, "9", JSON_TYPE)).statusCode).toBe(404);
  });
});

describe("usage, logbook, pages, names of 2014", () => {
  it("usage has the states of applications, those that are gone included, within the span that is asked for", async () => {
    const { app } = await api().deployed();
    const statuses = async (query = "") => (await api().get(`/v1/usage/applications/${app}${query}`)).json().statistics.map(({ status }: { status: string }) => status);
    expect(await statuses()).toEqual(["ACCEPTED", "STARTING", "RUNNING"]);
    const removed = (await api().delete(`/v1/applications/${app}`)).json();
    await api().get(`/v1/activities/${removed.id}?timeout=never`);
    expect((await statuses()).at(-1)).toBe("DESTROYED");
    const [usage] = (await api().get("/v1/usage/applications?start=0&end=4000000000000")).json();
    expect(usage).toMatchObject({ links: {}, statistics: expect.arrayContaining([{ status: "RUNNING", id: app, applicationId: app, start: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/), end: expect.any(String), duration: expect.any(Number), metadata: { displayName: "Shop", type: expect.any(String) } }]) });
    expect(await statuses("?end=2020-01-01T00:00:00Z")).toEqual([]);
    expect(await statuses("?start=2020-01-01&end=2999-01-01T00:00:00%2B01:00")).toHaveLength((await statuses()).length);
    expect((await api().get(`/v1/usage/applications?start=2020-01-02&end=2020-01-01`)).json()).toMatchObject({ error: 400, message: expect.stringContaining("Start must be less than or equal to end") });
    expect((await api().get("/v1/usage/machines")).json()).toEqual([]);
    expect([(await api().get("/v1/usage/machines/nope")).statusCode, (await api().get("/v1/usage/applications/nope")).statusCode]).toEqual([404, 404]);
  });

  it("logbook finds lines by level, phrase and time, and shows no secret", async () => {
    const { log } = api().server;
    log.warn({ entityId: "abc", password: "hunter2" }, "Something odd");
    log.info({}, "token: hunter2 password: hunter2");
    const search = async (body: object) => (await api().post("/v1/logbook", body)).json();
    expect(await search({ levels: ["WARN"], tail: true, numberOfItems: 1 })).toMatchObject([{ level: "WARN", message: expect.stringContaining("Something odd"), entityIds: ["abc"] }]);
    expect(JSON.stringify(await search({ levels: ["WARN"] }))).not.toContain("hunter2");
    expect(await search({ searchPhrase: "SOMETHING", entityId: "abc" })).toHaveLength(1);
    expect(await search({ searchPhrase: "something", entityId: "other" })).toEqual([]);
    expect(await search({ dateTimeFrom: "2999-01-01T00:00:00Z" })).toEqual([]);
    expect((await api().post("/v1/logbook", { numberOfItems: -1 })).statusCode).toBe(400);
  });

  it("pages get their registries and the description", async () => {
    expect((await api().get("/v1/ui-module-registry")).json()).toMatchObject([{ name: "REST API", path: "/docs" }, { name: "Status", path: "/" }]);
    expect((await api().get("/v1/ui-metadata-registry?type=location")).json()).toHaveProperty("location.localhost.name");
    expect((await api().get("/v1/ui-metadata-registry?type=location&id=byon")).json()).toEqual({ location: { byon: { name: expect.any(String) } } });
    expect((await api().get("/v1/ui-metadata-registry?type=entity")).json()).toEqual({});
    expect((await api().get("/v1/apidoc/swagger.json")).json().paths).toHaveProperty("/v1/applications/{application}");
    expect((await api().get("/v1/apidoc/swagger.yaml")).body).toContain('swagger: "2.0"');
  });

  it("old names answer", async () => {
    const { app, at } = await api().deployed();
    expect((await api().get("/v1/version")).body).toBe("0.1.0-test");
    expect((await api().get("/v1/server/status")).body).toBe("MASTER");
    expect((await api().get("/v1/server/highAvailability")).json()).toHaveProperty("masterId");
    expect((await api().get("/v1/applications/tree")).json()).toMatchObject([{ id: app }]);
    expect((await api().get(`${at}/entities`)).json()).toEqual([]);
  });

  it("state is exported as an archive of JSON files", async () => {
    const { app } = await api().deployed();
    const files = unzipSync((await api().get("/v1/server/ha/persist/export")).rawPayload);
    expect(JSON.parse(strFromU8(files[`entity/${app}.json`] ?? new Uint8Array()))).toMatchObject({ displayName: "Shop" });
  });
});
