import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeServer, type FakeServer } from "../../../test/support/fake-server.ts";
import { createApi } from "../api.ts";
import type { Api } from "../api-context.ts";
import { rulesWith } from "./access-rules.ts";
import { gateOf } from "./users.ts";

const P = "brooklyn.webconsole.security.";
const GUARD = "x-csrf-token-required-for-requests";
const basic = { authorization: `Basic ${Buffer.from("bob:builder").toString("base64")}` };
let server: FakeServer;
let api: Api;

beforeEach(async () => {
  server = fakeServer({ properties: { [`${P}users`]: "bob", [`${P}user.bob.password`]: "builder" } });
  api = await createApi(server, { checkAnswers: true, rulesOf: (values) => rulesWith({ gate: gateOf(values.console()), isLocalOnly: false }, values) });
});
afterEach(async () => {
  await api.close();
  await server.close();
});

async function signedIn(headers: Record<string, string> = {}) {
  const answer = await api.inject({ method: "GET", url: "/v1/server/user", headers: { ...basic, ...headers } });
  const cookies = answer.cookies.map(({ name, value }) => [name, value] as const);
  return { cookie: cookies.map(([name, value]) => `${name}=${value}`).join("; "), token: Object.fromEntries(cookies)["CSRF-TOKEN"] ?? "", cookies: answer.cookies };
}
const deploy = (headers: Record<string, string>) => api.inject({ method: "POST", url: "/v1/applications", payload: "services: [{type: test-service}]", headers });

describe("sessions", () => {
  it("are made only by calls that ask for one", async () => {
    expect((await api.inject({ method: "GET", url: "/v1/applications", headers: basic })).headers["set-cookie"]).toBeUndefined();
    const { cookies } = await signedIn();
    expect(cookies.map(({ name, path, sameSite, httpOnly }) => [name, path, sameSite, httpOnly ?? false])).toEqual([["CLOCKER_SESSION", "/", "Strict", true], ["CSRF-TOKEN", "/", "Strict", false], ["XSRF-TOKEN", "/", "Strict", false]]);
  });

  it("stand for name and password until signing out", async () => {
    const { cookie } = await signedIn();
    expect((await api.inject({ method: "GET", url: "/v1/server/user", headers: { cookie } })).json()).toBe("bob");
    expect((await deploy({ cookie })).statusCode).toBe(201);
    expect((await api.inject({ method: "POST", url: "/v1/logout", headers: { cookie } })).json()).toMatchObject({ currentUser: "bob" });
    expect((await api.inject({ method: "GET", url: "/v1/server/user", headers: { cookie } })).statusCode).toBe(401);
    expect((await api.inject({ method: "GET", url: "/v1/server/user", headers: { cookie: "CLOCKER_SESSION=guessed" } })).statusCode).toBe(401);
  });
});

describe("CSRF tokens", () => {
  it("are required for changes once the client has said so, by either header", async () => {
    const { cookie, token } = await signedIn({ [GUARD]: "write" });
    const refused = await deploy({ cookie });
    expect([refused.statusCode, refused.json().message]).toEqual([403, expect.stringContaining("No CSRF token")]);
    expect((await deploy({ cookie, "x-csrf-token": "wrong" })).statusCode).toBe(403);
    expect((await deploy({ cookie, "x-csrf-token": token })).statusCode).toBe(201);
    expect((await deploy({ cookie, "x-xsrf-token": token })).statusCode).toBe(201);
    expect((await api.inject({ method: "GET", url: "/v1/applications", headers: { cookie } })).statusCode).toBe(200);
  });

  it("may be required for all requests; other values are refused; clients without a session need none", async () => {
    const { cookie, token } = await signedIn({ [GUARD]: "all" });
    const read = (headers: Record<string, string>) => api.inject({ method: "GET", url: "/v1/applications", headers });
    expect((await read({ cookie })).statusCode).toBe(403);
    expect((await read({ cookie, "x-csrf-token": token })).statusCode).toBe(200);
    expect((await read({ ...basic, [GUARD]: "sometimes" })).statusCode).toBe(400);
    expect((await deploy(basic)).statusCode).toBe(201);
  });
});
