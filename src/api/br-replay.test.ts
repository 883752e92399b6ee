import { describe, expect, it } from "vitest";
import { BLUEPRINT, useApi } from "../../test/support/api-harness.ts";

/*
 * Replays what Brooklyn's command line `br` calls, with the headers that it sends, and decodes the answers as strictly as its Go structs do
 * (reference/brooklyn.md, 1.6).
 */
const api = useApi();
const ACCEPT = { accept: "application/json, text/plain" };
const JSON_TYPE = { ...ACCEPT, "content-type": "application/json" };
const FORM_TYPE = { ...ACCEPT, "content-type": "application/x-www-form-urlencoded" };

async function get(path: string) {
  const answer = await api().get(`/v1/${path}`, ACCEPT);
  expect(answer.statusCode).toBeLessThan(300);
  return answer.body === "" ? undefined : answer.json();
}

async function post(path: string, body: string, headers = JSON_TYPE) {
  const answer = await api().post(`/v1/${path}`, body, headers);
  expect(answer.statusCode).toBeLessThan(300);
  return answer;
}

/** Go's decoder fails on anything but a whole number for int64, and on anything but strings in map[string]string. */
function decodesAsTask(task: Record<string, unknown>): void {
  for (const name of ["id", "displayName", "description", "currentStatus"]) expect(typeof task[name]).toBe("string");
  for (const name of ["submitTimeUtc", "startTimeUtc", "endTimeUtc"]) expect(task[name] === undefined || Number.isInteger(task[name])).toBe(true);
  for (const name of ["isError", "isCancelled"]) expect(typeof task[name]).toBe("boolean");
  expect(Array.isArray(task["tags"])).toBe(true);
  decodesAsLinks(task["links"]);
  for (const stream of Object.values(task["streams"] as Record<string, { link: string; metadata: Record<string, unknown> }>)) {
    expect(stream).toMatchObject({ link: expect.any(String), metadata: { name: expect.any(String), sizeText: expect.any(String) } });
    expect(Number.isInteger(stream.metadata["size"])).toBe(true);
  }
  for (const child of task["children"] as { link: string; metadata: Record<string, unknown> }[]) {
    expect(child.link).toMatch(/^\/v1\/activities\//);
    for (const value of Object.values(child.metadata)) expect(typeof value).toBe("string");
  }
}

function decodesAsLinks(links: unknown): void {
  for (const link of Object.values(links as Record<string, unknown>)) expect(link).toMatch(/^(\/v1\/|https?:)/);
}

async function deploy(): Promise<string> {
  const task = (await post("applications", BLUEPRINT)).json();
  decodesAsTask(task);
  await get(`activities/${task.id}?timeout=never`);
  return task.entityId;
}

describe("br", () => {
  it("login and version", async () => {
    expect(await get("server/version")).toMatchObject({ version: expect.any(String), buildSha1: expect.any(String), buildBranch: expect.any(String), features: [] });
  });

  it("deploy: YAML as application/json", async () => {
    await deploy();
  });

  it("application, application Shop", async () => {
    const app = await deploy();
    for (const summary of await get("applications")) {
      expect(summary).toMatchObject({ id: expect.any(String), spec: { name: expect.any(String), type: expect.any(String), locations: expect.any(Array) }, status: expect.any(String) });
      decodesAsLinks(summary.links);
    }
    const { id, spec } = await get("applications/Shop");
    expect(id).toBe(app);
    decodesAsLinks((await get(`applications/${app}/entities/${app}`)).links);
    await get(`applications/${app}/entities/${app}/sensors/current-state`);
    for (const location of spec.locations) decodesAsLinks((await get(`locations/${location}`)).links);
  });

  it("app Shop entity, entity 'Web Front', and its children", async () => {
    await deploy();
    for (const entity of await get("applications/Shop/entities")) decodesAsLinks(entity.links);
    expect((await get("applications/Shop/entities/Web%20Front")).type).toBe("org.example.TestService");
    expect(await get("applications/Shop/entities/Web%20Front/children")).toEqual([]);
  });

  it("activity, activity T, activity T stdout", async () => {
    await deploy();
    const tasks = await get("applications/Shop/entities/Web%20Front/activities");
    tasks.forEach(decodesAsTask);
    const launch = tasks.find((task: { displayName: string }) => task.displayName === "launch");
    decodesAsTask(await get(`activities/${launch.id}`));
    for (const child of await get(`activities/${launch.id}/children`)) decodesAsTask(child);
    const output = await api().get(`/v1/activities/${launch.id}/stream/stdout`, ACCEPT);
    expect(output.body).toContain("launching");
  });

  it("config, config K, config K set V: the bare value as application/json", async () => {
    await deploy();
    const at = "applications/Shop/entities/Web%20Front/config";
    expect(Object.keys(await get(`${at}/current-state`))).toContain("test.size");
    for (const key of await get(at)) {
      expect(key.priority === undefined || typeof key.priority === "number").toBe(true);
      for (const possible of key.possibleValues ?? []) for (const text of Object.values(possible)) expect(typeof text).toBe("string");
      decodesAsLinks(key.links);
    }
    expect((await post(`${at}/test.fails`, "not a JSON value")).statusCode).toBe(204);
    expect(await get(`${at}/test.fails`)).toBe("not a JSON value");
    expect((await post(`${at}/test.size`, "12")).statusCode).toBe(204);
    expect(await get(`${at}/test.size`)).toBe(12);
  });

  it("sensor: the list, then one GET each, set or not", async () => {
    await deploy();
    const at = "applications/Shop/entities/Web%20Front/sensors";
    for (const sensor of await get(at)) {
      decodesAsLinks(sensor.links);
      await get(`${at}/${encodeURIComponent(sensor.name)}`);
    }
  });

  it("effector, invoke, start, stop, restart: forms with ?timeout=", async () => {
    await deploy();
    const at = "applications/Shop/entities/Web%20Front/effectors";
    for (const effector of await get(at)) {
      decodesAsLinks(effector.links);
      for (const parameter of effector.parameters) expect(parameter).toMatchObject({ name: expect.any(String), type: expect.any(String), description: expect.any(String) });
    }
    expect((await post(`${at}/echo?timeout=`, "text=hello", FORM_TYPE)).json()).toMatchObject({ text: "hello" });
    for (const effector of ["restart", "stop", "start"]) expect((await post(`${at}/${effector}?timeout=`, "", FORM_TYPE)).statusCode).toBe(200);
    decodesAsTask((await post(`${at}/say?timeout=0`, "", FORM_TYPE)).json());
  });

  it("app Shop stop: the application vanishes", async () => {
    const app = await deploy();
    await post(`applications/${app}/entities/${app}/effectors/stop?timeout=`, "", FORM_TYPE);
    expect(await get("applications")).toEqual([]);
  });

  it("policy, policy P, stop-policy, start-policy, destroy-policy: priority whole or absent", async () => {
    await deploy();
    const at = "applications/Shop/entities/Web%20Front/policies";
    const [policy] = await get(at);
    expect(typeof (await get(`${at}/${policy.id}`))).toBe("string");
    for (const key of await get(`${at}/${policy.id}/config`)) expect(key.priority === undefined || Number.isInteger(key.priority)).toBe(true);
    await get(`${at}/${policy.id}/config/current-state`);
    for (const verb of ["stop", "start", "destroy"]) expect((await post(`${at}/${policy.id}/${verb}`, "")).statusCode).toBe(204);
  });

  it("rename, spec, add-children", async () => {
    const app = await deploy();
    await post(`applications/Shop/entities/Web%20Front/name?name=Front`, "");
    expect((await api().get(`/v1/applications/Shop/entities/${app}/spec`, ACCEPT)).body).toContain("services:");
    const added = await post("applications/Shop/entities/Front/children", "type: test-service");
    expect(added.statusCode).toBe(201);
    decodesAsTask(added.json());
  });

  it("tree: members are id and name", async () => {
    await deploy();
    const check = (entity: { members: unknown; children?: unknown[]; links: unknown }): void => {
      expect(Array.isArray(entity.members)).toBe(true);
      decodesAsLinks(entity.links);
      entity.children?.forEach((child) => check(child as typeof entity));
    };
    (await get("applications/fetch")).forEach(check);
  });

  it("catalog add, list, show, delete", async () => {
    const bom = "brooklyn.catalog:\n  id: mine\n  version: 1.0.0\n  itemType: entity\n  item: { type: test-service }\n";
    const added = await post("catalog?detail=true", bom, { ...ACCEPT, "content-type": "application/x-yaml" });
    expect(added.json()).toMatchObject({ message: expect.any(String), bundle: expect.any(String), code: "INSTALLED_NEW_BUNDLE" });
    for (const kind of ["applications", "entities", "locations", "policies"]) {
      for (const item of await get(`catalog/${kind}?allVersions=true`)) {
        expect(Array.isArray(item.tags)).toBe(true);
        decodesAsLinks(item.links);
      }
    }
    await get("catalog/policies?allVersions");
    expect((await get("catalog/entities/mine")).version).toBe("1.0.0");
    expect((await get("catalog/entities/mine/1.0.0")).planYaml).toContain("test-service");
    expect((await api().delete("/v1/catalog/entities/mine/1.0.0")).statusCode).toBe(204);
  });

  it("locations, access, delete", async () => {
    await deploy();
    for (const location of await get("locations")) decodesAsLinks(location.links);
    expect((await get("access")).locationProvisioningAllowed).toBe(true);
    const deleted = await api().delete("/v1/applications/Shop");
    expect(deleted.statusCode).toBe(202);
    decodesAsTask(deleted.json());
  });

  it("prints the message of a failure, which is always text", async () => {
    for (const path of ["applications/nope", "activities/nope", "catalog/entities/nope", "nothing", "locations/nope"]) {
      const answer = await api().get(`/v1/${path}`, ACCEPT);
      expect(answer.statusCode).toBe(404);
      expect(typeof answer.json().message).toBe("string");
    }
  });
});
