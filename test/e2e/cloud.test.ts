import { beforeAll, describe, expect, it } from "vitest";
import type { EntityDetail } from "../../src/api/shapes/entity-summary.ts";
import { cloud, sample, servers } from "../support/blueprints.ts";
import { LATE } from "../support/clocker-api.ts";
import { ClockerServer } from "../support/clocker-server.ts";
import { containersIn, docker, machinesOf, ownedBy } from "../support/outer-engine.ts";

let server: ClockerServer;

beforeAll(async () => {
  server = await ClockerServer.start();
  return () => server.dispose();
});

describe("docker-cloud.yaml at two local hosts", () => {
  let cloudId: string;
  let infrastructureId: string;

  beforeAll(async () => {
    cloudId = (await server.api.run(await sample("docker-cloud.yaml", "local"))).id;
    infrastructureId = (await server.api.theOnly(cloudId, "DockerInfrastructure")).id;
  });

  it("is the tree of a Docker cloud, all of it up", async () => {
    expect(outline(await server.api.tree(cloudId))).toEqual([
      "BasicApplication Docker Cloud RUNNING",
      "  DockerInfrastructure Docker Infrastructure RUNNING",
      "    DockerHostCluster Docker Hosts RUNNING",
      "      DockerHost docker-1 RUNNING",
      "        BasicGroup Docker Containers",
      "      DockerHost docker-2 RUNNING",
      "        BasicGroup Docker Containers",
      "    BasicGroup All Docker Containers",
      "    BasicGroup Docker Applications",
    ]);
    const cluster = await server.api.theOnly(cloudId, "DockerHostCluster");
    expect(await server.api.sensor(cloudId, cluster.id, "group.members.count")).toBe(2);
  });

  it("has two machines with engines of their own", async () => {
    const machines = await machinesOf(server.planeId);
    expect(machines).toHaveLength(2);
    const ids = await Promise.all(machines.map((machine) => docker("exec", machine, "docker", "info", "--format", "{{.ID}}")));
    expect(new Set(ids).size).toBe(2);
  });

  it("registers its location and tells where it is", async () => {
    expect(await server.api.locations()).toContain("my-docker-cloud");
    expect(await server.api.sensors(cloudId, infrastructureId)).toMatchObject({
      "docker.hosts.total": 2,
      "docker.containers.total": 0,
      "entity.dynamicLocation.name": "my-docker-cloud",
      "entity.dynamicLocation.spec": `docker:${infrastructureId}`,
      "service.isUp": true,
    });
  });

  it("refuses a second cloud with its location's name before a machine is made, and stays registered when that one is deleted", async () => {
    const before = await machinesOf(server.planeId);
    const { id, taskId } = await server.api.deploy(cloud("my-docker-cloud"));
    const task = await server.api.ended(taskId);
    expect(task).toMatchObject({ isError: true, failure: { code: "conflict", reason: expect.stringContaining('Cannot register location "my-docker-cloud": the name is already taken') as string } });
    await server.api.stateBecomes(id, id, "ON_FIRE");
    expect(await machinesOf(server.planeId)).toEqual(before);
    await server.api.remove(id);
    expect(await server.api.locations()).toContain("my-docker-cloud");
  });

  it("reads its hosts' machines", async () => {
    for (const host of await server.api.ofType(cloudId, "DockerHost")) {
      const sensors = await server.api.sensors(cloudId, host.id);
      expect(sensors).toMatchObject({
        "machine.uptime": expect.anything() as unknown,
        "machine.loadAverage": expect.any(Number) as number,
        "machine.memory.free": expect.any(Number) as number,
        "machine.memory.total": expect.any(Number) as number,
        "machine.memory.used": expect.any(Number) as number,
        "docker.machine.uptime": expect.anything() as unknown,
        "docker.machine.loadAverage": expect.any(Number) as number,
        "docker.machine.memory.free": expect.any(Number) as number,
        "docker.machine.memory.used": expect.any(Number) as number,
        "docker.machine.memory.total": Number(sensors["machine.memory.total"]) * 1024,
      });
      await server.api.sensorBecomes(cloudId, host.id, "machine.cpu", isFraction, 60_000);
      await server.api.sensorBecomes(cloudId, host.id, "docker.machine.cpu", (value) => typeof value === "number", 60_000);
    }
    await server.api.sensorBecomes(cloudId, infrastructureId, "docker.cpu.average", isFraction);
  });

  it("runs docker and shell commands on a host, with their output on the task", async () => {
    const [host] = await server.api.ofType(cloudId, "DockerHost");
    const id = host?.id ?? "";
    const version = await server.api.invoke(cloudId, id, "runDockerCommand", { command: "version --format '{{.Server.Version}}'" });
    expect(version.result).toMatch(/^\d+\.\d+/);
    const shell = await server.api.invoke(cloudId, id, "execCommand", { command: "echo $((6 * 7)); hostname" });
    expect(shell.result).toMatch(/^42\n/);
    expect(await streamsOf(shell.id, "stdout")).toContain("42\n");
    const failed = await server.api.invokeInVain(cloudId, id, "execCommand", { command: "echo no luck >&2; exit 3" });
    expect(failed.failure).toMatchObject({ code: "command-failed", reason: expect.stringMatching(/The command exited with 3 on "docker-1": no luck/) as string });
  });

  it("places breadth first, counts containers, and keeps the decision on the container", async () => {
    const app = await server.api.run(servers("my-docker-cloud", ["one", "two"]));
    const containers = await server.api.ofType(cloudId, "DockerContainer");
    expect(containers).toHaveLength(2);
    const hosts = await Promise.all(containers.map(async ({ id }) => (await server.api.sensors(cloudId, id))["docker.container.placement"]));
    expect(new Set(hosts.map((decision) => (decision as { hostName: string }).hostName))).toEqual(new Set(["docker-1", "docker-2"]));
    expect(hosts[0]).toMatchObject({ hosts: 2, candidates: [{ kept: true, rank: 1, reason: expect.any(String) as string }, { hostName: expect.any(String) as string, reason: expect.any(String) as string }] });
    await server.api.sensorBecomes(cloudId, infrastructureId, "docker.containers.total", (value) => value === 2);
    for (const machine of await machinesOf(server.planeId)) expect(await containersIn(machine)).toHaveLength(1);
    await server.api.remove(app.id);
    await server.api.sensorBecomes(cloudId, infrastructureId, "docker.containers.total", (value) => value === 0);
    for (const machine of await machinesOf(server.planeId)) expect(await containersIn(machine)).toEqual([]);
  });

  it("pauses, resumes, and shuts a container down", async () => {
    const app = await server.api.run(servers("my-docker-cloud", ["paused"]));
    const container = await server.api.theOnly(cloudId, "DockerContainer");
    const host = (await server.api.sensor(cloudId, container.id, "docker.host")) as { id: string };
    const name = String(await server.api.sensor(cloudId, container.id, "docker.container.name"));
    const real = async (): Promise<unknown> => (await server.api.invoke(cloudId, host.id, "runDockerCommand", { command: `inspect --format {{.State.Status}} ${name}` })).result;
    const states: [string, string, Record<string, unknown>][] = [
      ["pause", "paused", { "docker.container.paused": true, "docker.container.running": true, "service.isUp": false }],
      ["resume", "running", { "docker.container.paused": false, "docker.container.running": true, "service.isUp": true }],
      // By wish: nothing is on fire, and nobody starts it again.
      ["shutDown", "exited", { "docker.container.running": false, "service.isUp": false, "service.state": "STOPPED" }],
      ["resume", "running", { "docker.container.running": true, "service.isUp": true, "service.state": "RUNNING" }],
    ];
    for (const [effector, state, sensors] of states) {
      await server.api.invoke(cloudId, container.id, effector);
      expect(String(await real()).trim()).toBe(state);
      expect(await server.api.sensors(cloudId, container.id)).toMatchObject(sensors);
    }
    await server.api.remove(app.id);
  });

  it("unregisters its location when it is stopped, and leaves nothing in this computer's engine", async () => {
    await server.api.remove(cloudId);
    expect(await server.api.locations()).not.toContain("my-docker-cloud");
    expect(await server.api.applications()).toEqual([]);
    expect(await ownedBy(server.planeId)).toEqual([]);
  });
});

describe("a cloud of one host that may grow to two, with two containers a host", () => {
  let cloudId: string;

  beforeAll(async () => {
    cloudId = (await server.api.run(cloud("growing", { "docker.host.cluster.initial.size": 1, "docker.host.cluster.maxSize": 2, "docker.container.cluster.maxSize": 2 }))).id;
    return async () => void (await server.api.remove(cloudId));
  });

  it("grows by one host, once for all who wait, and fills the first host first", async () => {
    const app = await server.api.run(servers("growing", ["a", "b", "c", "d"]));
    const placements = await placementsOf(app.id);
    expect(placements).toEqual(["docker-1", "docker-1", "docker-2", "docker-2"]);
    expect(await machinesOf(server.planeId)).toHaveLength(2);
    expect(await server.api.sensor(cloudId, cloudId, "docker.hosts.total")).toBe(2);
    const cluster = await server.api.theOnly(cloudId, "DockerHostCluster");
    expect((await server.api.tasksOf(cloudId, cluster.id)).filter(({ displayName }) => displayName === "grow by one host")).toHaveLength(1);
  });

  it("tells why it cannot place more at its limit of hosts", async () => {
    const { id, taskId } = await server.api.deploy(servers("growing", ["e"]));
    const task = await server.api.ended(taskId);
    expect(task.failure).toMatchObject({
      code: "no-capacity",
      reason: expect.stringContaining('Cannot place "e": 2 of 2 containers on "docker-1" and "docker-2"; the cloud is at its limit of 2 hosts') as string,
    });
    await server.api.stateBecomes(id, id, "ON_FIRE");
    await server.api.remove(id);
  });

  it("does not remove hosts that hold containers", async () => {
    const task = await server.api.invokeInVain(cloudId, cloudId, "resize", { desiredSize: 1 });
    expect(task.failure).toMatchObject({ code: "conflict", reason: expect.stringMatching(/Cannot remove 1 of 2 members of "Docker Hosts": "docker-1" holds 2 containers; "docker-2" holds 2 containers/) as string });
    const [app] = await server.api.applications().then((all) => all.filter(({ id }) => id !== cloudId));
    await server.api.remove(app?.id ?? "");
  });

  it("is resized down to hosts without containers, and up again to its limit", async () => {
    await server.api.invoke(cloudId, cloudId, "resize", { desiredSize: 1 });
    expect(await machinesOf(server.planeId)).toHaveLength(1);
    await server.api.invoke(cloudId, cloudId, "resize", { desiredSize: 2 });
    expect(await machinesOf(server.planeId)).toHaveLength(2);
    const refused = await server.api.invokeInVain(cloudId, cloudId, "resize", { desiredSize: 3 });
    expect(refused.failure).toMatchObject({ code: "no-capacity", reason: expect.stringContaining("its limit is 2") as string });
    expect(await machinesOf(server.planeId)).toHaveLength(2);
  });

  it("fills one host to its maximum before the next, one after the other", async () => {
    const apps: string[] = [];
    for (const name of ["first", "second", "third"]) apps.push((await server.api.run(servers("growing", [name]))).id);
    const hosts = await Promise.all(apps.map((id) => placementsOf(id)));
    expect(hosts[0]).toEqual(hosts[1]);
    expect(hosts[2]).not.toEqual(hosts[0]);
    for (const id of apps) await server.api.remove(id, LATE);
  });

  /** Names of the hosts that an application's containers are on. */
  async function placementsOf(application: string): Promise<string[]> {
    const containers = await server.api.ofType(cloudId, "DockerContainer");
    const own = new Set((await server.api.entities(application)).map(({ id }) => id));
    const found: string[] = [];
    for (const { id } of containers) {
      const sensors = await server.api.sensors(cloudId, id);
      const entity = sensors["docker.container.entity"] as { id: string };
      if (own.has(entity.id)) found.push((sensors["docker.container.placement"] as { hostName: string }).hostName);
    }
    return found.sort();
  }
});

/** All output of a task and those below it. */
async function streamsOf(taskId: string, name: string): Promise<string> {
  const tasks = [await server.api.task(taskId), ...(await server.api.below(taskId))].filter(({ streams }) => streams[name] !== undefined);
  return (await Promise.all(tasks.map(({ id }) => server.api.stream(id, name)))).join("");
}

function outline(entity: EntityDetail, indent = ""): string[] {
  const line = `${indent}${entity.type.split(".").at(-1) ?? ""} ${entity.name} ${entity.serviceState ?? ""}`.trimEnd();
  return [line, ...(entity.children ?? []).flatMap((child) => outline(child, `${indent}  `))];
}

function isFraction(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= 1;
}
