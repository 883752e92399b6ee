import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ApiHarness, BLUEPRINT } from "../../../test/support/api-harness.ts";
import { type DescribedRoute, describedRoutes, urlOf } from "../../../test/support/api-routes.ts";

/*
 * The OpenAPI document is true to the server: each of its operations gets a request that is valid by its schemas, and answers with a status and a body
 * that the document has; requests that are not valid are answered with 400 and `{message, error}`.
 */
const BOM = `brooklyn.catalog:
  bundle: mine
  version: 1.0.0
  items:
  - { id: my-entities, itemType: entity, item: { type: test-service } }
  - { id: my-applications, itemType: template, item: { services: [ { type: test-service } ] } }
  - { id: my-policies, itemType: policy, item: { type: org.example.TestPolicy } }
  - { id: my-enrichers, itemType: enricher, item: { type: org.example.TestEnricher } }
  - { id: my-locations, itemType: location, item: { type: "test:mine" } }
`;
/** Bodies of routes, where the schema alone does not tell a meaningful one. */
const bodies: Readonly<Record<string, string>> = {
  "POST /v1/applications": BLUEPRINT,
  "PUT /v1/applications/{application}": BLUEPRINT,
  "POST /v1/applications/createLegacy": '{"name":"Old","entities":[{"name":"one","type":"test-service","config":{"test.size":"2"}}],"locations":["test:here"]}',
  "POST /v1/applications/{application}/entities/{entity}/children": "type: test-service",
  "POST /v1/applications/{application}/entities/{entity}/config": '{"test.size":3}',
  "POST /v1/applications/{application}/entities/{entity}/config/{key}": "3",
  "POST /v1/applications/{application}/entities/{entity}/sensors": '{"test.count":3}',
  "POST /v1/applications/{application}/entities/{entity}/sensors/{sensor}": "3",
  "POST /v1/applications/{application}/entities/{entity}/adjuncts": "{}",
  "POST /v1/applications/{application}/entities/{entity}/policies": "{}",
  "POST /v1/applications/{application}/entities/{entity}/workflows": "steps: [ return done ]",
  "POST /v1/plan": BLUEPRINT,
  "POST /v1/apply": BLUEPRINT,
  "POST /v1/catalog": BOM.replace("mine", "other").replaceAll("my-", "our-"),
  "POST /v1/catalog/bundles": BOM.replace("mine", "other").replaceAll("my-", "our-"),
  "POST /v1/catalog/reset": "",
  "POST /v1/locations": '{"name":"new-one","spec":"test:new"}',
  "POST /v1/server/ha/state": '{"mode":"MASTER"}',
  "POST /v1/server/shutdown": "{}",
  "POST /v1/script/groovy": "1 + 1",
  "POST /v1/logbook": '{"levels":["INFO"],"numberOfItems":5}',
};
/** What is not there in a server without machines, and answers 404. */
const absent = new Set(["GET /v1/usage/machines/{machine}"]);
/** Requests that change nothing, although they are POST. */
const looking = new Set(["/v1/logbook", "/v1/logout", "/v1/plan"]);
/** Answered with an endless stream or by a WebSocket (src/cli/exec.test.ts), or by another test. */
const skipped = new Set(["GET /v1/events", "GET /v1/applications/{application}/entities/{entity}/logs", "GET /v1/applications/{application}/entities/{entity}/exec", "POST /v1/server/ha/persist/import"]);
/** Query parameters whose text has a meaning. */
const queries: Readonly<Record<string, string>> = { typeRegex: ".*", regex: ".*", fragment: "", timeout: "never", format: "brooklyn-camp", start: "2020-01-01T00:00:00Z", end: "1893456000000", since: "0", until: "2030-01-01T00:00:00Z", items: '["x"]', sensors: "service.*", config: "test.*", type: "org.example.TestPolicy", allowed: "true", name: "Shop", supertype: "entity", user: "anonymous", value: "7" };

interface Known {
  readonly values: Record<string, string>;
  readonly api: ApiHarness;
}

async function started(): Promise<Known> {
  const api = await ApiHarness.start({}, { shutDown: () => {} });
  api.server.changeProperties({});
  const { app, web, at } = await api.deployed();
  await api.post("/v1/catalog", BOM, { "content-type": "application/x-yaml" });
  await api.post(`${at}/tag/add`, { mine: 1 });
  const tasks = (await api.get(`${at}/activities`)).json<{ id: string; displayName: string }[]>();
  const [policy] = (await api.get(`${at}/policies`)).json<{ id: string }[]>();
  await api.post(`${at}/workflows?timeout=never`, "replayable: from start\nsteps: [ return done ]", { "content-type": "application/yaml" });
  const [workflow = "none"] = Object.keys((await api.get(`${at}/workflows`)).json<object>());
  const values = { application: app, entity: web, task: tasks.find(({ displayName }) => displayName === "launch")?.id ?? "", stream: "stdout", effector: "echo", sensor: "test.count", adjunct: policy?.id ?? "", policy: policy?.id ?? "", ...{ name: "mine", version: "1.0.0", type: "my-entities", typeVersion: "1.0.0", item: "my-entities:1.0.0", value: "true", location: "my-locations", machine: "none", workflow, step: "start", revision: "1" } };
  return { api, values };
}

/** Some names stand for other things in other places. */
function valuesFor({ values }: Known, route: DescribedRoute): Record<string, string> {
  const kind = /^\/v1\/catalog\/(entities|applications|policies|enrichers|locations)\//.exec(route.path)?.[1];
  const key = /\/(adjuncts|policies)\//.test(route.path) ? "policy.live" : route.path.includes("/tag/") ? "mine" : route.path.startsWith("/v1/server/config/") ? "none" : "test.size";
  return { ...values, id: `my-${kind ?? "entities"}`, key, ...(route.method === "PUT" ? { application: "mynewapp1234" } : {}) };
}

function request(known: Known, route: DescribedRoute, query = "") {
  const values = { ...queries, ...valuesFor(known, route) };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(valuesFor(known, route)[name] ?? "none"));
  const required = urlOf(route, { ...values, ...queries }).split("?")[1] ?? "";
  const all = [required, query].filter((each) => each !== "").join("&");
  const type = Object.keys(route.operation.requestBody?.content ?? {})[0];
  const body = bodies[`${route.method} ${route.path}`] ?? (type === undefined ? undefined : JSON.stringify(exampleOf(route.operation.requestBody?.content[type]?.schema)));
  return known.api.api.inject({ method: route.method, url: all === "" ? path : `${path}?${all}`, ...(body === undefined ? {} : { payload: body, headers: { "content-type": type ?? "application/json" } }) });
}

function exampleOf(schema: unknown): unknown {
  const { type, properties = {}, required = [], enum: values, default: given } = (schema ?? {}) as { type?: string | string[]; properties?: Record<string, unknown>; required?: string[]; enum?: unknown[]; default?: unknown };
  if (given !== undefined) return given;
  if (values !== undefined) return values[0];
  if (type === "object") return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name])]));
  if (type === "integer" || type === "number") return 3;
  if (type === "boolean" || (Array.isArray(type) && type.includes("boolean"))) return true;
  return type === "array" ? [] : "7";
}

/** A valid value of each optional query parameter. */
function optionalQuery(route: DescribedRoute): string {
  const optional = (route.operation.parameters ?? []).filter((each) => each.in === "query" && each.required !== true && each.name !== "before" && each.name !== "unauthorize" && each.name !== "user" && each.name !== "application");
  return optional.map(({ name, schema }) => `${name}=${encodeURIComponent(queries[name] ?? String(exampleOf(schema)))}`).join("&");
}

let shared: Known;
let routes: DescribedRoute[];
let validators: Ajv2020;
let fresh: Known | undefined;

beforeAll(async () => {
  shared = await started();
  routes = await describedRoutes(shared.api.api);
  validators = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(validators);
  validators.addSchema({ $id: "api", components: (shared.api.api.swagger() as unknown as { components: object }).components });
});
afterEach(async () => {
  await fresh?.api.close();
  fresh = undefined;
});
afterAll(() => shared.api.close());

function validatorOf(schema: unknown): ValidateFunction {
  return validators.compile(JSON.parse(JSON.stringify(schema).replaceAll("#/components/", "api#/components/")) as object);
}

/** What of an answer is not as the document has it. */
function faultOf(route: DescribedRoute, answer: Awaited<ReturnType<typeof request>>): string | undefined {
  const at = `${route.method} ${route.path}: ${answer.statusCode}`;
  const declared = route.operation.responses[String(answer.statusCode)];
  if (declared === undefined) return `${at} is not declared: ${answer.body.slice(0, 200)}`;
  if (answer.body === "") return undefined;
  const type = String(answer.headers["content-type"] ?? "").split(";", 1)[0] ?? "";
  const media = declared.content?.[type] ?? (type.startsWith("image/") ? declared.content?.["image/*"] : undefined);
  if (media === undefined) return `${at} has the type ${type}, declared are ${Object.keys(declared.content ?? {}).join(", ")}`;
  if (type !== "application/json") return undefined;
  const validate = validatorOf(media.schema ?? {});
  return validate(answer.json()) ? undefined : `${at}: ${validators.errorsText(validate.errors).slice(0, 400)}`;
}

describe("the OpenAPI document", () => {
  it("refers only to what it has", () => {
    const document = shared.api.api.swagger();
    const text = JSON.stringify(document);
    const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = ""]) => reference));
    const missing = [...references].filter((reference) => !(/^#\/components\/schemas\/[\w.-]+$/.test(reference) && reference.slice("#/components/schemas/".length) in ((document as { components?: { schemas?: object } }).components?.schemas ?? {})));
    expect([missing, references.size > 20]).toEqual([[], true]);
  });
});

describe("every operation of the OpenAPI document", () => {
  it("that looks answers as it says, with and without its optional parameters", async () => {
    const faults: (string | undefined)[] = [];
    for (const route of routes.filter(({ method, path }) => method === "GET" && !skipped.has(`${method} ${path}`))) {
      for (const query of new Set(["", optionalQuery(route)])) {
        const answer = await request(shared, route, query);
        const isAbsent = absent.has(`${route.method} ${route.path}`);
        faults.push(isAbsent && answer.statusCode !== 404 ? `${route.path}: ${answer.statusCode}` : isAbsent ? undefined : faultOf(route, answer));
      }
    }
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  }, 60_000);

  it("that changes something answers as it says, and is in the audit log from its beginning to its end", async () => {
    const faults: (string | undefined)[] = [];
    for (const route of routes.filter(({ method, path }) => method !== "GET" && !skipped.has(`${method} ${path}`))) {
      fresh = await started();
      faults.push(faultOf(route, await request(fresh, route)));
      const action = `${route.method} ${route.path.replaceAll(/\{(\w+)\}/g, ":$1")}`;
      const written = (await fresh.api.get(`/v1/audit?action=${encodeURIComponent(action)}`)).json<{ action: string; outcome: string; at: number }[]>().filter((entry) => entry.action === action);
      const outcomes = written.map(({ outcome }) => outcome).slice(0, 2);
      if (!looking.has(route.path) && outcomes.join() !== "succeeded,initiated") faults.push(`${action}: the audit log has ${outcomes.join()}`);
      await fresh.api.close();
      fresh = undefined;
    }
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  }, 60_000);

  it("refuses values of query parameters that are not valid: 400 with message and error", async () => {
    const faults: string[] = [];
    for (const route of routes) {
      for (const { name, in: place, schema } of route.operation.parameters ?? []) {
        // Brooklyn takes the timeout of an expunge and does nothing with it.
        if (place !== "query" || !isNarrow(name, schema) || (name === "timeout" && route.path.endsWith("/expunge"))) continue;
        const answer = await request(shared, route, `${name}=${encodeURIComponent("!bogus!")}`);
        if (!isRefusal(answer)) faults.push(`${route.method} ${route.path}?${name}: ${answer.statusCode} ${answer.body.slice(0, 150)}`);
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);

  it("refuses bodies that are no JSON, or not of its shape: 400 with message and error", async () => {
    const faults: string[] = [];
    for (const route of routes) {
      const content = route.operation.requestBody?.content["application/json"];
      if (content === undefined || skipped.has(`${route.method} ${route.path}`)) continue;
      const isText = (content.schema as { type?: unknown } | undefined)?.type === "string";
      const isMap = (content.schema as { type?: unknown; $ref?: unknown } | undefined)?.type === "object";
      for (const payload of [...(isText ? ["", "{"] : ['{"a":']), ...(isMap ? ["[1]", '"text"'] : [])]) {
        const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(valuesFor(shared, route)[name] ?? "none"));
        const query = urlOf(route, queries).split("?")[1];
        // Text is text; and a plan of what is wrong says what is wrong.
        if (["/v1/script/groovy", "/v1/plan"].includes(route.path)) continue;
        const answer = await shared.api.api.inject({ method: route.method, url: query === undefined ? path : `${path}?${query}`, payload, headers: { "content-type": "application/json" } });
        if (!isRefusal(answer)) faults.push(`${route.method} ${path} ${payload}: ${answer.statusCode} ${answer.body.slice(0, 150)}`);
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);
});

/** Whether some text is no value of a parameter. */
function isNarrow(name: string, schema: unknown): boolean {
  const { type, enum: values } = (schema ?? {}) as { type?: string; enum?: unknown[] };
  return values !== undefined || type === "integer" || ["timeout", "start", "end", "since", "until", "allowed"].includes(name);
}

function isRefusal(answer: { statusCode: number; json(): unknown }): boolean {
  if (answer.statusCode !== 400) return false;
  const { message, error } = answer.json() as { message?: unknown; error?: unknown };
  return typeof message === "string" && message.length > 5 && error === 400;
}
