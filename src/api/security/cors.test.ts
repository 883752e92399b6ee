import { afterEach, describe, expect, it } from "vitest";
import { fakeServer, type FakeServer } from "../../../test/support/fake-server.ts";
import { createApi } from "../api.ts";
import type { Api } from "../api-context.ts";
import { rulesWith } from "./access-rules.ts";
import { gateOf } from "./users.ts";

const P = "brooklyn.webconsole.security.";
const users = { [`${P}users`]: "bob", [`${P}user.bob.password`]: "builder" };
const basic = { authorization: `Basic ${Buffer.from("bob:builder").toString("base64")}` };
const origin = "https://ui.example";
let server: FakeServer;
let api: Api | undefined;

async function started(properties: Record<string, string>): Promise<Api> {
  server = fakeServer({ properties: { "cors.enabled": "true", ...properties } });
  api = await createApi(server, { rulesOf: (values) => rulesWith({ gate: gateOf(values.console()), isLocalOnly: false }, values) });
  return api;
}
afterEach(async () => {
  await api?.close();
  await server.close();
  api = undefined;
});

const preflight = (each: Api, headers: Record<string, string> = {}) =>
  each.inject({ method: "OPTIONS", url: "/v1/applications", headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type, authorization", ...headers } });
const allowed = ({ headers }: { headers: Record<string, unknown> }) => headers["access-control-allow-origin"];

describe("pages of other sites", () => {
  it("are let in when they are listed: the preflight needs no password, the request does", async () => {
    const each = await started({ ...users, "cors.allow.origins": `${origin}, https://other.example`, "cors.allow.credentials": "true", "cors.max.age": "60", "cors.expose.headers": "Location, ETag" });
    const asked = await preflight(each);
    expect(asked.statusCode).toBe(200);
    expect(asked.headers).toMatchObject({ "access-control-allow-origin": origin, "access-control-allow-credentials": "true", "access-control-allow-headers": "content-type, authorization", "access-control-max-age": "60" });
    expect(asked.headers["access-control-allow-methods"]).toContain("DELETE");
    const deployed = await each.inject({ method: "POST", url: "/v1/applications", payload: "services: [{type: test-service}]", headers: { origin, ...basic } });
    expect([deployed.statusCode, allowed(deployed), deployed.headers["access-control-expose-headers"], deployed.headers["vary"]]).toEqual([201, origin, "Location, ETag", "Origin"]);
    const refused = await each.inject({ method: "GET", url: "/v1/applications", headers: { origin } });
    expect([refused.statusCode, allowed(refused)]).toEqual([401, origin]);
  });

  it("that are not listed get nothing, and change nothing", async () => {
    const each = await started({ ...users, "cors.allow.origins": origin, "cors.preflight.error.status": "403" });
    const asked = await preflight(each, { origin: "https://evil.example" });
    expect([asked.statusCode, allowed(asked)]).toEqual([403, undefined]);
    const deployed = await each.inject({ method: "POST", url: "/v1/applications", payload: "services: [{type: test-service}]", headers: { origin: "https://evil.example", ...basic } });
    expect([deployed.statusCode, allowed(deployed)]).toEqual([403, undefined]);
  });

  it("may send only the listed headers, where some are listed", async () => {
    const each = await started({ ...users, "cors.allow.origins": origin, "cors.allow.headers": "Content-Type" });
    expect(allowed(await preflight(each))).toBeUndefined();
    expect(allowed(await preflight(each, { "access-control-request-headers": "content-type" }))).toBe(origin);
  });

  it("hear nothing of refused sign-ins when that is asked for", async () => {
    const each = await started({ ...users, "cors.allow.origins": origin, "cors.block.if.unauthorized": "true" });
    const refused = await each.inject({ method: "GET", url: "/v1/applications", headers: { origin } });
    expect([refused.statusCode, allowed(refused)]).toEqual([401, undefined]);
  });

  it("are all let in without a list, but never to a server without users", async () => {
    const each = await started(users);
    expect(allowed(await preflight(each))).toBe("*");
    await expect(createApi(fakeServer({ properties: { "cors.enabled": "true" } }))).rejects.toThrow("no users are configured");
    await expect(createApi(fakeServer({ properties: { "cors.enabled": "perhaps" } }))).rejects.toThrow("expected true or false");
  });

  it("stay out where it is not enabled", async () => {
    const each = await started({ ...users, "cors.enabled": "false", "cors.allow.origins": origin });
    expect(allowed(await preflight(each))).toBeUndefined();
  });
});
