import { createHash } from "node:crypto";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sample } from "../support/blueprints.ts";
import { ClockerServer } from "../support/clocker-server.ts";
import { httpServer } from "../support/http-server.ts";
import { containersIn, machinesOf } from "../support/outer-engine.ts";
import { startSshd } from "../support/sshd.ts";
import { helloPage, tomcatBlueprint, tomcatOf, type Tomcat } from "../support/tomcat.ts";
import { tomcatArchive, TOMCAT_VERSION } from "../support/tomcat-archive.ts";

/** The article's blueprint of 2014, word for word; only its indentation is mended. */
const ARTICLE = `
name: Tomcat Web Application
location: my-docker-cloud
services:
- serviceType: brooklyn.entity.webapp.tomcat.TomcatServer
  brooklyn.config:
    docker.dockerfile.url:
      https://s3-eu-west-1.amazonaws.com/brooklyn-clocker/UsesJavaDockerfile
    wars.root:
      https://s3-eu-west-1.amazonaws.com/brooklyn-clocker/hello-world.war
    jmx.agent.mode: "JMXMP"
`;

let server: ClockerServer;
let cloudId: string;

beforeAll(async () => {
  server = await ClockerServer.start();
  cloudId = (await server.api.run(await sample("docker-cloud.yaml", "local"))).id;
  return () => server.dispose();
});

describe("Tomcat in a Docker cloud", () => {
  const tomcats: Tomcat[] = [];

  beforeAll(async () => {
    const blueprints = [await sample("tomcat-application.yaml"), ARTICLE];
    const deployed = await Promise.all(blueprints.map((blueprint) => server.api.run(blueprint, 500_000)));
    for (const { id } of deployed) tomcats.push(await tomcatOf(server.api, id));
  });

  it.each([[0, "the sample", "Tomcat Application"], [1, "the article's blueprint", "Tomcat Web Application"]])("%i: %s serves the sample page through its mapped port", async (index, _what, name) => {
    const { application, entity, sensors } = at(index);
    expect((await server.api.applications()).find(({ id }) => id === application)).toMatchObject({ status: "RUNNING", spec: { name } });
    const container = await containerOf(entity);
    const host = await server.api.sensors(cloudId, (container.sensors["docker.host"] as { id: string }).id);
    const [address, port] = String(sensors["mapped.http.port"]).split(":");
    expect(Number(port)).toBeGreaterThanOrEqual(49_000);
    expect(Number(port)).toBeLessThanOrEqual(65_535);
    expect(sensors).toMatchObject({
      "service.isUp": true,
      "service.state": "RUNNING",
      "http.port": expect.any(Number) as number,
      "webapp.url": expect.stringMatching(/^http:\/\/[^/]+:\d+\/$/) as string,
      "mapped.webapp.url": `http://${String(address)}:${String(port)}/`,
    });
    expect(address).toBe(host["host.address"]);
    expect(await helloPage(sensors["mapped.webapp.url"])).toMatchObject({ container: container.sensors["docker.container.name"], host: host["host.name"] });
  });

  it("puts the two onto the two hosts", async () => {
    for (const machine of await machinesOf(server.planeId)) expect(await containersIn(machine)).toHaveLength(1);
  });

  it("counts requests and errors", async () => {
    const { application, entity, sensors } = at(0);
    const read = async (name: string): Promise<number> => Number(await server.api.sensorBecomes(application, entity, name, (value) => typeof value === "number"));
    const [requests, errors] = [await read("webapp.reqs.total"), await read("webapp.reqs.errors")];
    for (let i = 0; i < 5; i++) await helloPage(sensors["mapped.webapp.url"]);
    const missing = await fetch(new URL("/nothing-here", String(sensors["mapped.webapp.url"])));
    expect(missing.status).toBe(404);
    await server.api.sensorBecomes(application, entity, "webapp.reqs.total", (value) => Number(value) >= requests + 6);
    await server.api.sensorBecomes(application, entity, "webapp.reqs.errors", (value) => Number(value) >= errors + 1);
    expect(await read("webapp.reqs.processingTime.total")).toBeGreaterThanOrEqual(0);
  });

  it("is on fire with a reason when its process is killed, and restart mends it in the same container", async () => {
    const { application, entity, sensors } = at(1);
    const before = await containerOf(entity);
    await server.api.invoke(cloudId, before.id, "execCommand", { command: `kill -9 "$(cat '${String(sensors["softwareprocess.pid.file"])}')"` });
    await server.api.stateBecomes(application, entity, "ON_FIRE");
    await server.api.stateBecomes(application, application, "ON_FIRE");
    expect(await server.api.sensors(application, entity)).toMatchObject({
      "service.isUp": false,
      "service.notUp.indicators": { "service.process.isRunning": expect.stringMatching(/process \d+ of Tomcat has ended/) as string },
    });
    await server.api.invoke(application, entity, "restart");
    await server.api.stateBecomes(application, application, "RUNNING");
    expect((await containerOf(entity)).sensors["docker.container.id"]).toBe(before.sensors["docker.container.id"]);
    await helloPage(await server.api.sensor(application, entity, "mapped.webapp.url"));
  });

  it("restarts when asked to", async () => {
    const { application, entity } = at(0);
    await server.api.invoke(application, entity, "restart");
    expect(await server.api.sensors(application, entity)).toMatchObject({ "service.isUp": true, "service.state": "RUNNING" });
    await helloPage(await server.api.sensor(application, entity, "mapped.webapp.url"));
  });

  it("leaves no container when it is deleted", async () => {
    await Promise.all(tomcats.map(({ application }) => server.api.remove(application)));
    for (const machine of await machinesOf(server.planeId)) expect(await containersIn(machine)).toEqual([]);
    expect(await server.api.ofType(cloudId, "DockerContainer")).toEqual([]);
  });

  function at(index: number): Tomcat {
    const found = tomcats[index];
    if (found === undefined) throw new Error("It was not deployed");
    return found;
  }
});

describe("where Tomcat comes from", () => {
  const java = { "docker.dockerfile.url": "classpath://dockerfiles/UsesJava/Dockerfile", "install.version": TOMCAT_VERSION };

  it("the local repository of the management node, in a container with the limits that were asked for", async ({ skip }) => {
    const archive = (await tomcatArchive()) ?? skip("There is no Maven repository to get Tomcat from");
    const folder = join(server.folder, ".brooklyn/repository/TomcatServer", TOMCAT_VERSION);
    await mkdir(folder, { recursive: true });
    await cp(archive, join(folder, `apache-tomcat-${TOMCAT_VERSION}.tar.gz`));
    const config = { ...java, "docker.memory": "600m", "docker.cpuShares": 256, "java.opts": ["-Xmx128m"], "java.sysprops": { "test.property": "a value" } };
    const { id } = await server.api.run(tomcatBlueprint("my-docker-cloud", config));
    const tomcat = await tomcatOf(server.api, id);
    expect(tomcat.sensors["download.url"]).toBe(`file://${join(folder, `apache-tomcat-${TOMCAT_VERSION}.tar.gz`)}`);
    expect((await helloPage(tomcat.sensors["mapped.webapp.url"])).server).toBe(`Apache Tomcat/${TOMCAT_VERSION}`);

    const container = await containerOf(tomcat.entity);
    const host = (container.sensors["docker.host"] as { id: string }).id;
    const inspected = await server.api.invoke(cloudId, host, "runDockerCommand", { command: `inspect --format '{{.HostConfig.Memory}} {{.HostConfig.CpuShares}} {{.HostConfig.Privileged}}' ${String(container.sensors["docker.container.name"])}` });
    expect(String(inspected.result).trim()).toBe(`${600 * 1024 ** 2} 256 false`);
    const command = await server.api.invoke(cloudId, container.id, "execCommand", { command: `tr '\\0' '\\n' <"/proc/$(cat '${String(tomcat.sensors["softwareprocess.pid.file"])}')/cmdline"` });
    expect(String(command.result).split("\n")).toEqual(expect.arrayContaining(["-Xmx128m", "-Dtest.property=a value"]));
    await server.api.remove(id);
  });

  it("an HTTP server that the container cannot reach, when the archive hashes to what is published beside it; else it is refused", async ({ skip }) => {
    const archive = (await tomcatArchive()) ?? skip("There is no Maven repository to get Tomcat from");
    const content = await readFile(archive);
    const digest = createHash("sha512").update(content).digest("hex");
    const files = await httpServer((request, response) => {
      const path = request.url ?? "";
      if (path.endsWith(".tar.gz")) return response.end(content);
      if (path.endsWith(".sha512")) return response.end(`${path.startsWith("/wrong/") ? digest.replace(/^../, "00") : digest} *${basename(path, ".sha512")}\n`);
      return response.writeHead(404).end();
    });
    const config = { ...java, "brooklyn.downloads.localRepo.path": join(server.folder, "no-repository") };
    const urlIn = (path: string): string => `${files.url}/${path}/apache-tomcat-\${version}.tar.gz`;
    try {
      const { id } = await server.api.run(tomcatBlueprint("my-docker-cloud", { ...config, "download.url": urlIn("right") }));
      const tomcat = await tomcatOf(server.api, id);
      expect((await helloPage(tomcat.sensors["mapped.webapp.url"])).server).toBe(`Apache Tomcat/${TOMCAT_VERSION}`);
      expect(files.asked).toEqual(expect.arrayContaining([`/right/apache-tomcat-${TOMCAT_VERSION}.tar.gz.sha512`, `/right/apache-tomcat-${TOMCAT_VERSION}.tar.gz`]));
      await server.api.remove(id);

      const refused = await server.api.deploy(tomcatBlueprint("my-docker-cloud", { ...config, "download.url": urlIn("wrong") }));
      expect((await server.api.ended(refused.taskId)).failure).toMatchObject({ code: "download-failed", reason: expect.stringMatching(/sha-?512/i) as string });
      await server.api.stateBecomes(refused.id, refused.id, "ON_FIRE");
      await server.api.remove(refused.id);
    } finally {
      await files.close();
    }
  });
});

describe("the same Tomcat without containers", () => {
  it("on a machine over SSH", async ({ skip }) => {
    const archive = (await tomcatArchive()) ?? skip("There is no Maven repository to get Tomcat from");
    const sshd = await startSshd();
    try {
      const key = join(server.folder, "user_key");
      await writeFile(key, sshd.privateKey, { mode: 0o600 });
      await servesAndGoes(`byon(hosts="${sshd.host}:${sshd.port}", user=${sshd.user}, privateKeyFile=${key})`, archive);
    } finally {
      await sshd.stop();
    }
  });

  it("on this computer", async ({ skip }) => {
    await servesAndGoes("localhost", (await tomcatArchive()) ?? skip("There is no Maven repository to get Tomcat from"));
  });

  async function servesAndGoes(location: string, archive: string): Promise<void> {
    const config = { "install.version": TOMCAT_VERSION, "download.url": `file://${archive}`, "onbox.base.dir": join(server.folder, "on-box") };
    const { id } = await server.api.run(tomcatBlueprint(location, config));
    const { sensors } = await tomcatOf(server.api, id);
    expect(await helloPage(sensors["webapp.url"])).toMatchObject({ host: "this computer", server: `Apache Tomcat/${TOMCAT_VERSION}` });
    expect(sensors).not.toHaveProperty(["mapped.webapp.url"]);
    await server.api.remove(id);
    await expect(fetch(String(sensors["webapp.url"]))).rejects.toThrow("fetch failed");
  }
});

/** The container that an entity runs in. */
async function containerOf(entity: string): Promise<{ id: string; sensors: Record<string, unknown> }> {
  for (const { id } of await server.api.ofType(cloudId, "DockerContainer")) {
    const sensors = await server.api.sensors(cloudId, id);
    if ((sensors["docker.container.entity"] as { id: string }).id === entity) return { id, sensors };
  }
  throw new Error(`No container holds ${entity}`);
}
