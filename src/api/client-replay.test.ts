import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { BLUEPRINT, useApi } from "../../test/support/api-harness.ts";

/*
 * Every call that the reference marks as br's or the web page's (1.4, 1.6), once: method, path, body, and what must come back.
 * `APP`, `E`, `P` and `T` stand for the application's id, the path of its service, its policy's id, and the id of the start's task.
 */
const api = useApi();
const links = z.record(z.string(), z.string().regex(/^(\/v1\/|https?:)/));
const Task = z.object({ id: z.string(), displayName: z.string(), description: z.string(), currentStatus: z.string(), isError: z.boolean(), isCancelled: z.boolean(), tags: z.array(z.unknown()), submitTimeUtc: z.int(), children: z.array(z.object({ link: z.string(), metadata: z.record(z.string(), z.string()) })), streams: z.record(z.string(), z.object({ link: z.string(), metadata: z.object({ name: z.string(), size: z.int(), sizeText: z.string() }) })), links });
const Entity = z.object({ id: z.string(), name: z.string(), type: z.string(), links });
const Application = z.object({ id: z.string(), spec: z.object({ name: z.string(), type: z.string(), locations: z.array(z.string()) }), status: z.string(), links });
const Tree = z.object({ id: z.string(), name: z.string(), applicationId: z.string(), groupIds: z.array(z.string()), members: z.array(z.object({ id: z.string(), name: z.string() })), links });
const Config = z.object({ name: z.string(), type: z.string(), reconfigurable: z.boolean(), links });
const PolicyConfig = Config.extend({ priority: z.int().optional() });
const Sensor = z.object({ name: z.string(), type: z.string(), links });
const Effector = z.object({ name: z.string(), returnType: z.string(), parameters: z.array(z.object({ name: z.string(), type: z.string(), shouldSanitize: z.boolean() })), links });
const Policy = z.object({ id: z.string(), name: z.string(), state: z.string(), links });
const Adjunct = Policy.extend({ adjunctType: z.enum(["POLICY", "ENRICHER", "FEED"]) });
const Location = z.object({ id: z.string(), links });
const Item = z.object({ id: z.string(), symbolicName: z.string(), version: z.string(), name: z.string(), planYaml: z.string(), tags: z.array(z.unknown()), deprecated: z.boolean(), links });
const Type = z.object({ symbolicName: z.string(), version: z.string(), containingBundle: z.string(), kind: z.enum(["SPEC", "BEAN", "UNRESOLVED"]), links });
const Bundle = z.object({ symbolicName: z.string(), version: z.string(), types: z.array(Type), osgiVersion: z.string(), format: z.string() });
const Installed = z.object({ message: z.string(), bundle: z.string(), code: z.string(), types: z.record(z.string(), Item).optional() });
const Ha = z.object({ planeId: z.string(), ownId: z.string(), masterId: z.string(), nodes: z.record(z.string(), z.object({ nodeId: z.string(), status: z.string() })), links: z.record(z.string(), z.string()) });
const anything = z.unknown();
const map = z.record(z.string(), z.unknown());
/** No body at all. */
const nothing = undefined;

const BOM = "brooklyn.catalog:\n  bundle: mine\n  version: 1.0.0\n  items:\n  - id: my-service\n    itemType: entity\n    item: { type: test-service }\n";
const JSON_TYPE = "application/json";
const YAML = "application/x-yaml";
const FORM = "application/x-www-form-urlencoded";

type Call = [method: "GET" | "POST" | "DELETE", path: string, status: number, shape: z.ZodType | undefined, body?: string, type?: string];

const calls: readonly Call[] = [
  ["GET", "server/version", 200, z.object({ version: z.string(), buildSha1: z.string(), buildBranch: z.string(), features: z.array(map) })],
  ["GET", "server/up/extended", 200, z.object({ up: z.literal(true), shuttingDown: z.literal(false), healthy: z.literal(true), ha: Ha, osgiUp: z.boolean(), "brooklyn.security.sensitive.fields": z.object({ tokens: z.array(z.string()), "plaintext.blocked": z.boolean() }) })],
  ["GET", "server/user", 204, nothing],
  ["GET", "server/ha/state", 200, z.literal("MASTER")],
  ["GET", "server/ha/states", 200, Ha],
  ["GET", "server/ha/priority", 200, z.int()],
  ["POST", "server/ha/priority", 200, z.literal(0), "priority=3", FORM],
  ["POST", "server/ha/state", 200, z.literal("MASTER"), "mode=MASTER", FORM],
  ["POST", "server/ha/states/clear", 200, Ha],
  ["POST", "server/ha/states/clear/node", 200, Ha, "nodeId=gone", FORM],
  ["POST", "logbook", 200, z.array(map), '{"numberOfItems":10,"tail":true,"recursive":false,"levels":["INFO"]}', JSON_TYPE],
  ["POST", "logout", 200, z.object({ message: z.string() })],
  ["GET", "access", 200, z.object({ locationProvisioningAllowed: z.boolean(), links })],
  ["GET", "apidoc/swagger.json", 200, z.object({ paths: map })],
  ["GET", "ui-module-registry", 200, z.array(z.object({ id: z.uuid(), name: z.string(), slug: z.string(), path: z.string(), types: z.array(z.string()), actions: z.array(anything), order: z.int() }))],
  ["GET", "ui-metadata-registry?type=location", 200, map],
  ["GET", "applications", 200, z.array(Application)],
  ["GET", "applications/fetch", 200, z.array(Tree)],
  ["GET", "applications/fetch?items=%5B%22APP%22%5D&sensors=%5B%22service.state%22%5D", 200, z.array(Tree.extend({ sensors: map }))],
  ["GET", "applications/APP", 200, Application],
  ["GET", "applications/Shop", 200, Application],
  ["POST", "applications", 201, Task, BLUEPRINT.replace("Shop", "Second"), JSON_TYPE],
  ["POST", "applications?format=brooklyn-camp", 201, Task, BLUEPRINT.replace("Shop", "Third"), "application/yaml"],
  ["GET", "applications/APP/descendants", 200, z.array(Entity)],
  ["GET", "applications/APP/entities", 200, z.array(Entity)],
  ["GET", "applications/APP/entities/APP", 200, Entity],
  ["GET", "applications/Shop/entities/Web%20Front", 200, Entity],
  ["GET", "E/children", 200, z.array(Entity)],
  ["POST", "E/children", 201, Task, "type: test-service", JSON_TYPE],
  ["POST", "E/children?start=true&timeout=20ms", 201, Task, "type: test-service", "application/yaml"],
  ["GET", "E/activities", 200, z.array(Task)],
  ["GET", "E/activities?recurse=true", 200, z.array(Task)],
  ["GET", "E/workflows", 200, map],
  ["POST", "E/workflows?timeout=20ms", 200, Task, "steps: [ log hello ]", "application/yaml"],
  ["GET", "E/workflows/W", 200, map],
  ["POST", "E/workflows/W/replay/from/start?reason=again&force=true", 200, Task],
  ["DELETE", "E/workflows/W", 200, map],
  ["GET", "E/icon", 204, nothing],
  ["GET", "E/tags", 200, z.array(anything)],
  ["GET", "E/locations", 200, z.array(Location)],
  ["GET", "applications/APP/entities/APP/spec", 200, anything],
  ["GET", "E/spec", 204, nothing],
  ["GET", "E/speclist", 200, z.array(z.object({ summary: z.string(), format: z.string(), contents: z.string() }))],
  ["GET", "E/config", 200, z.array(Config)],
  ["GET", "E/config/current-state", 200, map],
  ["GET", "E/config/test.size", 200, z.literal(4)],
  ["POST", "E/config/test.size", 204, nothing, "5", JSON_TYPE],
  ["GET", "E/sensors", 200, z.array(Sensor)],
  ["GET", "E/sensors/current-state", 200, map],
  ["GET", "E/sensors/service.isUp", 200, z.boolean()],
  ["GET", "E/sensors/test.unset", 204, nothing],
  ["POST", "E/sensors/service.notUp.indicators", 204, nothing, "{}", JSON_TYPE],
  ["POST", "E/sensors/service.problems", 204, nothing, "{}", JSON_TYPE],
  ["GET", "E/effectors", 200, z.array(Effector)],
  ["POST", "E/effectors/echo?timeout=", 200, z.object({ text: z.literal("x y") }), "text=x+y&size=2", FORM],
  ["POST", "E/effectors/echo?timeout=0", 202, Task, '{"text":"x"}', JSON_TYPE],
  ["POST", "E/effectors/nothing?timeout=", 200, nothing, "", FORM],
  ["GET", "E/policies", 200, z.array(Policy)],
  ["GET", "E/policies/P", 200, z.literal("RUNNING")],
  ["GET", "E/policies/P/config", 200, z.array(PolicyConfig)],
  ["GET", "E/policies/P/config/current-state", 200, map],
  ["POST", "E/policies/P/stop", 204, nothing],
  ["POST", "E/policies/P/start", 204, nothing],
  ["GET", "E/adjuncts", 200, z.array(Adjunct)],
  ["POST", "E/adjuncts?type=org.example.TestPolicy", 200, Adjunct, '{"policy.size":3}', JSON_TYPE],
  ["GET", "E/adjuncts/P", 200, Adjunct.extend({ parameters: z.array(Config), config: map })],
  ["POST", "E/adjuncts/P/stop", 204, nothing],
  ["POST", "E/adjuncts/P/start", 204, nothing],
  ["GET", "E/adjuncts/P/config", 200, z.array(Config)],
  ["GET", "E/adjuncts/P/config-current", 200, map],
  ["GET", "E/adjuncts/P/config/policy.size", 200, anything],
  ["POST", "E/adjuncts/P/config/policy.live", 200, nothing, "9", JSON_TYPE],
  ["GET", "E/adjuncts/P/activities", 200, z.array(Task)],
  ["GET", "E/adjuncts/P/icon", 204, nothing],
  ["DELETE", "E/adjuncts/P", 204, nothing],
  ["POST", "E/policies/Test%20policy/destroy", 204, nothing, "", JSON_TYPE],
  ["GET", "activities/T", 200, Task.extend({ detailedStatus: z.string() })],
  ["GET", "activities/T/children", 200, z.array(Task)],
  ["GET", "activities/T/children/recurse", 200, z.record(z.string(), Task)],
  ["GET", "activities/L/stream/stdout", 200, nothing],
  ["POST", "activities/T/cancel", 200, z.boolean()],
  ["POST", "catalog?detail=true", 201, Installed, BOM, YAML],
  ["POST", "catalog", 200, z.record(z.string(), Item), BOM, YAML],
  ["GET", "catalog/entities?allVersions=true", 200, z.array(Item)],
  ["GET", "catalog/applications?allVersions=true", 200, z.array(Item)],
  ["GET", "catalog/locations?allVersions=true", 200, z.array(Item)],
  ["GET", "catalog/policies?allVersions", 200, z.array(Item)],
  ["GET", "catalog/entities/my-service", 200, Item],
  ["GET", "catalog/entities/my-service/1.0.0", 200, Item.extend({ config: z.array(Config), sensors: z.array(anything), effectors: z.array(anything) })],
  ["GET", "catalog/icon/my-service/1.0.0", 204, nothing],
  ["GET", "catalog/types?supertype=entity&versions=latest", 200, z.array(Type)],
  ["GET", "catalog/types/my-service", 200, z.array(Type)],
  ["GET", "catalog/types/my-service/latest", 200, Type.extend({ plan: z.object({ data: z.string() }), config: z.array(Config) })],
  ["GET", "catalog/types/my-service/1.0.0/icon", 204, nothing],
  ["GET", "catalog/bundles?versions=all&detail=true", 200, z.array(Bundle)],
  ["GET", "catalog/bundles/mine", 200, z.array(Bundle)],
  ["GET", "catalog/bundles/mine/1.0.0", 200, Bundle],
  ["GET", "catalog/bundles/mine/1.0.0/download", 200, nothing],
  ["GET", "catalog/bundles/mine/1.0.0/types", 200, z.array(Type)],
  ["GET", "catalog/bundles/mine/1.0.0/types/my-service", 200, Type],
  ["GET", "catalog/bundles/mine/1.0.0/types/my-service/1.0.0", 200, Type],
  ["GET", "catalog/bundles/mine/1.0.0/types/my-service/1.0.0/icon", 204, nothing],
  ["GET", "catalog/bundles/mine/1.0.0/icon", 204, nothing],
  ["DELETE", "catalog/entities/my-service/1.0.0", 204, nothing],
  ["DELETE", "catalog/bundles/mine/1.0.0", 200, Installed],
  ["GET", "locations", 200, z.array(Location)],
  ["GET", "locations/named-place", 200, Location],
  ["GET", "locations/Named123?full=true", 200, Location],
  ["POST", "locations", 201, Location, '{"name":"mine","spec":"test:mine","config":{"user":"bob"}}', JSON_TYPE],
  ["DELETE", "locations/mine", 204, nothing],
  ["GET", "server/ha/persist/export", 200, nothing],
  ["POST", "server/ha/persist/import", 200, z.object({ applications: z.array(z.string()), skipped: z.array(z.string()) }), "EXPORT", "application/octet-stream"],
  ["POST", "script/groovy", 200, z.object({ problem: z.string() }), "println 1", "application/text"],
  ["POST", "E/name?name=Other", 200, nothing],
  ["POST", "E/expunge?release=true&timeout=0", 202, Task],
  ["POST", "applications/Second/entities/Second/effectors/stop?timeout=", 200, nothing, "", FORM],
  ["DELETE", "applications/APP", 202, Task],
];

describe("Brooklyn's clients", () => {
  let known: Record<"APP" | "E" | "P" | "T" | "L" | "W", string>;
  beforeEach(async () => {
    const { app, at } = await api().deployed();
    const [policy] = (await api().get(`${at}/policies`)).json();
    const [task] = (await api().get(`/v1/applications/${app}/entities/${app}/activities`)).json();
    const launch = (await api().get(`${at}/activities`)).json<{ id: string; displayName: string }[]>().find(({ displayName }) => displayName === "launch");
    await api().post(`${at}/workflows?timeout=never`, "replayable: from start\nsteps: [ return done ]", { "content-type": "application/yaml" });
    const [workflow = ""] = Object.keys((await api().get(`${at}/workflows`)).json<object>());
    known = { APP: app, E: at.slice("/v1/".length), P: policy.id, T: task.id, L: launch?.id ?? "", W: workflow };
  });

  // In this order, as later calls stand on earlier ones.
  it("get from every call what they decode", async () => {
    const answers: string[] = [];
    for (const [method, path, status, shape, body, type] of calls) {
      const url = `/v1/${path.replace(/^E\b/, known.E).replace("APP", known.APP).replace("entities/APP", `entities/${known.APP}`).replace(/\bP\b/, known.P).replace(/activities\/T\b/, `activities/${known.T}`).replace(/activities\/L\b/, `activities/${known.L}`).replace(/workflows\/W\b/, `workflows/${known.W}`)}`;
      const payload = body === "EXPORT" ? (await api().get("/v1/server/ha/persist/export")).rawPayload : body;
      const answer = await api().api.inject({ method, url, headers: { accept: "application/json, text/plain", ...(type === undefined ? {} : { "content-type": type }) }, ...(payload === undefined ? {} : { payload }) });
      const isJson = String(answer.headers["content-type"] ?? "").startsWith("application/json");
      const parsed = shape === undefined || !isJson ? { success: shape === undefined || shape === anything, error: undefined } : shape.safeParse(answer.json());
      if (answer.statusCode !== status || !parsed.success) answers.push(`${method} ${path}: ${answer.statusCode}, ${parsed.error === undefined ? "" : z.prettifyError(parsed.error)} ${answer.body.slice(0, 200)}`);
    }
    expect(answers).toEqual([]);
  });

  it("have a row for each path that the reference marks as theirs", () => {
    const missing = marked.filter(([method, pattern]) => {
      const regex = new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, "[^/?]+")}(\\?|$)`);
      return !calls.some(([by, path]) => by === method && regex.test(path.replace(/^E\b/, "applications/a/entities/e")));
    });
    expect(missing).toEqual([]);
  });
});

const E = "applications/{app}/entities/{e}";
/** What the reference (1.4, 1.5) marks as [br] or [UI]. */
const marked: readonly (readonly [string, string])[] = [
  ...["", "/fetch", "/{app}", "/{app}/descendants"].map((path) => ["GET", `applications${path}`] as const),
  ...[["POST", "applications"], ["DELETE", "applications/{app}"], ["GET", "applications/{app}/entities"]] as const,
  ...["", "/children", "/activities", "/icon", "/tags", "/locations", "/spec", "/speclist", "/workflows", "/workflows/{id}", "/config", "/config/current-state", "/config/{key}"].map((path) => ["GET", `${E}${path}`] as const),
  ...["/children", "/name", "/expunge", "/workflows", "/workflows/{id}/replay/from/{step}", "/config/{key}", "/sensors/{s}", "/effectors/{eff}", "/policies/{p}/start", "/policies/{p}/stop", "/policies/{p}/destroy"].map((path) => ["POST", `${E}${path}`] as const),
  ...["/sensors", "/sensors/current-state", "/sensors/{s}", "/effectors", "/policies", "/policies/{p}", "/policies/{p}/config", "/policies/{p}/config/current-state"].map((path) => ["GET", `${E}${path}`] as const),
  ...["", "/{a}", "/{a}/config", "/{a}/config-current", "/{a}/config/{c}", "/{a}/activities", "/{a}/icon"].map((path) => ["GET", `${E}/adjuncts${path}`] as const),
  ...["", "/{a}/start", "/{a}/stop", "/{a}/config/{c}"].map((path) => ["POST", `${E}/adjuncts${path}`] as const),
  ...[["DELETE", `${E}/adjuncts/{a}`], ["DELETE", `${E}/workflows/{id}`], ["POST", "activities/{t}/cancel"]] as const,
  ...["", "/children", "/children/recurse", "/stream/{name}"].map((path) => ["GET", `activities/{t}${path}`] as const),
  ...[["POST", "catalog"], ["DELETE", "catalog/entities/{id}/{version}"], ["DELETE", "catalog/bundles/{n}/{v}"]] as const,
  ...["/entities", "/applications", "/policies", "/locations", "/entities/{id}", "/entities/{id}/{version}", "/icon/{id}/{version}", "/types", "/types/{name}", "/types/{n}/{v}", "/types/{n}/{v}/icon"].map((path) => ["GET", `catalog${path}`] as const),
  ...["", "/{n}", "/{n}/{v}", "/{n}/{v}/download", "/{n}/{v}/types", "/{n}/{v}/types/{t}", "/{n}/{v}/types/{t}/{tv}", "/{n}/{v}/types/{t}/{tv}/icon", "/{n}/{v}/icon"].map((path) => ["GET", `catalog/bundles${path}`] as const),
  ...["locations", "locations/{id}", "access", "apidoc/swagger.json", "ui-module-registry", "ui-metadata-registry"].map((path) => ["GET", path] as const),
  ...["version", "up/extended", "user", "ha/state", "ha/states", "ha/priority", "ha/persist/export"].map((path) => ["GET", `server/${path}`] as const),
  ...["server/ha/state", "server/ha/states/clear", "server/ha/states/clear/node", "server/ha/priority", "server/ha/persist/import", "logbook", "logout", "script/groovy"].map((path) => ["POST", path] as const),
];
