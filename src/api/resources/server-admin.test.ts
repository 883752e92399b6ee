import { afterEach, describe, expect, it } from "vitest";
import { ApiHarness, BLUEPRINT, useApi } from "../../../test/support/api-harness.ts";
import { createApi } from "../api.ts";
import { rulesWith } from "../security/access-rules.ts";
import { gateOf } from "../security/users.ts";

const api = useApi();
const P = "brooklyn.webconsole.security.";
const withUsers = (users: Record<string, string>, more: Record<string, string> = {}) => ({ [`${P}users`]: Object.keys(users).join(","), ...Object.fromEntries(Object.entries(users).map(([user, password]) => [`${P}user.${user}.password`, password])), ...more });
const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` });

describe("POST /access/locationProvisioningAllowed", () => {
  it("forbids and allows, durably, and says so", async () => {
    const allowed = async () => (await api().get("/v1/access")).json();
    expect(await allowed()).toEqual({ locationProvisioningAllowed: true, links: { self: "/v1/access" } });
    expect((await api().post("/v1/access/locationProvisioningAllowed?allowed=false")).statusCode).toBe(200);
    expect(await allowed()).toMatchObject({ locationProvisioningAllowed: false });
    const stored: string[] = [];
    for await (const { kind, data } of api().server.records()) if (kind === "access") stored.push(JSON.stringify(data));
    expect(stored).toEqual(['{"allowed":false}']);
    await api().post("/v1/access/locationProvisioningAllowed?allowed=true");
    expect(await allowed()).toMatchObject({ locationProvisioningAllowed: true });
  });

  it.each(["", "?allowed=", "?allowed=perhaps"])("refuses %j", async (query) => {
    expect((await api().post(`/v1/access/locationProvisioningAllowed${query}`)).json()).toMatchObject({ error: 400, message: expect.stringContaining("allowed") });
  });
});

describe("POST /script/groovy", () => {
  it("is refused in the shape that Brooklyn's console shows", async () => {
    const answer = await api().post("/v1/script/groovy", "println 1", { "content-type": "application/text" });
    expect([answer.statusCode, answer.json()]).toEqual([200, { problem: expect.stringContaining("Clocker runs no Groovy") }]);
  });
});

describe("POST /server/shutdown", () => {
  const started = async () => {
    const ended: string[] = [];
    const harness = await ApiHarness.start({}, { shutDown: (reason) => ended.push(reason) });
    const ask = (form: string) => harness.post("/v1/server/shutdown", form, { "content-type": "application/x-www-form-urlencoded" });
    const until = async () => {
      while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    return { harness, ask, ended, until };
  };

  it("ends the server after the answer, applications first where that is asked for", async () => {
    const { harness, ask, ended, until } = await started();
    await harness.deployed();
    expect((await ask("stopAppsFirst=true&delayForHttpReturn=100ms")).statusCode).toBe(204);
    expect([harness.server.plane.applications(), ended]).toEqual([[], []]);
    await until();
    await harness.close();
  });

  it("answers after requestTimeout, and goes on", async () => {
    const { harness, ask, ended, until } = await started();
    const { at } = await harness.deployed();
    const held = harness.post(`${at}/effectors/hold?timeout=0`);
    await held;
    expect((await ask("stopAppsFirst=true&requestTimeout=1ms&shutdownTimeout=0&delayMillis=0")).statusCode).toBe(204);
    expect(ended).toEqual([]);
    harness.server.letGo();
    await until();
    expect(harness.server.plane.applications()).toEqual([]);
    await harness.close();
  });

  it("refuses times that are none", async () => {
    const { harness, ask } = await started();
    for (const form of ["requestTimeout=soon", "shutdownTimeout=soon", "delayForHttpReturn=soon", "delayMillis=x", "stopAppsFirst=perhaps"]) expect((await ask(form)).json()).toMatchObject({ error: 400, message: expect.any(String) });
    await harness.close();
  });
});

describe("high availability of one node", () => {
  it("tells its priority wherever it is shown, and its figures", async () => {
    expect((await api().post("/v1/server/ha/priority", "priority=7", { "content-type": "application/x-www-form-urlencoded" })).json()).toBe(0);
    const { nodes, ownId, masterId } = (await api().get("/v1/server/ha/states")).json();
    expect([nodes[ownId].priority, nodes[ownId].status, masterId]).toEqual([7, "MASTER", ownId]);
    expect((await api().get("/v1/server/ha/metrics")).json()).toMatchObject({ state: "MASTER", uptime: expect.any(String), startTimeUtc: expect.any(Number), highAvailability: { priority: 7, pollPeriod: 1_000, heartbeatTimeout: 30_000, history: [{ state: "MASTER", timestamp: expect.any(Number) }] } });
  });

  it("can only be the master", async () => {
    const to = (mode: string) => api().post("/v1/server/ha/state", { mode });
    expect([(await to("MASTER")).json(), (await to("AUTO")).json(), (await to("STANDBY")).statusCode, (await to("KING")).statusCode]).toEqual(["MASTER", "MASTER", 400, 400]);
    const { ownId } = (await api().get("/v1/server/ha/states")).json();
    expect([(await api().post("/v1/server/ha/states/clear/node", { nodeId: ownId })).statusCode, (await api().post("/v1/server/ha/states/clear/node", { nodeId: "gone" })).statusCode]).toEqual([400, 200]);
  });
});

describe("POST /server/ha/persist/import", () => {
  const archive = async () => (await api().get("/v1/server/ha/persist/export")).rawPayload;

  it("brings what another server exported, as the body or as a file of a form", async () => {
    const { app } = await api().deployed();
    const state = await archive();
    for (const [type, payload] of [["application/zip", state], ["multipart/form-data; boundary=----clocker-test-0123456789abcdef", Buffer.concat([Buffer.from('------clocker-test-0123456789abcdef\r\ncontent-disposition: form-data; name="persistenceStateData"; filename="a.zip"\r\ncontent-type: application/zip\r\n\r\n'), state, Buffer.from("\r\n------clocker-test-0123456789abcdef--\r\n")])]] as const) {
      const other = await ApiHarness.start();
      const answer = await other.api.inject({ method: "POST", url: "/v1/server/ha/persist/import", payload, headers: { "content-type": type } });
      expect([answer.statusCode, answer.json()]).toEqual([200, { applications: [app], bundles: [], skipped: [] }]);
      expect((await other.get(`/v1/applications/${app}/entities`)).json()).toMatchObject([{ name: "Web Front" }, { name: "Notes" }]);
      expect((await other.get(`/v1/applications/${app}/entities/Web%20Front/sensors/service.state`)).json()).toBe("RUNNING");
      expect((await other.get(`/v1/applications/${app}/entities/Web%20Front/policies`)).json()).toMatchObject([{ name: "Test policy" }]);
      expect((await other.get(`/v1/applications/${app}/entities/Web%20Front/activities`)).json().length).toBeGreaterThan(0);
      await other.close();
    }
  });

  it("refuses what is no export, and leaves all as it is", async () => {
    await api().deployed();
    const { zipSync, strToU8 } = await import("fflate");
    for (const payload of [Buffer.from("text"), Buffer.from(zipSync({ "a.txt": strToU8("x") })), Buffer.from(zipSync({ "entity/abc.json": strToU8("[]") })), Buffer.from(zipSync({ "entity/abc.json": strToU8("{}") }))]) {
      const answer = await api().api.inject({ method: "POST", url: "/v1/server/ha/persist/import", payload, headers: { "content-type": "application/zip" } });
      expect([answer.statusCode, typeof answer.json().message]).toEqual([400, "string"]);
    }
    expect((await api().get("/v1/applications")).json()).toHaveLength(1);
  });
});

describe("POST /server/properties/reload", () => {
  let harness: ApiHarness | undefined;
  afterEach(() => harness?.close());
  const started = async (properties: Record<string, string>) => {
    harness = await ApiHarness.start({ properties }, { rulesOf: (values) => rulesWith({ gate: gateOf(values.console()), isLocalOnly: false }, values) });
    return harness;
  };
  const status = async (each: ApiHarness, user: string, password: string, method: "GET" | "POST" = "GET", url = "/v1/applications", payload = "") =>
    (await each.api.inject({ method, url, headers: basic(user, password), ...(method === "GET" ? {} : { payload }) })).statusCode;

  it("takes over users, roles, locations and what else the properties say; sessions end", async () => {
    const each = await started(withUsers({ ann: "one" }, { "brooklyn.location.named.old": "test:old" }));
    const { cookies } = await each.api.inject({ url: "/v1/server/user", headers: basic("ann", "one") });
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const bySession = async () => (await each.api.inject({ url: "/v1/applications", headers: { cookie } })).statusCode;
    expect(await bySession()).toBe(200);
    each.server.changeProperties(withUsers({ ann: "two", bob: "three" }, { "brooklyn.entitlements.perUser.ann": "root", "brooklyn.entitlements.perUser.bob": "readonly", "brooklyn.location.named.new": "test:new", "my.key": "v" }));
    expect(await status(each, "ann", "one", "POST", "/v1/server/properties/reload")).toBe(204);
    expect([await bySession(), await status(each, "ann", "one"), await status(each, "ann", "two"), await status(each, "bob", "three")]).toEqual([401, 401, 200, 200]);
    expect([await status(each, "ann", "two", "POST", "/v1/applications", BLUEPRINT), await status(each, "bob", "three", "POST", "/v1/applications", BLUEPRINT)]).toEqual([201, 403]);
    expect((await each.api.inject({ url: "/v1/server/config/my.key", headers: basic("ann", "two") })).json()).toBe("v");
    expect((await each.api.inject({ url: "/v1/locations", headers: basic("ann", "two") })).json().map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(["new"]));
    expect(await status(each, "ann", "two", "GET", "/v1/locations/old")).toBe(404);
  });

  it.each([
    ["a user without a password", { [`${P}users`]: "ann" }, "has no password"],
    ["a role that is not there", withUsers({ ann: "two" }, { "brooklyn.entitlements.global": "king" }), "no role of this name"],
    ["no security at all", {}, "they configure no users"],
  ])("is refused for %s: all stays as it was", async (_what, changed: Record<string, string>, message) => {
    const each = await started(withUsers({ ann: "one" }));
    each.server.changeProperties(changed);
    const answer = await each.api.inject({ method: "POST", url: "/v1/server/properties/reload", headers: basic("ann", "one") });
    expect(answer.json().message).toContain(message);
    expect(await status(each, "ann", "one")).toBe(200);
  });

  it("is refused by a server that reads no file", async () => {
    expect((await api().post("/v1/server/properties/reload")).statusCode).toBe(403);
  });

  it("leaves an API without users as it is", async () => {
    const made = await createApi(api().server);
    api().server.changeProperties({ "my.key": "v" });
    expect((await made.inject({ method: "POST", url: "/v1/server/properties/reload" })).statusCode).toBe(204);
    await made.close();
  });
});
