import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { PlanSummary } from "../../src/api/shapes/plan-summary.ts";
import { cloud, servers } from "../support/blueprints.ts";
import { SOON } from "../support/clocker-api.ts";
import { ClockerServer } from "../support/clocker-server.ts";
import { until } from "../support/until.ts";

/** Two names of the base image stand for two releases: no registry is needed. */
const BASE = "clocker/debian:bookworm";

let server: ClockerServer;
let cloudId: string;
let hostId: string;

beforeAll(async () => {
  server = await ClockerServer.start();
  cloudId = (await server.api.run(cloud("plans", { "docker.host.cluster.initial.size": 1, "docker.host.cluster.maxSize": 1, "docker.container.cluster.maxSize": 12 }))).id;
  // It brings the base image to the host.
  const { id } = await server.api.run(servers("plans", ["base"]));
  await server.api.remove(id);
  hostId = (await server.api.theOnly(cloudId, "DockerHost")).id;
  for (const tag of ["1", "2"]) await docker(`tag ${BASE} shop:${tag}`);
  return async () => {
    // Its agent runs on this computer, where nothing else would end it.
    if (server.process.isRunning) await server.cli("delete", "Store", "--wait", "--timeout", "60s");
    await server.dispose();
  };
});

async function docker(command: string): Promise<string> {
  return String((await server.api.invoke(cloudId, hostId, "runDockerCommand", { command })).result);
}

interface Wanted {
  readonly image?: string;
  readonly workers?: number;
  readonly agent?: string;
  readonly extra?: boolean;
}

function store({ image = "1", workers = 2, agent = "a", extra = false }: Wanted): string {
  const sleep = { commands: ["sleep", "100000"] };
  return JSON.stringify({
    name: "Store",
    location: "plans",
    services: [
      { type: `docker:shop:${image}`, id: "db", name: "db", ...sleep },
      { type: "docker:shop:1", id: "web", name: "web", ...sleep, env: { DB: '$brooklyn:component("db").attributeWhenReady("host.address")' } },
      { type: "cluster", id: "workers", name: "workers", initialSize: workers, memberSpec: { "$brooklyn:entitySpec": { type: `docker:shop:${image}`, ...sleep } } },
      { type: "vanilla", id: "agent", name: "agent", location: "localhost", "brooklyn.config": { "launch.command": "sleep 100000 & echo $! > $PID_FILE", "shell.env": { MODE: agent } } },
      ...(extra ? [{ type: "docker:shop:2", id: "extra", name: "extra", ...sleep }] : [{ type: "basic-entity", name: "notes" }]),
    ],
  });
}

async function file(wanted: Wanted): Promise<string> {
  const path = join(server.folder, "store.yaml");
  await writeFile(path, store(wanted));
  return path;
}

/** `db shop:1`, of the containers that run on the host. */
async function containers(): Promise<string[]> {
  const lines = (await docker("ps --format {{.Image}}")).trim().split("\n");
  return lines.filter((line) => line.startsWith("shop:")).toSorted();
}

function services(): Promise<{ id: string; name: string }[]> {
  return server.cliJson(z.array(z.object({ id: z.string(), name: z.string() })), "entity", "list", "--app", "Store");
}

async function names(): Promise<string[]> {
  return (await services()).map(({ name }) => name);
}

async function ids(): Promise<Record<string, string>> {
  return Object.fromEntries((await services()).map(({ id, name }) => [name, id]));
}

describe("plan and apply", () => {
  it("plan says what would be made and where, and makes nothing; apply makes it", async () => {
    const plan = await server.cli("plan", await file({}), "--exit-code");
    expect(plan).toMatchObject({ code: 3, stdout: expect.stringMatching(/\+ {3}db {2}VanillaDockerApplication · shop:1\n.*→ docker-1/) as string });
    expect(plan.stdout).toContain("waits for db's host.address");
    expect(plan.stdout).toMatch(/6 entities, 4 containers\n$/);
    expect(await containers()).toEqual([]);
    expect(await server.cli("apply", await file({}))).toMatchObject({ code: 0, stdout: "Store runs revision 1\n" });
    expect(await containers()).toEqual(["shop:1", "shop:1", "shop:1", "shop:1"]);
    expect((await server.cli("plan", await file({}), "--exit-code")).code).toBe(0);
  });

  it("apply replaces, rolls, resizes, restarts, adds and removes exactly what plan says", async () => {
    const before = await ids();
    const wanted = { image: "2", workers: 3, agent: "b", extra: true };
    const plan = await server.cliJson(PlanSummary, "plan", await file(wanted));
    expect(plan.summary).toMatchObject({ added: 1, removed: 1, replaced: 2, changed: 2 });
    expect(plan.tree?.children.map(({ name, action, effect }) => [name, action, effect])).toEqual([
      ["db", "replace", "replace"],
      ["web", "replace", "replace"],
      ["workers", "change", "roll"],
      ["agent", "change", "restart"],
      ["extra", "add", undefined],
      ["notes", "remove", undefined],
    ]);
    const applied = await server.cli("apply", await file(wanted), "--plan", plan.id, "--monitor", "1s", "--parallel", "2");
    expect(applied).toMatchObject({ code: 0, stdout: "Store runs revision 2\n" });
    expect(await containers()).toEqual(["shop:1", "shop:2", "shop:2", "shop:2", "shop:2", "shop:2"]);
    const after = await ids();
    expect(Object.keys(after).toSorted()).toEqual(["agent", "db", "extra", "web", "workers"]);
    expect([after["agent"] === before["agent"], after["workers"] === before["workers"], after["db"] === before["db"]]).toEqual([true, true, false]);
    // The one that uses the database was told of the new one.
    const { stdout: address } = await server.cli("sensor", "host.address", "--app", "Store", "--entity", "db");
    expect(await docker("inspect --format {{.Config.Env}} web_2")).toContain(`DB=${address.trim()}`);
    expect((await server.cli("plan", await file(wanted), "--exit-code")).code).toBe(0);
  });

  it("apply that fails puts everything back, and says so", async () => {
    const before = await containers();
    const failed = await server.cli("apply", await file({ image: "nowhere", workers: 1, agent: "c", extra: true }), "--monitor", "1s");
    expect(failed.code).not.toBe(0);
    expect(failed.stdout).toBe("");
    expect(failed.stderr).toMatch(/Cannot change "Store" to revision 3; everything was rolled back and runs as before.*shop:nowhere/s);
    expect(await containers()).toEqual(before);
    expect((await server.cli("sensor", "service.isUp", "--app", "Store")).stdout).toBe("true\n");
    expect((await server.cli("plan", await file({ image: "2", workers: 3, agent: "b", extra: true }), "--exit-code")).code).toBe(0);
    expect((await server.cli("revisions", "Store")).stdout).toMatch(/\n2 \* .*applied/);
  });

  it("rollback goes back to the first revision", async () => {
    expect(await server.cli("rollback", "Store", "--to", "1", "--monitor", "1s")).toMatchObject({ code: 0, stdout: "Store runs revision 4\n" });
    expect(await containers()).toEqual(["shop:1", "shop:1", "shop:1", "shop:1"]);
  });

  it("a server that is killed in the middle of a change can be told to apply again", async () => {
    const wanted = { image: "2", workers: 3 };
    const path = await file(wanted);
    const { code } = await server.cli("apply", path, "--monitor", "1s", "--detach");
    expect(code).toBe(0);
    // The old one and the new one are there.
    await until(async () => (await names()).filter((name) => name === "db").length === 2, () => "there is one db", SOON);
    await server.kill();
    await server.launch();
    expect(await server.cli("apply", path, "--monitor", "1s")).toMatchObject({ code: 0 });
    expect(await containers()).toEqual(["shop:1", "shop:2", "shop:2", "shop:2", "shop:2"]);
    expect((await server.cli("plan", path, "--exit-code")).code).toBe(0);
  });
});
