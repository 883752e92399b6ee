import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiHarness } from "../../../test/support/api-harness.ts";
import { describedRoutes, type DescribedRoute, urlOf } from "../../../test/support/api-routes.ts";
import { rulesWith } from "./access-rules.ts";
import { gateOf } from "./users.ts";

/*
 * Every route of the API's own description, as every role (reference, 9.5): what a role may do is said here once more, by path,
 * so that a route with a wrong permission is found as well as one that is not guarded.
 */
const P = "brooklyn.webconsole.security.";
const roleOf: Readonly<Record<string, string>> = { rut: "root", pat: "powerUser", una: "user", bea: "blueprintAuthor", rob: "readonly", lou: "logViewer", min: "minimal" };
const users = Object.keys(roleOf);
const properties = {
  [`${P}users`]: users.join(","),
  ...Object.fromEntries(users.map((user) => [`${P}user.${user}.password`, "pw"])),
  ...Object.fromEntries(users.map((user) => [`brooklyn.entitlements.perUser.${user}`, roleOf[user] ?? ""])),
};
const as = (user: string) => ({ authorization: `Basic ${Buffer.from(`${user}:pw`).toString("base64")}` });

const forAll = /^(GET \/v1\/(server\/user|access|ui-\w+-registry|apidoc\/swagger\.(json|yaml))|POST \/v1\/logout)$/;
const aboutServer = /^GET \/v1\/(audit|server\/config|server\/ha\/persist)/;
const scripts = /^POST \/v1\/script\//;
const serverChanges = /^(POST \/v1\/(server|access|logbook|catalog\/reset)(\/|$))/;
const entityChanges = /^(POST|DELETE) \/v1\/applications\/\{\w+\}\/entities\/\{\w+\}\/((tag|config|sensors|adjuncts\/\{\w+\}\/config|policies\/\{\w+\}\/config)(\/|$)|workflows$|workflows\/\{\w+\}$)/;

/** Whether a role may use a route. */
function may(role: string, route: string): boolean {
  if (role === "root" || forAll.test(route)) return true;
  if (role === "powerUser") return !scripts.test(route);
  if (role === "logViewer") return route === "POST /v1/logbook";
  if (role === "minimal") return false;
  // A dry run changes nothing.
  if (role === "readonly") return (route.startsWith("GET ") && !aboutServer.test(route) && !route.endsWith("/exec")) || route === "POST /v1/plan";
  return !aboutServer.test(route) && !scripts.test(route) && !serverChanges.test(route) && !entityChanges.test(route);
}

let harness: ApiHarness;
let routes: DescribedRoute[];

beforeAll(async () => {
  harness = await ApiHarness.start({ properties }, { rulesOf: (values) => rulesWith({ gate: gateOf(values.console()), isLocalOnly: false }, values) });
  routes = await describedRoutes(harness.api);
});
afterAll(() => harness.close());

describe("every route", () => {
  it.each(users)("as %s", async (user) => {
    const role = roleOf[user] ?? "";
    const wrong: string[] = [];
    for (const route of routes) {
      const name = `${route.method} ${route.path}`;
      const allowed = may(role, name);
      // An endless stream: only its refusal can be waited for.
      if (allowed && name === "GET /v1/events") continue;
      const answer = await harness.api.inject({ method: route.method, url: urlOf(route), headers: as(user) });
      const isRefused = answer.statusCode === 403 && answer.body.includes(`User '${user}' is not authorized to`);
      const isEmptied = answer.statusCode === 200 && answer.body === "[]";
      if (allowed ? isRefused : !isRefused && !isEmptied) wrong.push(`${name}: ${answer.statusCode} ${answer.body.slice(0, 100)}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it("asks for name and password", async () => {
    const open: string[] = [];
    for (const route of routes) {
      const answer = await harness.api.inject({ method: route.method, url: urlOf(route) });
      if (answer.statusCode !== 401) open.push(`${route.method} ${route.path}: ${answer.statusCode}`);
    }
    expect(open).toEqual([]);
    expect(routes.length).toBeGreaterThan(130);
  }, 60_000);

  it("that changes anything is in the audit log, with who and when", async () => {
    const looking = new Set(["POST /v1/logbook", "POST /v1/logout", "POST /v1/plan"]);
    const missing: string[] = [];
    for (const route of routes.filter(({ method, path }) => method !== "GET" && !looking.has(`${method} ${path}`))) {
      const before = await newest();
      await harness.api.inject({ method: route.method, url: urlOf(route), headers: as("rut") });
      const pattern = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
      const written = (await entriesAfter(before)).filter(({ action, user, at }) => action === `${route.method} ${pattern}` && user === "rut" && at > 0);
      if (written.length === 0) missing.push(`${route.method} ${route.path}`);
    }
    expect(missing).toEqual([]);
  }, 60_000);
});

interface Entry {
  readonly number: number;
  readonly action: string;
  readonly user: string;
  readonly at: number;
}

async function newest(): Promise<number> {
  const [entry] = (await harness.api.inject({ url: "/v1/audit?limit=1", headers: as("rut") })).json<Entry[]>();
  return entry?.number ?? 0;
}

async function entriesAfter(number: number): Promise<Entry[]> {
  return (await harness.api.inject({ url: "/v1/audit?limit=10", headers: as("rut") })).json<Entry[]>().filter((entry) => entry.number > number);
}
