import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { unixEngine } from "../../../src/engine/docker-engine.ts";
import { busyboxTar } from "../../support/busybox-image.ts";
import { SOON } from "../../support/clocker-api.ts";
import { docker } from "../../support/outer-engine.ts";
import { deployed, type Application, type Places } from "../../support/places.ts";
import type { TestRegistry } from "../../support/registry.ts";
import { until } from "../../support/until.ts";
import { answerOf, data } from "./commands.ts";

const run = promisify(execFile);
const REPOSITORY = "team/web";

/** Puts an image into the registry that says where it runs, and what it was told. */
export async function publishImage(registry: TestRegistry): Promise<void> {
  const engine = unixEngine("/var/run/docker.sock", "this computer");
  const name = `${registry.host}/${REPOSITORY}:1`;
  const serve = "mkdir -p /www; echo \"$GREETING from $(hostname)\" > /www/index.html; env > /www/env; cp /etc/hosts /www/hosts; exec httpd -f -p 8080 -h /www";
  try {
    await engine.importImage(await busyboxTar(), { tag: name, changes: [`CMD ${JSON.stringify(["sh", "-c", serve])}`, "ENV PATH=/bin:/usr/bin GREETING=hello", "EXPOSE 8080"] });
    await engine.pushImage(name, {});
  } finally {
    await engine.removeImage(name).catch(() => {});
    await engine.close();
  }
}

/** Images of a registry, run as they are. */
export function images(places: () => Places, registry: () => TestRegistry & { reached: string }): void {
  it("an image runs by its tag, by its digest, from a registry with a port, and from the cloud's registry", async () => {
    const digest = await digestOf(registry());
    const host = registry().reached;
    const services = [
      { type: `docker:${host}/${REPOSITORY}:1`, id: "tagged", name: "tagged", openPorts: [8080] },
      { type: `docker:${host}/${REPOSITORY}@${digest}`, name: "digest", openPorts: [8080], env: { GREETING: "good day" } },
      { type: `docker:${REPOSITORY}:1`, name: "short", openPorts: [8080], "docker.registry.url": `http://${host}` },
      { type: "clocker.docker.entity.container.application.VanillaDockerApplication", name: "vanilla", "brooklyn.config": { imageName: `${host}/${REPOSITORY}`, imageTag: 1, portBindings: { 45_678: 8080 }, containerName: "my-web", memory: "64m" } },
    ];
    await deployed(places(), { name: "images", location: "containers", services }, async (app) => {
      expect(await answered(app, "tagged")).toBe("hello from tagged\n");
      expect(await answered(app, "digest")).toMatch(/^good day from /);
      expect(await answered(app, "short")).toMatch(/^hello from /);
      expect(await answered(app, "vanilla")).toBe("hello from my_web\n");
      expect(String((await app.sensors("vanilla"))["mapped.docker.port.8080"])).toMatch(/:45678$/);
      const container = await containerOf(app, "digest");
      expect(container).toMatchObject({ "docker.container.image.name": `${host}/${REPOSITORY}@${digest}`, "docker.container.running": true });
    });
  });

  it("an image that is not there fails the start with its name, and leaves no container", async () => {
    const { id, taskId } = await places().api.deploy(JSON.stringify({ location: "containers", services: [{ type: `docker:${registry().reached}/team/nothing:2`, name: "nothing" }] }));
    const task = await places().api.ended(taskId);
    expect(JSON.stringify(task)).toContain(`${registry().reached}/team/nothing:2`);
    const entities = (await places().api.entities(id)).map((entity) => entity.id);
    expect(await places().leftOf(id, entities)).toEqual([]);
    await places().api.remove(id);
  });

  it("containers are linked: names and variables lead to the target, on the same host and on another", async () => {
    const infrastructure = await places().api.theOnly(places().cloudId, "DockerInfrastructure");
    const hosts = (await places().api.ofType(places().cloudId, "DockerHost")).map(({ id }) => `docker:${infrastructure.id}:${id}`);
    const image = `docker:${registry().reached}/${REPOSITORY}:1`;
    const services = [
      { type: image, id: "db", name: "db", openPorts: [8080], location: hosts[0], env: { GREETING: "data" } },
      ...["one", "two"].map((name, index) => ({ type: image, name, openPorts: [8080], links: { db: '$brooklyn:component("db")' }, location: hosts[index] })),
    ];
    await deployed(places(), { name: "linked", location: "containers", services }, async (app) => {
      for (const name of ["one", "two"]) {
        const address = String((await app.sensors(name))["mapped.docker.port.8080"]);
        const env = Object.fromEntries((await answerOf(`http://${address}/env`)).split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
        expect(env).toMatchObject({ DB_ENV_GREETING: "data", DB_PORT_8080_TCP_PROTO: "tcp" });
        expect(await answerOf(`http://${address}/hosts`)).toMatch(new RegExp(`^${String(env["DB_PORT_8080_TCP_ADDR"])}\\s.*\\bdb\\b`, "m"));
        const container = await app.called(name).then((id) => app.api.sensors(app.id, id)).then((sensors) => (sensors["docker.container"] as { id: string }).id);
        const inside = await app.api.invoke(places().cloudId, container, "execCommand", { command: `wget -q -O - http://db:${String(env["DB_PORT_8080_TCP_PORT"])}/` });
        expect(inside.result).toBe("data from db\n");
      }
      expect(new Set(await Promise.all(["db", "one", "two"].map(async (name) => ((await containerOf(app, name))["docker.host"] as { id: string }).id))).size).toBe(2);
    });
  });

  it("an image is built of a Dockerfile, run by its own command, and used for software too", async () => {
    const dockerfile = data(`FROM ${registry().reached}/${REPOSITORY}:1\nRUN mkdir -p /www && echo "for ${"${who}"}" > /made\nCMD ["sh", "-c", "cp /made /www/index.html && exec httpd -f -p 8080 -h /www"]\n`);
    const build = { "docker.dockerfile.url": dockerfile, "docker.dockerfile.substitutions": { who: "everybody" } };
    const services = [
      { type: "clocker.docker.entity.container.application.VanillaDockerApplication", name: "built", "brooklyn.config": { ...build, openPorts: [8080] } },
      { type: "vanilla", name: "software", "brooklyn.config": { ...build, "docker.container.openPorts": [8080], "launch.command": 'mkdir -p www; cp /made www/index.html; httpd -f -p 8080 -h www & echo $! > "$PID_FILE"' } },
    ];
    await deployed(places(), { name: "builds", location: "containers", services }, async (app) => {
      expect(await answered(app, "software")).toBe("for everybody\n");
      expect(await answered(app, "built")).toBe("for everybody\n");
    });
  });

  it("a micro-service runs in the cloud, and elsewhere on a Docker host of its own", async () => {
    const service = { type: "brooklyn.clocker.example.MicroserviceImage", name: "service", imageName: `${registry().reached}/${REPOSITORY}`, imageTag: "1", openPorts: [8080] };
    const insecure = { "docker.host.insecureRegistries": [registry().reached] };
    for (const location of ["containers", "local"]) {
      await deployed(places(), { name: "microservice", location, services: [{ ...service, "brooklyn.config": insecure }] }, async (app) => {
        expect(await answered(app, "service")).toMatch(/^hello from /);
        expect((await app.entities()).filter(({ type }) => type.endsWith("DockerHost"))).toHaveLength(location === "local" ? 1 : 0);
      });
    }
  });

  it("volumes are folders of the host, and archives that are brought to it; both are the container's", async () => {
    const archive = join(places().folder, "site.tar.gz");
    await run("tar", ["czf", archive, "-C", import.meta.dirname, "commands.ts"]);
    const service = { type: `docker:${registry().reached}/${REPOSITORY}:1`, name: "served", openPorts: [8080], "docker.host.volumes": { [`file://${archive}`]: "/www/site", "/etc/debian_version": "/www/version" } };
    await deployed(places(), { name: "volumes", location: "containers", services: [service] }, async (app) => {
      const address = `http://${String((await app.sensors("served"))["mapped.docker.port.8080"])}`;
      await answered(app, "served");
      expect(await answerOf(`${address}/site/commands.ts`)).toBe(await readFile(join(import.meta.dirname, "commands.ts"), "utf8"));
      expect(await answerOf(`${address}/version`)).toMatch(/^\d/);
      expect(await volumesOnHosts()).toHaveLength(1);
    });
    expect(await volumesOnHosts()).toEqual([]);
  });

  async function volumesOnHosts(): Promise<string[]> {
    const found = await Promise.all(places().hosts.map((host) => docker("exec", host, "sh", "-c", "ls /var/lib/clocker/volumes 2>/dev/null || true")));
    return found.join("\n").split("\n").filter((line) => line !== "");
  }

  async function containerOf(app: Application, name: string): Promise<Record<string, unknown>> {
    return app.api.sensors(places().cloudId, ((await app.sensors(name))["docker.container"] as { id: string }).id);
  }
}

/** What the web server of a container says: it may take a moment to listen. */
async function answered(app: Application, name: string): Promise<string> {
  const url = `http://${String((await app.sensors(name))["mapped.docker.port.8080"])}/`;
  let answer = "";
  await until(async () => (answer = await answerOf(url).catch(() => "")) !== "", () => `${url} does not answer`, SOON);
  return answer;
}

async function digestOf(registry: TestRegistry): Promise<string> {
  const response = await fetch(`http://${registry.host}/v2/${REPOSITORY}/manifests/1`, { method: "HEAD", headers: { accept: "application/vnd.docker.distribution.manifest.v2+json" } });
  return response.headers.get("docker-content-digest") ?? "";
}
