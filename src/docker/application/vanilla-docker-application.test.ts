import { beforeEach, expect, test, vi } from "vitest";
import { cloudSpec, World, type SimulatedServer } from "../../../test/support/in-memory-plane.ts";
import type { ContainerState } from "../../engine/engine.ts";
import { ClockerError } from "../../model/errors.ts";
import { entitySpec, type EntitySpec } from "../../model/spec.ts";
import { SERVICE_STATE } from "../../software/stock/attributes.ts";
import { CONTAINER_ID } from "../keys.ts";
import { vanillaDockerApplication } from "./vanilla-docker-application.ts";

let world: World;
let server: SimulatedServer;

beforeEach(async () => {
  world = new World();
  server = await world.open();
  await server.start(cloudSpec());
});

const docker = (name: string, config: EntitySpec["config"]): EntitySpec => entitySpec(vanillaDockerApplication.name, { displayName: name, planId: name, config });

const application = (...children: EntitySpec[]): EntitySpec =>
  entitySpec("org.apache.brooklyn.entity.stock.BasicApplication", { displayName: "App", locations: [{ spec: "my-docker-cloud" }], children });

async function containerOf(name: string): Promise<ContainerState> {
  const found = (await world.containers()).find((container) => container.name.startsWith(name));
  if (found === undefined) throw new Error(`There is no container ${name}`);
  return found.engine.inspectContainer(found.id);
}

test("an image runs as it is, with its environment, and its ports are mapped", async () => {
  await server.start(application(docker("redis", { "docker.image.name": "redis", "docker.image.tag": "7", "docker.container.openPorts": [6379], env: { MODE: "cache" } })));
  const redis = server.find("redis");
  expect(redis.get(SERVICE_STATE)).toBe("RUNNING");
  expect(redis.sensorValue("docker.port.6379")?.value).toBe(6379);
  expect(redis.sensorValue("mapped.docker.port.6379")?.value).toMatch(/:49\d{3}$/);
  expect(await containerOf("redis")).toMatchObject({ image: "redis:7", env: { MODE: "cache" } });
});

test("a link waits for its target, and tells how it is reached", async () => {
  const web = docker("web", { "docker.image.name": "web", "docker.container.links": { db: '$brooklyn:component("redis")' } });
  await server.start(application(web, docker("redis", { "docker.image.name": "redis", "docker.container.openPorts": [6379], env: { MODE: "cache" } })));
  const { env } = await containerOf("web");
  expect(env).toMatchObject({ DB_NAME: "/web/db", DB_PORT_6379_TCP_PROTO: "tcp", DB_ENV_MODE: "cache", DB_PORT: env["DB_PORT_6379_TCP"] });
  expect(env["DB_PORT_6379_TCP"]).toBe(`tcp://${env["DB_PORT_6379_TCP_ADDR"]}:${env["DB_PORT_6379_TCP_PORT"]}`);
});

test("a name that is taken on the host is made one of its own", async () => {
  const config = { "docker.image.name": "redis", "docker.container.name": "cache" };
  await server.start(application(docker("first", config), docker("second", config)));
  expect((await world.containers()).map(({ name }) => name).toSorted((a, b) => a.length - b.length)).toEqual(["cache", expect.stringMatching(new RegExp(`^cache_(${["first", "second"].map((name) => server.find(name).id).join("|")})$`))]);
});

test.each([
  [["redis-server"], undefined],
  [["/bin/bash"], ["/bin/sh", "-c", expect.stringContaining("sleep") as string]],
  [[], ["/bin/sh", "-c", expect.stringContaining("sleep") as string]],
])("an image with the command %j runs by it, or is kept running where that is a bare shell", async (command, expected) => {
  const [engine] = world.liveEngines();
  if (engine === undefined) throw new Error("There is one");
  const inspected = { id: "sha256:1", tags: [], sizeBytes: 1, labels: {}, exposedPorts: [], entrypoint: [], command };
  vi.spyOn(engine, "inspectImage").mockRejectedValueOnce(new ClockerError("not-found", "No such image")).mockResolvedValue(inspected);
  const created = vi.spyOn(engine, "createContainer");
  await server.start(application(docker("one", { "docker.image.name": "given", "docker.image.tag": "latest" })));
  expect(created.mock.calls.map(([spec]) => spec.command)).toEqual([expected]);
});

test("a volume that is a URL is deployed to the host, and goes with the container", async () => {
  const ran: string[] = [];
  world.onConnect = (machine) => {
    machine.on(/id -u/, { stdout: "/var/lib/clocker\n" });
    machine.on(/FOLDER|rm -rf/, (command, { env }) => {
      ran.push("argv" in command ? command.argv.join(" ") : `${String(env?.["FOLDER"])} ${String(env?.["ARCHIVE"])}`);
      return {};
    });
  };
  world = Object.assign(new World(), { onConnect: world.onConnect });
  server = await world.open();
  await server.start(cloudSpec());
  server.plane.resources.file = async () => import.meta.filename;
  const volumes = { "docker.image.name": "redis", "docker.host.volumes": { "https://example.test/www.tgz": "/www", "/srv": "/srv" } };
  const app = await server.start(application(docker("one", volumes)));
  const { mounts } = await containerOf("one");
  const [folder, archive] = ran.at(-1)?.split(" ") ?? [];
  expect(mounts).toEqual([{ source: folder, target: "/www" }, { source: "/srv", target: "/srv" }]);
  expect([folder, archive]).toEqual([expect.stringMatching(/^\/var\/lib\/clocker\/volumes\/\w+\/[0-9a-f]{16}$/), `${folder ?? ""}.d/www.tgz`]);
  await server.until(server.applications.destroy(app).result);
  expect(ran.at(-1)).toMatch(/^rm -rf -- \/var\/lib\/clocker\/volumes\/\w+$/);
});

test("a link to nothing is an error, and leaves no container", async () => {
  await expect(server.start(application(docker("web", { "docker.image.name": "web", "docker.container.links": { db: "nobody" } })))).rejects.toThrow('as "db": there is no such entity');
  expect(await world.containers()).toEqual([]);
});

test("it is up while its container runs", async () => {
  await server.start(application(docker("redis", { "docker.image.name": "redis" })));
  const [container] = server.of("clocker.docker.entity.container.DockerContainer");
  if (container === undefined) throw new Error("There is no container");
  await server.invoke(container, "shutDown");
  expect(server.find("redis").get(SERVICE_STATE)).toBe("ON_FIRE");
  await server.invoke(container, "resume");
  expect(container.get(CONTAINER_ID)).toBeDefined();
  expect(server.find("redis").get(SERVICE_STATE)).toBe("RUNNING");
});
