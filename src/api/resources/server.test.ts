import { describe, expect, it } from "vitest";
import { ApiHarness, BLUEPRINT, useApi } from "../../../test/support/api-harness.ts";

const api = useApi({ properties: { "some.key": "some value", "some.password": "hunter2" } });

describe("server", () => {
  it("says what it is and how it is", async () => {
    expect((await api().get("/v1/server/version")).json()).toEqual({ version: "0.1.0-test", buildSha1: "abc", buildBranch: "main", features: [] });
    expect((await api().get("/v1/server/up")).json()).toBe(true);
    expect((await api().get("/v1/server/healthy")).json()).toBe(true);
    expect((await api().get("/v1/server/shuttingDown")).json()).toBe(false);
    expect((await api().get("/v1/server/ha/state")).body).toBe('"MASTER"');
    expect((await api().get("/v1/server/planeid")).body).toBe("Plane123");
    expect(await api().get("/v1/server/user")).toMatchObject({ statusCode: 204, body: "" });
    const extended = (await api().get("/v1/server/up/extended")).json();
    expect(extended).toMatchObject({ up: true, ha: { planeId: "Plane123", masterId: extended.ha.ownId } });
    expect((await api().get("/v1/server/config/some.key")).body).toBe('"some value"');
    expect((await api().get("/v1/server/config/some.password")).statusCode).toBe(403);
    expect((await api().get("/v1/server/config/none")).statusCode).toBe(204);
    expect((await api().get("/v1/access")).json()).toEqual({ locationProvisioningAllowed: true, links: { self: "/v1/access" } });
    expect((await api().post("/v1/logout?unauthorize")).statusCode).toBe(401);
    expect((await api().post("/v1/server/shutdown")).statusCode).toBe(403);
  });

  it("answers what it does not have as 404 in Brooklyn's shape", async () => {
    const answer = await api().get("/v1/nothing");
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ message: "There is nothing at GET /v1/nothing", error: 404 });
    expect((await api().get("/v1/applications/%zz")).json()).toMatchObject({ error: 400, message: expect.any(String) });
  });

  it("describes itself in OpenAPI 3.1 with every route", async () => {
    const document = (await api().get("/v1/openapi.json")).json();
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toContain("/v1/applications/{application}/entities/{entity}/effectors/{effector}");
    expect(document.components.schemas).toHaveProperty("TaskSummary");
    expect(document.paths["/v1/applications"].post.requestBody.content).toHaveProperty("application/yaml");
  });

  it("refuses changes, and reading of entities, until it is ready", async () => {
    const starting = await ApiHarness.start({ isReady: false });
    expect((await starting.post("/v1/applications", BLUEPRINT)).json()).toMatchObject({ error: 403, message: "This request is only permitted against an active primary Brooklyn server" });
    expect((await starting.get("/v1/applications")).statusCode).toBe(403);
    expect((await starting.get("/v1/server/up")).json()).toBe(false);
    expect((await starting.get("/v1/server/ha/state")).json()).toBe("INITIALIZING");
    await starting.close();
  });
});
