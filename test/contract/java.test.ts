import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openServer } from "../../src/management/open-server.ts";
import { Properties } from "../../src/management/properties/properties.ts";
import type { Server } from "../../src/management/server.ts";
import { InMemoryStore } from "../../src/management/store/in-memory-store.ts";
import type { Entity } from "../../src/model/entity.ts";
import { until } from "../support/until.ts";

const PATIENCE = 60_000;

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-java-"));
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  server = await openServer({ dataDir: join(folder, "data"), properties: new Properties(new Map()), log, store: new InMemoryStore() });
});

afterAll(async () => {
  for (const application of server.plane.applications()) await server.applications.destroy(application).task.ended;
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A process that nobody has waited for is dead all the same. */
async function isAlive(pid: string): Promise<boolean> {
  if (!existsSync(`/proc/${pid}/status`)) return false;
  return !/^State:\s*Z/m.test(await readFile(`/proc/${pid}/status`, "utf8"));
}

/** A real program, a database server, in a real JVM of this computer, with the Jolokia agent of a Maven repository. */
describe("a Java program as an entity", () => {
  async function deploy(more = ""): Promise<{ application: Entity; entity: Entity }> {
    const deployment = await server.applications.deploy(`
location: localhost
services:
- type: java-app
  name: h2
  brooklyn.config:
    main: org.h2.tools.Server
    classpath: ["mvn:com.h2database:h2:2.2.224"]
    args: ["-tcp", "-tcpPort", "0", "-baseDir", "a folder"]
    jvmXArgs: ["-Xmx64m"]
    jvmDefines: { my.property: "with space" }
    onbox.base.dir: ${folder}/box
${more}`);
    await deployment.start?.task.ended;
    const [entity] = deployment.application.children;
    if (entity === undefined) throw new Error("There is no program");
    expect(deployment.start?.task.error).toBeUndefined();
    return { application: deployment.application, entity };
  }
  const value = (entity: Entity, name: string) => entity.sensorValue(name)?.value;

  test("it runs with its options, properties and arguments, its MBeans are read, and it stops", async () => {
    const { application, entity } = await deploy(`
  brooklyn.initializers:
  - type: org.apache.brooklyn.entity.java.JmxAttributeSensor
    brooklyn.config: { name: classes, targetType: integer, period: 1s, objectName: "java.lang:type=ClassLoading", attribute: LoadedClassCount }
  - type: jmx-attribute-sensor
    brooklyn.config: { name: properties, targetType: map, period: 1s, objectName: "java.lang:type=Runtime", attribute: SystemProperties }
  - type: jmx-attribute-sensor
    brooklyn.config: { name: pool, targetType: long, period: 1s, objectName: "java.lang:name=Metaspace,type=MemoryPool,*", attribute: Usage, path: used }
  - type: jmx-attribute-sensor
    brooklyn.config: { name: none, targetType: integer, period: 1s, objectName: "no:type=Such", attribute: None, defaultValue: -1 }
`);
    expect(value(entity, "service.isUp")).toBe(true);
    await until(() => Number(value(entity, "classes")) > 100 && Number(value(entity, "java.metrics.heap.used")) > 0 && Number(value(entity, "pool")) > 0, () => JSON.stringify([...entity.sensorValues()]), PATIENCE);
    expect(value(entity, "properties")).toMatchObject({ "my.property": "with space" });
    expect(value(entity, "java.metrics.heap.max")).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(value(entity, "java.metrics.threads.current")).toBeGreaterThan(1);
    expect(value(entity, "none")).toBe(-1);
    const pid = (await readFile(String(value(entity, "softwareprocess.pid.file")), "utf8")).trim();
    expect(await isAlive(pid)).toBe(true);
    await server.applications.destroy(application).task.ended;
    expect(await isAlive(pid)).toBe(false);
  });

  test("without JMX there is no agent; a program that ends says why", async () => {
    const { application, entity } = await deploy("    jmx.enabled: false\n");
    expect(value(entity, "service.isUp")).toBe(true);
    await server.applications.destroy(application).task.ended;
    const failing = await server.applications.deploy(`{location: localhost, services: [{type: java-app, main: com.acme.Missing, jmx.enabled: false, start.timeout: 30s, onbox.base.dir: ${folder}/box}]}`);
    await failing.start?.task.ended;
    expect(failing.start?.task.error?.message).toContain("Missing");
    await server.applications.destroy(failing.application).task.ended;
  });
});
