import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fakeServer } from "../../../test/support/fake-server.ts";
import { createApi } from "../api.ts";
import { rulesWith } from "./access-rules.ts";
import { SignInLimit } from "./sign-in-limit.ts";
import { gateOf } from "./users.ts";

const P = "brooklyn.webconsole.security.";
const salted = { [`${P}user.alice.salt`]: "abc", [`${P}user.alice.sha256`]: createHash("sha256").update("abcwonderland").digest("hex") };
const users = { [`${P}users`]: "alice, bob", ...salted, [`${P}user.bob.password`]: "builder" };

function basic(user: string, password: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

async function withApi(properties: Record<string, string>, body: (request: (headers: Record<string, string>, method?: "GET" | "POST") => Promise<{ status: number; text: string; headers: Record<string, unknown> }>) => Promise<void>, options: { isLocalOnly?: boolean } = {}) {
  const server = fakeServer({ properties });
  const api = await createApi(server, { rulesOf: (values) => rulesWith({ gate: gateOf(values.console()), isLocalOnly: options.isLocalOnly ?? true }, values) });
  try {
    await body(async (headers, method = "GET") => {
      const answer = await api.inject({ method, url: method === "GET" ? "/v1/server/user" : "/v1/applications", headers, ...(method === "POST" ? { payload: "services: [{type: test-service}]" } : {}) });
      return { status: answer.statusCode, text: answer.body, headers: answer.headers };
    });
  } finally {
    await api.close();
    await server.close();
  }
}

describe("requireSignIn", () => {
  it("lets users in with a password or a salted hash, and nobody else", async () => {
    await withApi(users, async (request) => {
      expect((await request(basic("alice", "wonderland"))).text).toBe('"alice"');
      expect((await request(basic("bob", "builder"))).status).toBe(200);
      for (const [user, password] of [["alice", "builder"], ["carol", ""], ["", ""]] as const) expect((await request(basic(user, password))).status).toBe(401);
    });
  });

  it("asks as Brooklyn does: Basic, its realm, plain text", async () => {
    await withApi(users, async (request) => {
      const without = await request({});
      expect([without.status, without.text, without.headers["www-authenticate"]]).toEqual([401, "Authorization required", 'BASIC realm="brooklyn"']);
      expect(without.headers["content-type"]).toContain("text/plain");
      const wrong = await request(basic("alice", "x"));
      expect([wrong.status, wrong.text]).toEqual([401, "Authentication failed"]);
      expect((await request({ authorization: "Bearer x" })).status).toBe(401);
      expect((await request(basic("logout", "logout"))).status).toBe(401);
    });
  });

  it("slows down guessing", async () => {
    await withApi(users, async (request) => {
      for (let i = 0; i < 5; i++) expect((await request(basic("alice", String(i)))).status).toBe(401);
      const held = await request(basic("alice", "wonderland"));
      expect([held.status, held.headers["retry-after"]]).toEqual([429, "1"]);
    });
  });

  it("takes any user with a password for users=*", async () => {
    await withApi({ ...users, [`${P}users`]: "*" }, async (request) => {
      expect((await request(basic("bob", "builder"))).status).toBe(200);
      expect((await request(basic("carol", "x"))).status).toBe(401);
    });
  });
});

describe("gateOf", () => {
  const gate = (properties: Record<string, string>) => gateOf(fakeServer({ properties }).properties.console());

  it("knows Brooklyn's providers, and says which it has not", () => {
    expect(gate({}).kind).toBe("open");
    expect(gate({ [`${P}provider`]: "org.apache.brooklyn.rest.security.provider.AnyoneSecurityProvider" }).kind).toBe("open");
    expect(gate({ [`${P}provider`]: "x.BlackholeSecurityProvider", [`${P}users`]: "a" }).kind).toBe("users");
    expect(gate({ [`${P}provider`]: "x.DelegatingSecurityProvider", ...users }).kind).toBe("users");
    expect(gate({ [`${P}provider`]: "x.BrooklynUserWithRandomPasswordSecurityProvider" }).kind).toBe("users");
    expect(() => gate({ [`${P}provider`]: "x.GoogleOauthSecurityProvider" })).toThrow("has none of this name");
    expect(() => gate({ [`${P}provider`]: "x.Mine", [`${P}provider.bundle.symbolicName`]: "org.acme" })).toThrow("loads no Java bundles");
  });

  it("refuses users without a password, and security without users", () => {
    expect(() => gate({ [`${P}users`]: "alice" })).toThrow('user "alice" has no password');
    expect(() => gate({ [`${P}https.required`]: "false" })).toThrow("no user is named");
  });
});

describe("a random password", () => {
  it("is told once, and is the only one that lets brooklyn in", async () => {
    const told: string[] = [];
    const gate = gateOf(fakeServer({ properties: { [`${P}provider`]: "BrooklynUserWithRandomPasswordSecurityProvider" } }).properties.console(), { announce: (password) => told.push(password) });
    if (gate.kind !== "users") throw new Error("Open");
    const [password = ""] = told;
    expect([told.length, password.length >= 10, await gate.accepts("brooklyn", password), await gate.accepts("brooklyn", "x"), await gate.accepts("admin", password)]).toEqual([1, true, { user: "brooklyn" }, undefined, undefined]);
  });
});

describe("the login form", () => {
  const form = { ...users, "brooklyn.entitlements.perUser.alice": "root", [`${P}login.form`]: "brooklyn-ui-login", [`${P}unauthenticated.endpoints`]: "brooklyn-ui-login, v1/server/up" };
  const api = async (body: (get: (url: string, headers?: Record<string, string>) => Promise<{ statusCode: number; headers: Record<string, unknown>; body: string }>) => Promise<void>) => {
    const server = fakeServer({ properties: form });
    const made = await createApi(server, { rulesOf: (values) => rulesWith({ gate: gateOf(values.console()), isLocalOnly: false }, values) });
    await body((url, headers = {}) => made.inject({ method: "GET", url, headers }));
    await made.close();
    await server.close();
  };

  it("is where people without a session are sent; programs are refused as ever", async () => {
    await api(async (get) => {
      const sent = await get("/docs", { accept: "text/html" });
      expect([sent.statusCode, sent.headers["location"]]).toEqual([302, "/brooklyn-ui-login/?to=%2Fdocs"]);
      const page = await get("/brooklyn-ui-login/?to=%2Fdocs", { accept: "text/html" });
      expect([page.statusCode, page.body.includes("<form")]).toEqual([200, true]);
      expect((await get("/v1/server/version", { accept: "text/html" })).statusCode).toBe(401);
    });
  });

  it("leaves paths open that the properties name, and only those", async () => {
    await api(async (get) => {
      expect((await get("/v1/server/up")).statusCode).toBe(200);
      for (const path of ["/v1/server/upgrade", "/v1/server/version", "/v1/applications", "/", "/brooklyn-ui-login/../v1/applications"]) expect((await get(path)).statusCode).toBe(401);
    });
  });

  it("of another name is refused at the start", async () => {
    await expect(createApi(fakeServer({ properties: { [`${P}login.form`]: "mine" } }))).rejects.toThrow("no page of this name");
  });
});

describe("refuseOtherSites", () => {
  it("takes only names of this computer where nobody signs in", async () => {
    await withApi({}, async (request) => {
      for (const host of ["localhost:8081", "127.0.0.1", "127.1.2.3:80", "[::1]:8081", "clocker.localhost"]) expect((await request({ host })).status).toBe(204);
      for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8081", "10.0.0.1"]) expect((await request({ host })).status).toBe(403);
    });
  });

  it("takes any name where users sign in", async () => {
    await withApi(users, async (request) => expect((await request({ host: "clocker.example", ...basic("bob", "builder") })).status).toBe(200), { isLocalOnly: false });
  });

  it("refuses changes that come from pages of other sites", async () => {
    await withApi({}, async (request) => {
      const host = "127.0.0.1:8081";
      expect((await request({ host, origin: "http://127.0.0.1:8081" }, "POST")).status).toBe(201);
      expect((await request({ host }, "POST")).status).toBe(201);
      expect((await request({ host, "sec-fetch-site": "same-origin" }, "POST")).status).toBe(201);
      for (const origin of ["http://evil.example", "http://127.0.0.1:9999", "null"]) expect((await request({ host, origin }, "POST")).status).toBe(403);
      expect((await request({ host, "sec-fetch-site": "cross-site" }, "POST")).status).toBe(403);
      expect((await request({ host, origin: "http://evil.example" })).status).toBe(204);
    });
  });
});

describe("SignInLimit", () => {
  it("makes a caller wait longer after each failure, and forgives a success", () => {
    let now = 0;
    const limit = new SignInLimit({ now: () => now, sleep: async () => {}, after: () => () => {} });
    for (let i = 0; i < 4; i++) limit.failed("a");
    expect(limit.pause("a")).toBe(0);
    limit.failed("a");
    expect(limit.pause("a")).toBe(1_000);
    limit.failed("a");
    expect(limit.pause("a")).toBe(2_000);
    expect(limit.pause("b")).toBe(0);
    now += 500;
    expect(limit.pause("a")).toBe(1_500);
    for (let i = 0; i < 30; i++) limit.failed("a");
    expect(limit.pause("a")).toBe(60_000);
    limit.succeeded("a");
    expect(limit.pause("a")).toBe(0);
  });
});
