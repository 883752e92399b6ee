import { afterEach, beforeEach, expect, test } from "vitest";
import { blueprintPlane } from "../../../test/support/blueprint-plane.ts";
import { httpServer, type TestServer } from "../../../test/support/http-server.ts";
import type { Entity } from "../../model/entity.ts";

let server: TestServer;
let heap = 100;
/** As Jolokia 2 and Tomcat 10 answer. */
beforeEach(async () => {
  heap = 100;
  server = await httpServer((request, response) => {
    if (request.headers.authorization !== `Basic ${btoa("clocker:geheim")}`) return void response.writeHead(401).end();
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname.endsWith("/jmxproxy/")) return void response.end(tomcat(url.searchParams));
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => response.end(JSON.stringify((JSON.parse(body) as { mbean: string; attribute: string }[]).map(jolokia))));
  });
});
afterEach(() => server.close());

function jolokia({ mbean, attribute }: { mbean: string; attribute: string }) {
  if (attribute === "HeapMemoryUsage") return { status: 200, value: { used: heap, max: 1_000 } };
  if (mbean.includes("*")) return { status: 200, value: { "java.lang:name=G1,type=GarbageCollector": { CollectionCount: 3 } } };
  if (attribute === "ThreadCount") return { status: 200, value: 12 };
  return { status: 404, error: `javax.management.AttributeNotFoundException : No such attribute: ${attribute}` };
}

function tomcat(query: URLSearchParams): string {
  const [get, att, key] = ["get", "att", "key"].map((name) => query.get(name));
  if (att === "none") return "Error - javax.management.AttributeNotFoundException: No such attribute";
  return key === null ? `OK - Attribute get '${get}' - ${att} = 12\n` : `OK - Attribute get '${get}' - ${att} - key '${key}' = ${heap}\n`;
}

const entityWith = (initializers: string) => `services: [{type: basic-entity, brooklyn.config: {jmx.http.url: "URL", jmx.user: clocker, jmx.password: geheim}, brooklyn.initializers: [${initializers}]}]`;

/** Requests take real time, periods do not. */
async function settled(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 5_000, interval: 5 }).toBe(true);
}

test.each(["/jolokia/", "/manager/jmxproxy/"])("JMX attributes are read at %s: values, parts of them, and what stands in for those that cannot be", async (path) => {
  const { deploy, clock } = blueprintPlane();
  const app = deploy(entityWith(`
    {type: org.apache.brooklyn.entity.java.JmxAttributeSensor, brooklyn.config: {name: threads, targetType: integer, period: 10s, objectName: "java.lang:type=Threading", attribute: ThreadCount}},
    {type: jmx-attribute-sensor, brooklyn.config: {name: heap, targetType: long, period: 10s, objectName: "java.lang:type=Memory", attribute: HeapMemoryUsage, path: used}},
    {type: jmx-attribute-sensor, brooklyn.config: {name: missing, targetType: integer, period: 10s, objectName: "a:type=b", attribute: none, defaultValue: -1}}`).replace("URL", server.url + path));
  const [entity] = app.children as [Entity];
  const value = (name: string) => entity.sensorValue(name)?.value;
  expect(value("missing")).toBe(-1);
  await clock.advance(0);
  await settled(() => value("heap") === 100 && value("threads") === 12);
  heap = 200;
  await clock.advance(10_000);
  await settled(() => value("heap") === 200);
  expect(value("missing")).toBe(-1);
});

test("a JMX feed reads many attributes at once, of beans by pattern too, and says which cannot be read", async () => {
  const { deploy, clock, plane } = blueprintPlane();
  const app = deploy(entityWith(`{type: org.apache.brooklyn.feed.jmx.JmxFeed, brooklyn.config: {period: 10s, sensors: {
    heap.max: {objectName: "java.lang:type=Memory", attribute: HeapMemoryUsage, path: max, type: long, description: Most},
    gc.count: {objectName: "java.lang:type=GarbageCollector,*", attribute: CollectionCount, type: integer},
    none: {objectName: "a:type=b", attribute: none}}}}`).replace("URL", `${server.url}/jolokia/`));
  const [entity] = app.children as [Entity];
  await clock.advance(0);
  await settled(() => entity.sensorValue("gc.count")?.value === 3);
  expect(entity.sensorValue("heap.max")?.value).toBe(1_000);
  expect(entity.sensor("heap.max")?.description).toBe("Most");
  expect(entity.sensorValue("none")).toBeUndefined();
  await settled(() => plane.tasks.tasksOf(entity.id).some((task) => task.streams.get("stdout")?.text.includes("No such attribute") === true));
});

test("what is missing for JMX is said when the entity is made, and what does not answer in the task", async () => {
  const { deploy, clock, plane } = blueprintPlane();
  const make = (type: string, config: string) => () => deploy(entityWith(`{type: ${type}, brooklyn.config: {${config}}}`));
  expect(make("jmx-attribute-sensor", "name: x, attribute: a")).toThrow("needs objectName");
  expect(make("jmx-attribute-sensor", "name: x, objectName: a")).toThrow("needs attribute");
  expect(make("jmx-sensors", "period: 1s")).toThrow("needs sensors");
  expect(make("jmx-sensors", "sensors: {a: {objectName: x}}")).toThrow("needs objectName and attribute");
  const app = deploy(entityWith('{type: jmx-attribute-sensor, brooklyn.config: {name: x, objectName: "a:b=c", attribute: d, url: "URL"}}').replaceAll("URL", `${server.url}/jolokia/`).replace("geheim", "wrong"));
  const [entity] = app.children as [Entity];
  await clock.advance(0);
  await settled(() => plane.tasks.tasksOf(entity.id).some((task) => task.error?.message.includes("it answered 401, and not as Jolokia does") === true));
});
