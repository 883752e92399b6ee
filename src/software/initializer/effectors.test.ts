import { afterEach, beforeEach, expect, test } from "vitest";
import { blueprintPlane } from "../../../test/support/blueprint-plane.ts";
import { httpServer, type TestServer } from "../../../test/support/http-server.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";

let server: TestServer;
const asked: { method: string | undefined; url: string | undefined; headers: Record<string, unknown>; body: string }[] = [];
beforeEach(async () => {
  asked.length = 0;
  server = await httpServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, body });
      if (request.url === "/gone") return void response.writeHead(410).end("it is gone");
      response.end(JSON.stringify({ id: "job-7", steps: [{ name: "a" }], ok: true }));
    });
  });
});
afterEach(() => server.close());

test("an HTTP effector makes its request, returns what lies at its path and publishes the rest; a call may change it", async () => {
  const { plane, deploy } = blueprintPlane();
  const app = deploy(`
services:
- type: basic-entity
  brooklyn.config: { host: "${server.url}" }
  brooklyn.initializers:
  - type: org.apache.brooklyn.core.effector.http.HttpCommandEffector
    brooklyn.config:
      name: submit
      uri: $brooklyn:formatString("%s/jobs", $brooklyn:config("host"))
      httpVerb: post
      httpUsername: me
      httpPassword: geheim
      headers: { X-Trace: "1" }
      httpPayload: { name: job }
      jsonPath: $.id
      publishSensor: job.id
      jsonPathAndSensors: { "$.steps[0].name": job.step, $.ok: job.ok }
`);
  const [entity] = app.children as [Entity];
  const invoke = (parameters = {}) => plane.submit(entity, "submit", (work) => entity.invoke("submit", parameters, work)).result;
  expect(await invoke()).toBe("job-7");
  expect(asked[0]).toMatchObject({ method: "POST", url: "/jobs", body: '{"name":"job"}', headers: { "x-trace": "1", "content-type": "application/json", authorization: `Basic ${btoa("me:geheim")}` } });
  expect(["job.id", "job.step", "job.ok"].map((name) => entity.sensorValue(name)?.value)).toEqual(["job-7", "a", "true"]);
  await expect(invoke({ uri: `${server.url}/gone` })).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("answered 410: it is gone") });
  await expect(invoke({ jsonPath: "$.none" })).rejects.toThrow('nothing at "$.none"');
  expect(() => deploy("services: [{type: basic-entity, brooklyn.initializers: [{type: http-command-effector, brooklyn.config: {name: x}}]}]")).toThrow("needs a uri");
});

test("an add-children effector adds what its blueprint says, with its arguments as config", async () => {
  const { deploy, invoke } = blueprintPlane();
  const app = deploy(`
services:
- type: basic-startable
  brooklyn.initializers:
  - type: org.apache.brooklyn.core.effector.AddChildrenEffector
    brooklyn.config:
      name: add
      parameters: { size: { type: integer, defaultValue: 2 } }
      blueprint_yaml: |
        services:
        - { type: basic-startable, name: First, brooklyn.config: { own: 1 } }
        - { type: basic-entity, name: Second }
  - type: add-children-effector
    brooklyn.config: { name: addOne, blueprint_type: basic-startable, auto_start: false }
`.replaceAll("basic-startable", "org.apache.brooklyn.entity.stock.BasicStartable"));
  const [entity] = app.children as [Entity];
  const ids = await invoke(entity, "add", { size: "5" });
  expect(entity.children.map(({ id }) => id)).toEqual(ids);
  expect(entity.children.map(({ displayName }) => displayName)).toEqual(["First", "Second"]);
  expect(entity.children.map(({ config }) => Object.fromEntries(config.own()))).toEqual([{ own: 1, size: 5 }, { size: 5 }]);
  expect(entity.children[0]?.sensorValue("service.state.expected")?.value).toMatchObject({ state: "RUNNING" });
  await invoke(entity, "addOne");
  expect(entity.children[2]?.sensorValue("service.state.expected")).toBeUndefined();
  const make = (config: string) => () => deploy(`services: [{type: basic-entity, brooklyn.initializers: [{type: add-children-effector, brooklyn.config: {name: x${config}}}]}]`);
  expect(make("")).toThrow("either blueprint_yaml or blueprint_type");
  expect(make(", blueprint_yaml: 'just text'")).toThrow("must be a map with a type");
});

function noting(entity: Entity, name: string, calls: unknown[]): void {
  entity.dynamicEffectors.set(name, effector(name, "", async ({ parameters }) => (calls.push([entity.displayName, name, { ...parameters }]), name)));
}

test("a composite effector invokes others in order, first the one that it overrides", async () => {
  const { deploy, invoke } = blueprintPlane();
  const app = deploy(`
services:
- type: org.apache.brooklyn.entity.stock.BasicStartable
  name: it
  brooklyn.initializers:
  - type: org.apache.brooklyn.core.effector.CompositeEffector
    brooklyn.config: { name: both, effectors: [one, two] }
  - type: composite-effector
    brooklyn.config: { name: restart, effectors: [two], override: true }
`);
  const [entity] = app.children as [Entity];
  const calls: unknown[] = [];
  for (const name of ["one", "two"]) noting(entity, name, calls);
  expect(await invoke(entity, "both", { a: 1 })).toEqual(["one", "two"]);
  expect(calls).toEqual([["it", "one", { a: 1 }], ["it", "two", { a: 1 }]]);
  expect(await invoke(entity, "restart")).toEqual([null, "two"]);
  expect(entity.effector("original-restart")?.description).toBe("Restart the process or service represented by this entity");
  expect(() => deploy("services: [{type: basic-entity, brooklyn.initializers: [{type: composite-effector, brooklyn.config: {name: x, effectors: [a], override: true}}]}]")).toThrow('no effector "x" to override');
});

test("a proxy effector invokes that of another entity", async () => {
  const { deploy, invoke } = blueprintPlane();
  const app = deploy(`
services:
- { type: basic-entity, id: db, name: DB }
- type: basic-entity
  brooklyn.initializers:
  - type: org.apache.brooklyn.core.effector.ProxyEffector
    brooklyn.config: { name: dump, targetEntity: $brooklyn:component("db"), targetEffector: export }
`);
  const [db, front] = app.children as [Entity, Entity];
  const calls: unknown[] = [];
  noting(db, "export", calls);
  expect(await invoke(front, "dump", { path: "x" })).toBe("export");
  expect(calls).toEqual([["DB", "export", { path: "x" }]]);
});

test("a children-batch effector goes through the children in batches and says what fails", async () => {
  const { deploy, invoke, clock } = blueprintPlane();
  const batch = (more: string) => deploy(`
services:
- type: basic-entity
  brooklyn.children: [{type: basic-entity, name: a}, {type: basic-entity, name: b}, {type: basic-entity, name: c}]
  brooklyn.initializers:
  - type: org.apache.brooklyn.core.effector.ChildrenBatchEffector
    brooklyn.config: { name: repaveAll, batchSize: 2, effectorArgs: { force: true }${more} }
`).children[0] as Entity;
  const entity = batch("");
  const order: string[] = [];
  for (const child of entity.children) {
    child.dynamicEffectors.set("repave", effector("repave", "", async () => {
      order.push(`+${child.displayName}`);
      await clock.sleep(1_000);
      order.push(`-${child.displayName}`);
      return child.displayName;
    }));
  }
  expect(await invoke(entity, "repaveAll")).toEqual(["a", "b", "c"]);
  expect(order).toEqual(["+a", "+b", "-a", "-b", "+c", "-c"]);
  await expect(invoke(batch(""), "repaveAll")).rejects.toThrow('has no effector "repave"');
  expect(await invoke(batch(", failOnMissingEffector: false"), "repaveAll")).toEqual([]);
  const lenient = batch(", failOnEffectorFailure: false");
  for (const child of lenient.children) child.dynamicEffectors.set("repave", effector("repave", "", async () => Promise.reject(new Error("no"))));
  expect(await invoke(lenient, "repaveAll")).toEqual([null, null, null]);
});
