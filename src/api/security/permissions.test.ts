import { afterEach, describe, expect, it } from "vitest";
import { ApiHarness } from "../../../test/support/api-harness.ts";
import { createApi } from "../api.ts";
import { permissionOf } from "./permissions.ts";
import { entitlementsOf } from "./roles.ts";
import { rulesWith } from "./access-rules.ts";
import { gateOf } from "./users.ts";

const P = "brooklyn.webconsole.security.";
const perUser = "brooklyn.entitlements.perUser.";
const names = ["ann", "pat", "una", "bea", "rob", "lou", "min"];
const properties = {
  [`${P}users`]: names.join(","),
  ...Object.fromEntries(names.map((name) => [`${P}user.${name}.password`, "pw"])),
  "brooklyn.entitlements.global": "org.apache.brooklyn.core.mgmt.entitlement.PerUserEntitlementManager",
  [`${perUser}ann`]: "root",
  [`${perUser}pat`]: "powerUser",
  [`${perUser}una`]: "user",
  [`${perUser}bea`]: "blueprintAuthor",
  [`${perUser}rob`]: "readonly",
  [`${perUser}lou`]: "logViewer",
};
const as = (user: string) => ({ authorization: `Basic ${Buffer.from(`${user}:pw`).toString("base64")}` });

let harness: ApiHarness | undefined;
afterEach(() => harness?.close());

async function started(): Promise<ApiHarness> {
  harness = await ApiHarness.start({ properties });
  await harness.api.close();
  harness.api = await createApi(harness.server, { checkAnswers: true, rulesOf: (values) => rulesWith({ gate: gateOf(values.console()), isLocalOnly: false }, values) });
  return harness;
}

describe("permissions", () => {
  it("are declared by every route: one without cannot be added", async () => {
    harness = await ApiHarness.start();
    await harness.api.ready();
    for (const [path, methods] of Object.entries(harness.api.swagger().paths ?? {})) for (const method of Object.keys(methods)) expect([path, permissionOf(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ":$1"))]).not.toContain(undefined);
    expect(permissionOf("GET", "/v1/nothing")).toBeUndefined();
    const fresh = await createApi(harness.server);
    expect(() => fresh.get("/v1/undeclared", async () => "")).toThrow("declares no permission");
    await fresh.close();
  });

  it("are those of the user's role", async () => {
    const { api } = await started();
    const plan = "services: [{type: test-service}]";
    const status = async (user: string, method: "GET" | "POST", url: string, payload = "") => (await api.inject({ method, url, headers: as(user), ...(method === "POST" ? { payload } : {}) })).statusCode;
    const matrix: Record<string, [boolean, boolean, boolean, boolean]> = { ann: [true, true, true, true], pat: [true, true, true, true], una: [true, true, false, false], bea: [true, true, false, false], rob: [true, false, false, false], lou: [false, false, false, true], min: [false, false, false, false] };
    await api.inject({ method: "PUT", url: "/v1/applications/myapp12345", payload: plan, headers: as("ann") });
    const at = "/v1/applications/myapp12345/entities/myapp12345";
    for (const [user, [sees, deploys, modifies, reads]] of Object.entries(matrix)) {
      const got = [await status(user, "GET", at), await status(user, "POST", "/v1/applications", plan), await status(user, "POST", `${at}/tag/add`, "1"), await status(user, "POST", "/v1/logbook", "{}")];
      expect([user, ...got]).toEqual([user, sees ? 200 : 403, deploys ? 201 : 403, modifies ? 204 : 403, reads ? 200 : 403]);
    }
  });

  it("hold for lists that are ready-made: who may not see entities gets none of what others were sent, nor hears that it is unchanged", async () => {
    const { api } = await started();
    await api.inject({ method: "PUT", url: "/v1/applications/myapp12345", payload: "services: [{type: test-service}]", headers: as("ann") });
    for (const [url, status, body] of [["/v1/applications/fetch", 200, "[]"], ["/v1/applications/myapp12345/descendants", 403, "not authorized"], ["/v1/applications/myapp12345/entities", 403, "not authorized"]] as const) {
      const seen = await api.inject({ method: "GET", url, headers: as("rob") });
      expect(seen.body).toContain("myapp12345");
      for (const tag of [undefined, String(seen.headers["etag"])]) {
        const refused = await api.inject({ method: "GET", url, headers: { ...as("lou"), ...(tag === undefined ? {} : { "if-none-match": tag }) } });
        expect([url, refused.statusCode]).toEqual([url, status]);
        expect(refused.body).toContain(body);
        expect(refused.body).not.toContain("myapp12345");
      }
    }
  });

  it("filter lists, and say in 403 what is not allowed", async () => {
    const { api } = await started();
    await api.inject({ method: "POST", url: "/v1/applications", payload: "services: [{type: test-service}]", headers: as("ann") });
    expect((await api.inject({ method: "GET", url: "/v1/applications", headers: as("min") })).json()).toEqual([]);
    expect((await api.inject({ method: "GET", url: "/v1/server/user", headers: as("min") })).statusCode).toBe(200);
    expect((await api.inject({ method: "GET", url: "/v1/server/version", headers: as("min") })).statusCode).toBe(403);
    const refused = await api.inject({ method: "POST", url: "/v1/applications", payload: "x", headers: as("rob") });
    expect([refused.statusCode, refused.json().message]).toEqual([403, "User 'rob' is not authorized to deploy or remove applications"]);
  });
});

describe("entitlementsOf", () => {
  const of = (values: Record<string, string>) => entitlementsOf({ get: (key) => values[key], withPrefix: (prefix) => new Map(Object.entries(values).filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value])) });

  it("is root for all unless said otherwise, and restricts others when single users have roles", () => {
    const ann = { user: "ann" };
    expect(of({})(undefined, "server.admin")).toBe(true);
    expect(of({ "brooklyn.entitlements.global": "readonly" })(ann, "app.deploy")).toBe(false);
    expect(of({ [`${perUser}ann`]: "root" })({ user: "bob" }, "entity.see")).toBe(false);
    expect(of({ [`${perUser}ann`]: "root", [`${perUser}default`]: "readonly" })({ user: "bob" }, "entity.see")).toBe(true);
    expect(() => of({ "brooklyn.entitlements.global": "acme.Manager" })).toThrow("there is no role of this name");
  });
});
