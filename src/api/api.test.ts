import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeServer, fakeServer } from "../../test/support/fake-server.ts";
import { createApi } from "./api.ts";
import type { Api } from "./api-context.ts";

const BLUEPRINT = `
name: Shop
location: test:here
services:
- type: test-service
  name: Web Front
  id: web
  test.size: 4
  test.password: hunter2
  brooklyn.policies:
  - type: org.example.TestPolicy
    brooklyn.config: { policy.size: 7 }
- type: basic-entity
  name: Notes
`;

let server: FakeServer;
let api: Api;

beforeEach(async () => {
  server = fakeServer({ properties: { "some.key": "some value", "some.password": "hunter2" } });
  api = await createApi(server, { checkAnswers: true });
});
afterEach(async () => {
  await api.close();
  await server.close();
});

async function get(url: string, headers: Record<string, string> = {}) {
  return api.inject({ method: "GET", url, headers });
}

async function post(url: string, payload: string | object = "", headers: Record<string, string> = {}) {
  return api.inject({ method: "POST", url, payload, headers });
}

/** Deploys, waits for the start, and gives the application's id and its service's. */
async function deployed(text = BLUEPRINT): Promise<{ app: string; web: string; at: string }> {
  const answer = await post("/v1/applications", text, { "content-type": "application/json" });
  expect(answer.statusCode).toBe(201);
  const task = answer.json();
  await get(`/v1/activities/${task.id}?timeout=never`);
  const [web] = (await get(`/v1/applications/${task.entityId}/entities`)).json();
  return { app: task.entityId, web: web.id, at: `/v1/applications/${task.entityId}/entities/${web.id}` };
}

describe("POST /v1/applications", () => {
  it.each([
    ["application/json", BLUEPRINT],
    ["application/yaml", BLUEPRINT],
    ["text/plain", BLUEPRINT],
    ["application/x-www-form-urlencoded", BLUEPRINT],
    ["application/x-www-form-urlencoded", new URLSearchParams({ plan: BLUEPRINT, format: "brooklyn-camp" }).toString()],
    ["application/json", JSON.stringify({ name: "Shop", services: [{ type: "test-service" }] })],
    ["multipart/form-data; boundary=xx", `--xx\r\nContent-Disposition: form-data; name="plan"\r\n\r\n${BLUEPRINT}\r\n--xx--\r\n`],
  ])("takes a plan as %s", async (type, payload) => {
    const answer = await post("/v1/applications", payload, { "content-type": type });
    expect(answer.statusCode).toBe(201);
    const task = answer.json();
    expect(task).toMatchObject({ entityDisplayName: "Shop", isError: false, links: { self: `/v1/activities/${task.id}` } });
    expect(answer.headers.location).toBe(`http://localhost:80/v1/applications/${task.entityId}`);
    expect(answer.headers["cache-control"]).toBe("no-cache, no-store");
  });

  it("fetches a plan that is a web address, and no other address", async () => {
    expect((await post("/v1/applications", "http://example.org/plan.yaml", { "content-type": "text/plain" })).statusCode).toBe(201);
    expect((await post("/v1/applications", "file:///etc/passwd", { "content-type": "text/plain" })).statusCode).toBe(400);
  });

  it("tells a wrong plan from YAML that does not parse, with place and remedy", async () => {
    const unknown = await post("/v1/applications", "services: [{type: test-servise}]");
    expect(unknown.statusCode).toBe(400);
    expect(unknown.json()).toMatchObject({
      error: 400,
      message: 'Error in blueprint: There is no type "test-servise". Did you mean "test-service"?',
      data: { code: "unknown-type", remedy: 'Did you mean "test-service"?' },
    });
    const broken = await post("/v1/applications", "services: [", { "content-type": "application/json" });
    expect(broken.json()).toMatchObject({ error: 400, message: expect.stringMatching(/^Invalid YAML: /), data: { line: 1, column: 1 } });
    const nowhere = await post("/v1/applications", "location: tset:here\nservices: [{type: test-service}]");
    expect(nowhere.json()).toMatchObject({ error: 400, message: expect.stringMatching(/^Error in blueprint: Unknown location 'tset:here'/) });
    expect((await post("/v1/applications", "")).statusCode).toBe(400);
    expect((await get("/v1/applications")).json()).toEqual([]);
  });

  it("passes warnings on in a header that is plain ASCII", async () => {
    const answer = await post("/v1/applications", "warn: true\nservices: [{type: test-service}]");
    expect(answer.headers["warning"]).toBe('199 clocker "?nknown key"');
  });

  it("says no to success that the store did not keep", async () => {
    server.breakStore();
    const answer = await post("/v1/applications", BLUEPRINT);
    expect(answer.statusCode).toBe(500);
    expect(answer.json().message).toContain("the disk is full");
  });
});

describe("applications", () => {
  it("are found by id, and by name in any case", async () => {
    const { app } = await deployed();
    expect((await get("/v1/applications/shop")).json()).toEqual({
      id: app,
      spec: { name: "Shop", type: "org.apache.brooklyn.entity.stock.BasicApplication", locations: [expect.any(String)] },
      status: "RUNNING",
      links: { self: `/v1/applications/${app}`, entities: `/v1/applications/${app}/entities` },
    });
    expect((await get("/v1/applications")).json()).toHaveLength(1);
    expect((await get("/v1/applications?typeRegex=org.none.*")).json()).toEqual([]);
    const missing = await get("/v1/applications/shopp");
    expect(missing.statusCode).toBe(404);
    expect(missing.json()).toMatchObject({ error: 404, message: `Application 'shopp' not found. Did you mean "Shop"?` });
  });

  it("are given whole by fetch, with chosen sensors, and items with their ancestors appended", async () => {
    const { app, web } = await deployed();
    const [tree] = (await get("/v1/applications/fetch")).json();
    expect(tree).toMatchObject({ id: app, applicationId: app, children: [{ id: web, name: "Web Front", parentId: app, children: [], serviceState: "RUNNING", serviceUp: true, groupIds: [], members: [] }, { name: "Notes" }] });
    expect(tree.sensors).toBeUndefined();
    const all = (await get(`/v1/applications/fetch?items=${web}&sensors=${encodeURIComponent('["main.uri"]')}`)).json();
    expect(all.map((each: { id: string }) => each.id)).toEqual([app, web]);
    expect(all[1].sensors).toEqual({ "main.uri": "http://127.0.0.1:49153/" });
  });

  it("are given by details as deep as asked for", async () => {
    const { app, web } = await deployed();
    const [shallow] = (await get("/v1/applications/details?depth=0&config=*wrapper*")).json();
    expect(shallow).toMatchObject({ id: app, config: { "brooklyn.wrapper_app": true }, tags: [{ kind: "yaml_spec" }], creationTimeUtc: expect.any(Number) });
    expect(shallow.children).toBeUndefined();
    const only = (await get(`/v1/applications/details?includeAllApps=false&items=${web}&sensors=test.*`)).json();
    expect(only).toHaveLength(1);
  });

  it("are deleted with 202 and the task, and are gone when it ends", async () => {
    const { app } = await deployed();
    const answer = await api.inject({ method: "DELETE", url: "/v1/applications/shop" });
    expect(answer.statusCode).toBe(202);
    await get(`/v1/activities/${answer.json().id}?timeout=never`);
    expect((await get(`/v1/applications/${app}`)).statusCode).toBe(404);
  });

  it("list descendants and a sensor of all of them", async () => {
    const { app, web } = await deployed();
    expect((await get(`/v1/applications/${app}/descendants?typeRegex=org.example.*`)).json()).toHaveLength(1);
    expect((await get(`/v1/applications/${app}/descendants/sensor/main.uri`)).json()).toEqual({ [web]: "http://127.0.0.1:49153/" });
  });
});

describe("entities", () => {
  it("are found by id, by name with blanks, and the application itself counts", async () => {
    const { app, web } = await deployed();
    const answer = await get("/v1/applications/Shop/entities/Web%20Front");
    expect(answer.json()).toMatchObject({ id: web, name: "Web Front", type: "org.example.TestService", links: { self: `/v1/applications/${app}/entities/${web}`, parent: `/v1/applications/${app}/entities/${app}`, expunge: expect.any(String) } });
    expect((await get(`/v1/applications/${app}/entities/${app}`)).json().id).toBe(app);
    expect((await get(`/v1/applications/${app}/entities/nope`)).statusCode).toBe(404);
  });

  it("of another application are refused with 412", async () => {
    const { web } = await deployed();
    const other = await deployed("name: Other\nservices: [{type: test-service}]");
    expect((await get(`/v1/applications/${other.app}/entities/${web}`)).statusCode).toBe(412);
  });

  it("get children, started unless told otherwise", async () => {
    const { at } = await deployed();
    const answer = await post(`${at}/children?start=true&timeout=20ms`, "type: test-service\nname: Extra", { "content-type": "application/json" });
    expect(answer.statusCode).toBe(201);
    const [child] = (await get(`${at}/children`)).json();
    expect(answer.headers.location).toMatch(new RegExp(`/entities/${child.id}$`));
    const still = await post(`${at}/children?start=false`, "type: test-service");
    expect(still.statusCode).toBe(201);
    const bad = await post(`${at}/children`, "type: nope");
    expect(bad.json().message).toMatch(/^Error in blueprint: /);
  });

  it("are renamed, and tell their locations, relations, blueprint and tags", async () => {
    const { at, app } = await deployed();
    expect((await post(`${at}/name?name=Front`)).statusCode).toBe(200);
    expect((await get(at)).json().name).toBe("Front");
    const root = `/v1/applications/${app}/entities/${app}`;
    expect((await get(`${root}/locations`)).json()).toMatchObject([{ spec: "test:here", type: "org.example.TestLocation" }]);
    expect((await get(`${at}/relations`)).json()).toEqual([]);
    const spec = await get(`${root}/spec`);
    expect(spec.headers["content-type"]).toContain("text/plain");
    expect(spec.body).toContain("Web Front");
    expect(spec.body).not.toContain("hunter2");
    expect((await get(`${at}/spec`)).statusCode).toBe(204);
    expect((await get(`${root}/tags`)).body).not.toContain("hunter2");
    expect((await post(`${at}/tag/add`, '{"a":1}')).statusCode).toBe(204);
    expect((await post(`${at}/tag/upsert/a`, "2")).statusCode).toBe(204);
    expect((await get(`${at}/tag/get/a`)).json()).toBe(2);
    expect((await get(`${at}/tag/get/b`)).json()).toBeNull();
    expect((await post(`${at}/tag/delete`, '{"a":2}')).json()).toBe(true);
    expect((await get(`${at}/tags`)).json()).toEqual([]);
    expect((await get(`${at}/icon`)).statusCode).toBe(204);
  });

  it("are expunged with 202", async () => {
    const { at } = await deployed();
    const answer = await post(`${at}/expunge?release=true&timeout=0`);
    expect(answer.statusCode).toBe(202);
    await get(`/v1/activities/${answer.json().id}?timeout=never`);
    expect((await get(at)).statusCode).toBe(404);
  });

  it("list their tasks without results", async () => {
    const { at } = await deployed();
    const tasks = (await get(`${at}/activities`)).json();
    expect(tasks.map((task: { displayName: string }) => task.displayName)).toContain("launch");
    expect(tasks[0]).not.toHaveProperty("result");
    expect((await get(`${at}/activities/${tasks[0].id}`)).json()).toHaveProperty("detailedStatus");
    expect((await get(`${at}/activities?limit=1`)).json()).toHaveLength(1);
  });
});

describe("sensors", () => {
  it("are listed by name, with a link that opens URLs", async () => {
    const { at } = await deployed();
    const sensors = (await get(`${at}/sensors`)).json();
    const names = sensors.map((each: { name: string }) => each.name);
    expect(names).toEqual(names.toSorted());
    expect(sensors.find((each: { name: string }) => each.name === "main.uri").links["action:open"]).toBe("http://127.0.0.1:49153/");
  });

  it("are read as JSON, as text, as nothing, or not known", async () => {
    const { at } = await deployed();
    expect((await get(`${at}/sensors/service.isUp`, { accept: "application/json, text/plain" })).body).toBe("true");
    expect((await get(`${at}/sensors/main.uri`)).body).toBe('"http://127.0.0.1:49153/"');
    const text = await get(`${at}/sensors/main.uri`, { accept: "text/plain" });
    expect(text.body).toBe("http://127.0.0.1:49153/");
    expect(text.headers["content-type"]).toContain("text/plain");
    expect((await get(`${at}/sensors/test.unset`)).statusCode).toBe(204);
    const unknown = await get(`${at}/sensors/test.cuont`);
    expect(unknown.statusCode).toBe(404);
    expect(unknown.json().message).toBe(`Sensor 'test.cuont' not known. Did you mean "test.count"?`);
  });

  it("are set through their types, singly and together, and cleared", async () => {
    const { at } = await deployed();
    expect((await post(`${at}/sensors/test.wait.actual`, '"5m"')).statusCode).toBe(204);
    expect((await post(`${at}/sensors`, { "test.count": "7", "test.db.password": "hunter2", dynamic: { a: 1 } })).statusCode).toBe(204);
    expect((await get(`${at}/sensors/current-state`)).json()).toMatchObject({ "test.wait.actual": "5m", "test.count": 7, dynamic: { a: 1 }, "test.db.password": expect.stringMatching(/^<suppressed>/) });
    expect((await post(`${at}/sensors/test.count`, '"many"')).statusCode).toBe(400);
    expect((await api.inject({ method: "DELETE", url: `${at}/sensors/test.count` })).statusCode).toBe(204);
    expect((await get(`${at}/sensors/test.count`)).statusCode).toBe(204);
    expect((await post(`${at}/sensors/service.problems`, "{}")).statusCode).toBe(204);
  });
});

describe("config", () => {
  it("is listed by name, with types, defaults and possible values, and no secret", async () => {
    const { at } = await deployed();
    const keys = (await get(`${at}/config`)).json();
    const find = (name: string) => keys.find((each: { name: string }) => each.name === name);
    expect(find("test.wait")).toMatchObject({ type: "org.apache.brooklyn.util.time.Duration", defaultValue: "1m 30s", reconfigurable: false });
    expect(find("test.kind")).toMatchObject({ type: "java.lang.Enum", possibleValues: [{ value: "SMALL", description: "SMALL" }, { value: "LARGE", description: "LARGE" }] });
  });

  it("is read with defaults, as 204 when unset and 404 when unknown", async () => {
    const { at } = await deployed();
    expect((await get(`${at}/config/test.size`)).body).toBe("4");
    expect((await get(`${at}/config/test.wait`)).body).toBe('"1m 30s"');
    expect((await get(`${at}/config/test.fails`)).statusCode).toBe(204);
    expect((await get(`${at}/config/test.unknown`)).statusCode).toBe(404);
    expect((await get(`${at}/config/current-state`)).json()).toMatchObject({ "test.size": 4, "test.password": expect.stringMatching(/^<suppressed>/) });
    expect((await get(`${at}/config/test.password`, { accept: "text/plain" })).body).toMatch(/^<suppressed>/);
  });

  it("is set as JSON or, as br sends it, as bare text; wrong values are refused", async () => {
    const { at } = await deployed();
    expect((await post(`${at}/config/test.wait`, "2 minutes", { "content-type": "application/json" })).statusCode).toBe(204);
    expect((await get(`${at}/config/test.wait`)).body).toBe('"2m"');
    expect((await post(`${at}/config`, { size: 9, other: [1] })).statusCode).toBe(204);
    expect((await get(`${at}/config/test.size`)).body).toBe("9");
    expect((await get(`${at}/config/other`)).json()).toEqual([1]);
    expect((await get(`${at}/config`)).json().map((each: { name: string }) => each.name)).toContain("other");
    const wrong = await post(`${at}/config/test.size`, '"many"');
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().data).toMatchObject({ code: "invalid-value", key: "test.size" });
    expect((await post(`${at}/config/test.size`, "{broken")).statusCode).toBe(400);
    expect((await post(`${at}/config/test.hidden`, '"deep secret"')).statusCode).toBe(204);
    expect((await get(`${at}/config/current-state`)).body).not.toContain("deep secret");
  });

  it("shows an expression resolved, as written when raw or when it would have to wait", async () => {
    const { at } = await deployed();
    await post(`${at}/config`, { a: "$brooklyn:value", b: '$brooklyn:literal("later")' });
    expect((await get(`${at}/config/a`)).json()).toBe("value");
    expect((await get(`${at}/config/a?raw=true`)).json()).toBe("$brooklyn:value");
    expect((await get(`${at}/config/b`)).json()).toBe('$brooklyn:literal("later")');
  });
});

describe("effectors", () => {
  it("are listed by name with their parameters", async () => {
    const { at } = await deployed();
    const effectors = (await get(`${at}/effectors`)).json();
    expect(effectors.find((each: { name: string }) => each.name === "echo")).toMatchObject({ returnType: "java.util.Map", parameters: [{ name: "size", type: "java.lang.Integer", defaultValue: 3, shouldSanitize: false }, { name: "text" }] });
  });

  it("answer with the result when no timeout is given", async () => {
    const { at } = await deployed();
    expect((await post(`${at}/effectors/echo`, "size=4&text=a+b", { "content-type": "application/x-www-form-urlencoded" })).json()).toEqual({ size: 4, text: "a b" });
    expect((await post(`${at}/effectors/echo`, { text: "x" })).json()).toEqual({ size: 3, text: "x" });
    const said = await post(`${at}/effectors/say`);
    expect([said.statusCode, said.body, said.headers["content-type"]]).toEqual([200, '"hello"', expect.stringContaining("application/json")]);
    const nothing = await post(`${at}/effectors/nothing?timeout=`);
    expect([nothing.statusCode, nothing.body]).toEqual([200, ""]);
  });

  it("answer with the task when the timeout passes", async () => {
    const { at } = await deployed();
    for (const timeout of ["0", "always", "1ms"]) {
      const answer = await post(`${at}/effectors/hold?timeout=${timeout}`);
      expect(answer.statusCode).toBe(202);
      const { id } = answer.json();
      const running = await get(`/v1/activities/${id}`);
      expect(running.statusCode).toBe(202);
      server.letGo();
      const ended = await get(`/v1/activities/${id}?timeout=never`);
      expect(ended.json()).toMatchObject({ currentStatus: "Completed", result: "let go" });
    }
    expect((await post(`${at}/effectors/hold?timeout=soon`)).statusCode).toBe(400);
  });

  it("that fail answer with the reason; unexpected failures with a reference only", async () => {
    const { at } = await deployed();
    const broken = await post(`${at}/effectors/break`);
    expect(broken.statusCode).toBe(500);
    expect(broken.json()).toMatchObject({ message: "Cannot break: it is broken already. Leave it", data: { code: "command-failed" } });
    const crashed = await post(`${at}/effectors/crash`);
    expect(crashed.statusCode).toBe(500);
    expect(crashed.json().message).toMatch(/^Internal error \(Reference: [a-z0-9]{13}\)$/);
    expect(crashed.body).not.toContain("secret internals");
    expect(server.errors).toHaveLength(1);
  });

  it("are refused before a task is made when unknown or with wrong parameters", async () => {
    const { at } = await deployed();
    const unknown = await post(`${at}/effectors/ecko`);
    expect(unknown.statusCode).toBe(404);
    expect(unknown.json().message).toBe(`Entity 'Web Front' has no effector with name 'ecko'. Did you mean "echo"?`);
    expect((await post(`${at}/effectors/echo?timeout=0`, { size: "many" })).statusCode).toBe(400);
    expect((await post(`${at}/effectors/echo`, "{broken")).statusCode).toBe(400);
  });
});

describe("policies and adjuncts", () => {
  it("are listed, read, stopped, started and removed", async () => {
    const { at } = await deployed();
    const [policy] = (await get(`${at}/policies`)).json();
    expect(policy).toMatchObject({ name: "Test policy", state: "RUNNING" });
    expect((await get(`${at}/policies/${policy.id}`)).json()).toBe("RUNNING");
    expect((await get(`${at}/policies/Test%20policy/config/current-state`)).json()).toEqual({ "policy.size": 7 });
    expect((await get(`${at}/policies/${policy.id}/config`)).json()).toMatchObject([{ name: "policy.password" }, { name: "policy.size", defaultValue: 5 }]);
    expect((await post(`${at}/policies/${policy.id}/stop`)).statusCode).toBe(204);
    expect((await get(`${at}/policies/${policy.id}`)).json()).toBe("STOPPED");
    expect((await get(`${at}/policies/current-state`)).json()).toEqual({ [policy.id]: false });
    expect((await post(`${at}/policies/${policy.id}/start`)).statusCode).toBe(204);
    expect((await get(`${at}/adjuncts/${policy.id}`)).json()).toMatchObject({ adjunctType: "POLICY", state: "RUNNING", config: { "policy.size": 7 } });
    expect((await post(`${at}/policies/${policy.id}/destroy`)).statusCode).toBe(204);
    expect((await get(`${at}/policies`)).json()).toEqual([]);
    expect((await get(`${at}/policies/${policy.id}`)).statusCode).toBe(404);
  });

  it("are attached; enrichers cannot be stopped; unknown types are refused", async () => {
    const { at } = await deployed();
    const made = await post(`${at}/adjuncts?type=org.example.TestEnricher`, { "policy.password": "hunter2" });
    expect(made.statusCode).toBe(200);
    expect(made.body).not.toContain("hunter2");
    const { id } = made.json();
    expect((await get(`${at}/adjuncts?adjunctType=enricher`)).json()).toHaveLength(1);
    expect((await get(`${at}/adjuncts?adjunctType=other`)).statusCode).toBe(400);
    expect((await post(`${at}/adjuncts/${id}/stop`)).statusCode).toBe(400);
    expect((await get(`${at}/adjuncts/${id}/config/policy.size`)).json()).toBe(5);
    expect((await api.inject({ method: "DELETE", url: `${at}/adjuncts/${id}` })).statusCode).toBe(204);
    expect((await post(`${at}/adjuncts`, {})).statusCode).toBe(400);
    expect((await post(`${at}/adjuncts?type=org.example.Nope`, {})).json().data.code).toBe("unknown-type");
  });
});

describe("activities", () => {
  it("tell of a failed start, with its error, remedy, children and output", async () => {
    const answer = await post("/v1/applications", "name: Bad\nservices: [{type: test-service, test.fails: It does not work}]");
    const id = answer.json().id;
    const task = (await get(`/v1/activities/${id}?timeout=never`)).json();
    expect(task).toMatchObject({ currentStatus: "Failed", isError: true, isCancelled: false });
    expect(task.detailedStatus).toContain("What to do: Mend it");
    const all: Record<string, { displayName: string; streams: Record<string, unknown> }> = (await get(`/v1/activities/${id}/children/recurse`)).json();
    const launch = Object.entries(all).find(([, each]) => each.displayName === "launch");
    expect(launch?.[1].streams).toMatchObject({ stdout: { metadata: { name: "stdout", size: expect.any(Number) } } });
    const output = await get(`/v1/activities/${launch?.[0]}/stream/stdout`);
    expect(output.body).toMatch(/^launching /);
    expect(output.headers["content-type"]).toContain("text/plain");
    expect((await get(`/v1/activities/${launch?.[0]}/stream/stderr`)).statusCode).toBe(404);
    expect((await get(`/v1/activities/${id}/children`)).json()).toHaveLength(1);
  });

  it("are cancelled", async () => {
    const { at } = await deployed();
    const { id } = (await post(`${at}/effectors/hold?timeout=0`)).json();
    expect((await get(`/v1/activities/${id}`)).json().children).toHaveLength(1);
    expect((await post(`/v1/activities/${id}/cancel`)).json()).toBe(true);
    expect((await get(`/v1/activities/${id}?timeout=never`)).json()).toMatchObject({ currentStatus: "Cancelled", isCancelled: true });
    expect((await post(`/v1/activities/${id}/cancel`)).json()).toBe(false);
    const gone = await get("/v1/activities/nope");
    expect(gone.json()).toMatchObject({ error: 404, message: "Cannot find task 'nope' - possibly garbage collected to save memory" });
    expect((await get("/v1/activities")).json().length).toBeGreaterThan(0);
  });
});

describe("locations", () => {
  it("are listed by name without secrets, and found by id, by name, and in use", async () => {
    const { app } = await deployed();
    expect((await get("/v1/locations")).json()).toMatchObject([{ id: "Named123", name: "named-place", spec: "test:place", config: { user: "bob", password: expect.stringMatching(/^<suppressed>/) } }]);
    expect((await get("/v1/locations/named-place")).json().id).toBe("Named123");
    const [id] = (await get(`/v1/applications/${app}`)).json().spec.locations;
    expect((await get(`/v1/locations/${id}?full=true`)).json()).toMatchObject({ spec: "test:here", config: { displayName: "test:here" } });
    expect((await get("/v1/locations/nope")).statusCode).toBe(404);
  });
});

describe("server", () => {
  it("says what it is and how it is", async () => {
    expect((await get("/v1/server/version")).json()).toEqual({ version: "0.1.0-test", buildSha1: "abc", buildBranch: "main", features: [] });
    expect((await get("/v1/server/up")).json()).toBe(true);
    expect((await get("/v1/server/healthy")).json()).toBe(true);
    expect((await get("/v1/server/shuttingDown")).json()).toBe(false);
    expect((await get("/v1/server/ha/state")).body).toBe('"MASTER"');
    expect((await get("/v1/server/planeid")).body).toBe("Plane123");
    expect((await get("/v1/server/user")).body).toBe("null");
    const extended = (await get("/v1/server/up/extended")).json();
    expect(extended).toMatchObject({ up: true, ha: { planeId: "Plane123", masterId: extended.ha.ownId } });
    expect((await get("/v1/server/config/some.key")).body).toBe('"some value"');
    expect((await get("/v1/server/config/some.password")).statusCode).toBe(403);
    expect((await get("/v1/server/config/none")).statusCode).toBe(404);
    expect((await get("/v1/access")).json()).toEqual({ locationProvisioningAllowed: true, links: { self: "/v1/access" } });
    expect((await post("/v1/logout?unauthorize")).statusCode).toBe(401);
    expect((await post("/v1/server/shutdown")).statusCode).toBe(403);
  });

  it("answers what it does not have as 404 in Brooklyn's shape", async () => {
    const answer = await get("/v1/nothing");
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ message: "There is nothing at GET /v1/nothing", error: 404 });
  });

  it("describes itself in OpenAPI 3.1 with every route", async () => {
    const document = (await get("/v1/openapi.json")).json();
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toContain("/v1/applications/{application}/entities/{entity}/effectors/{effector}");
    expect(document.components.schemas).toHaveProperty("TaskSummary");
    expect(document.paths["/v1/applications"].post.requestBody.content).toHaveProperty("application/yaml");
  });

  it("refuses changes, and reading of entities, until it is ready", async () => {
    const starting = fakeServer({ isReady: false });
    const notReady = await createApi(starting);
    expect((await notReady.inject({ method: "POST", url: "/v1/applications", payload: BLUEPRINT })).json()).toMatchObject({ error: 403, message: "This request is only permitted against an active primary Brooklyn server" });
    expect((await notReady.inject("/v1/applications")).statusCode).toBe(403);
    expect((await notReady.inject("/v1/server/up")).json()).toBe(false);
    expect((await notReady.inject("/v1/server/ha/state")).json()).toBe("INITIALIZING");
    await notReady.close();
    await starting.close();
  });
});
