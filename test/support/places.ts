import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { EntitySummary } from "../../src/api/shapes/entity-summary.ts";
import { cloud, servers } from "./blueprints.ts";
import { type ClockerApi, SOON } from "./clocker-api.ts";
import type { ClockerServer } from "./clocker-server.ts";
import { containersIn, docker } from "./outer-engine.ts";
import { until } from "./until.ts";

/** Where software can run: a container of a Docker cloud, a machine over SSH, this computer. */
export type Place = "container" | "ssh" | "here";

/** A Docker cloud of two hosts and two machines that are reached over SSH, for a whole file of tests. */
export class Places {
  readonly api: ClockerApi;
  readonly #server: ClockerServer;
  readonly cloudId: string;
  readonly #machinesId: string;
  /** Names of the containers that the SSH machines are. */
  readonly machines: readonly string[];
  /** The Docker hosts of the cloud, by the ids of their own containers. */
  readonly hosts: readonly string[];
  readonly #addresses: readonly string[];

  private constructor(init: { server: ClockerServer; cloudId: string; machinesId: string; machines: readonly string[]; hosts: readonly string[]; addresses: readonly string[] }) {
    this.#server = init.server;
    this.api = init.server.api;
    this.cloudId = init.cloudId;
    this.#machinesId = init.machinesId;
    this.machines = init.machines;
    this.hosts = init.hosts;
    this.#addresses = init.addresses;
  }

  static async open(server: ClockerServer, config: Readonly<Record<string, unknown>> = {}): Promise<Places> {
    const { api } = server;
    const [clouds, machines] = await Promise.all([
      api.run(cloud("containers", { "docker.host.cluster.initial.size": 2, "docker.host.cluster.maxSize": 2, "docker.container.cluster.maxSize": 200, ...config })),
      api.run(servers("local", ["ssh-1", "ssh-2"])),
    ]);
    const addressesOf = async (application: string, type: string): Promise<string[]> =>
      Promise.all((await api.ofType(application, type)).map(async ({ id }) => String(await api.sensor(application, id, "host.address"))));
    const addresses = await addressesOf(machines.id, "EmptySoftwareProcess");
    return new Places({
      server,
      cloudId: clouds.id,
      machinesId: machines.id,
      addresses,
      machines: await Promise.all(addresses.map((address) => machineAt(server, address))),
      hosts: await Promise.all((await addressesOf(clouds.id, "DockerHost")).map((address) => machineAt(server, address))),
    });
  }

  /** A folder that goes with the server. */
  get folder(): string {
    return this.#server.folder;
  }

  /** The location to deploy to. A machine over SSH is listed often: each entity takes one place on it. */
  location(place: Place): unknown {
    if (place === "container") return "containers";
    if (place === "here") return "localhost";
    return this.byon([0]);
  }

  /** The given SSH machines as a list of hosts. */
  byon(machines: readonly number[], times = 50): unknown {
    const hosts = Array.from({ length: times }, () => machines.map((index) => this.#addresses[index])).flat();
    return { byon: { hosts, user: "root", privateKeyFile: join(this.#server.dataDir, "keys", "machines_ed25519") } };
  }

  async close(): Promise<void> {
    await Promise.all([this.api.remove(this.cloudId), this.api.remove(this.#machinesId)]);
  }

  /** What is left of an application anywhere: containers, processes and folders. */
  async leftOf(application: string, entities: readonly string[]): Promise<string[]> {
    const names = (await Promise.all(this.hosts.map(containersIn))).flat().filter((name) => entities.some((id) => name.endsWith(`_${id}`)));
    const folders = await Promise.all(this.machines.map((machine) => docker("exec", machine, "find", "/root", "-name", application)));
    const own = join(this.#server.folder, `brooklyn-${userInfo().username}`, "apps", application);
    return [
      ...names.map((name) => `container ${name}`),
      ...(await processesOf(application)).map((command) => `process ${command}`),
      ...folders.filter((found) => found !== "").map((found) => `folder ${found} on a machine`),
      ...(existsSync(own) ? [`folder ${own}`] : []),
    ];
  }
}

/** An application that is deployed for a test. */
export class Application {
  readonly #places: Places;
  readonly id: string;
  readonly api: ClockerApi;

  constructor(places: Places, id: string) {
    this.#places = places;
    this.id = id;
    this.api = places.api;
  }

  entities(): Promise<EntitySummary[]> {
    return this.api.entities(this.id);
  }

  /** The entity of a name; the first, of several. */
  async called(name: string): Promise<string> {
    const all = await this.entities();
    const found = all.find((entity) => entity.name === name);
    if (found === undefined) throw new Error(`There is no entity "${name}" among ${all.map((entity) => entity.name).join(", ")}`);
    return found.id;
  }

  async sensors(name: string): Promise<Record<string, unknown>> {
    return this.api.sensors(this.id, await this.called(name));
  }

  async becomes(name: string, sensor: string, accepts: (value: unknown) => boolean, bound = 2 * SOON): Promise<unknown> {
    return this.api.sensorBecomes(this.id, await this.called(name), sensor, accepts, bound);
  }

  /** Invokes an effector and gives what it returned. */
  async invoke(name: string, effector: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return (await this.api.invoke(this.id, await this.called(name), effector, parameters)).result;
  }

  /** What there is of it anywhere now. */
  async left(): Promise<string[]> {
    return this.#places.leftOf(this.id, (await this.entities()).map(({ id }) => id));
  }

  /** Deletes it, and fails when anything of it stays anywhere. */
  async leaves(): Promise<void> {
    const entities = (await this.entities()).map(({ id }) => id);
    await this.api.remove(this.id);
    let left: string[] = [];
    await until(async () => (left = await this.#places.leftOf(this.id, entities)).length === 0, () => `left of application ${this.id}: ${left.join("; ")}`, SOON);
  }
}

/** Deploys a blueprint, waits until it runs, and when the test's body is done deletes it and looks that nothing of it is left. */
export async function deployed(places: Places, blueprint: Readonly<Record<string, unknown>>, body: (application: Application) => Promise<void>): Promise<void> {
  const { id, taskId } = await places.api.deploy(JSON.stringify(blueprint));
  const application = new Application(places, id);
  await places.api.completed(taskId);
  await body(application);
  await application.leaves();
}

/** Command lines of the processes of an application's software on this computer: in its containers and machines too, whose processes are this computer's. */
async function processesOf(application: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await textOf(`/proc/${pid}/environ`);
      return environment.includes(`/apps/${application}/`) ? (await textOf(`/proc/${pid}/cmdline`)).replaceAll("\0", " ").trim() : "";
    }),
  );
  return found.filter((command) => command !== "");
}

/** Nothing where the process has ended meanwhile, or is none that tests may look into. */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "ESRCH", "EACCES"].includes(String(error.code))) return "";
    throw error;
  }
}

async function machineAt({ planeId }: ClockerServer, address: string): Promise<string> {
  const ids = (await docker("ps", "--quiet", "--no-trunc", "--filter", `label=clocker.owner=${planeId}`)).split("\n");
  for (const id of ids) if ((await docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", id)).split(" ").includes(address)) return id;
  throw new Error(`No machine of the plane has the address ${address}`);
}
