import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { Workload } from "../../src/api/shapes/workload.ts";
import { cloud, process as processBlueprint, servers } from "../support/blueprints.ts";
import { SOON } from "../support/clocker-api.ts";
import { runClocker } from "../support/clocker-process.ts";
import { ClockerServer } from "../support/clocker-server.ts";
import { freePort } from "../support/sshd.ts";
import { until } from "../support/until.ts";

let server: ClockerServer;
let appId: string;

beforeAll(async () => {
  server = await ClockerServer.start();
  await file("cloud.yaml", cloud("small", { "docker.host.cluster.initial.size": 1, "docker.host.cluster.maxSize": 1, "docker.container.cluster.maxSize": 2 }, undefined));
  return () => server.dispose();
});

describe("clocker", () => {
  it("deploy --wait shows the steps, then the application", async () => {
    const made = await server.cli("deploy", join(server.folder, "cloud.yaml"), "--location", "local", "--wait");
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/Status\s+RUNNING/) as string, stderr: expect.stringMatching(/✓ .*docker-1/) as string });
    const app = await server.cli("deploy", await file("app.yaml", processBlueprint("small", { "install.command": "echo installing" }, "Shop")), "--wait", "-o", "json");
    expect(app.code).toBe(0);
    appId = z.object({ id: z.string() }).parse(JSON.parse(app.stdout)).id;
    expect(appId).not.toBe("");
  });

  it.each([
    ["app", ["app"], () => "/v1/applications"],
    ["app NAME", ["app", "Shop"], () => `/v1/applications/${appId}`],
    ["entity list", ["entity", "list", "--app", "Shop"], () => `/v1/applications/${appId}/entities/${appId}/children`],
    ["sensor", ["sensor", "--app", "Shop"], () => `/v1/applications/${appId}/entities/${appId}/sensors/current-state`],
    ["effector", ["effector", "--app", "Shop"], () => `/v1/applications/${appId}/entities/${appId}/effectors`],
    ["location", ["location"], () => "/v1/locations"],
    ["location NAME", ["location", "small"], () => "/v1/locations/small?full=true"],
    ["catalog list", ["catalog", "list"], () => "/v1/catalog/entities"],
  ])("%s -o json and -o yaml give what the API gives", async (_name, args, path) => {
    const answer = JSON.parse(await server.api.text(path())) as unknown;
    expect(await server.cliJson(z.unknown(), ...args)).toEqual(answer);
    const { stdout } = await server.cli(...args, "-o", "yaml");
    expect(parse(stdout)).toEqual(answer);
  });

  it("prints tables for people and names for scripts", async () => {
    expect((await server.cli("app")).stdout).toMatch(/^ID\s+NAME\s+STATUS\s+LOCATION\n/);
    expect((await server.cli("app", "-o", "name")).stdout.split("\n")).toContain(appId);
    expect((await server.cli("sensor", "service.isUp", "--app", "Shop")).stdout).toBe("true\n");
    expect((await server.cli("location")).stdout).toContain("small");
  });

  it("invokes effectors and waits for their result", async () => {
    const { stdout: hosts } = await server.cli("invoke", "resize", "-P", "desiredSize=1", "--app", "small");
    expect(hosts.trim()).toBe("1");
    expect((await server.cli("effector", "restart", "invoke", "--app", "Shop")).code).toBe(0);
    expect((await server.cli("wait", "Shop", "--timeout", "60s")).stdout).toBe("up\n");
  });

  it("shows activities with what they wrote", async () => {
    const tasks = await server.cliJson(z.array(z.object({ id: z.string(), displayName: z.string() })), "activity", "--app", "Shop");
    expect(tasks.length).toBeGreaterThan(0);
    const start = tasks.find(({ displayName }) => /effector start\b/.test(displayName));
    const install = (await server.api.below(start?.id ?? "")).find(({ displayName }) => displayName === "install (main)");
    expect((await server.cli("activity", install?.id ?? "", "stdout")).stdout).toBe("installing\n");
    expect((await server.cli("activity", install?.id ?? "")).stdout).toContain("install (main)");
    expect(await server.cliJson(z.object({ id: z.string(), currentStatus: z.string() }), "activity", install?.id ?? "")).toEqual({ id: install?.id, currentStatus: "Completed" });
  });

  it("runs commands in the entity's container, on the hosts' machines over SSH, and gives their exit codes", async () => {
    expect(await server.cli("exec", "Shop", "--", "sh", "-c", "echo out; echo err >&2; exit 7")).toMatchObject({ code: 7, stdout: "out\n", stderr: "err\n" });
    expect((await server.cli("exec", "Shop", "-w", "/", "-e", "A=it's $HOME", "sh", "-c", 'echo "$PWD $A"')).stdout).toBe("/ it's $HOME\n");
    expect((await server.cli("exec", "Shop", "no-such-program")).code).toBe(127);
    // A host is a machine of its own, reached over SSH, on which the container runs.
    const [row] = (await server.cliJson(Workload, "ps", "Shop")).processes;
    const host = await server.cli("exec", row?.machine ?? "", "--", "docker", "ps", "-q");
    expect(host).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{12}$/m) as string });
  });

  it("shows what the container writes, and goes on over its restart", async () => {
    const say = (text: string) => server.cli("exec", "Shop", "--", "sh", "-c", 'echo "$1" >/proc/1/fd/1', "sh", text);
    expect((await say("one")).code).toBe(0);
    expect((await server.cli("logs", "Shop", "--tail", "1")).stdout).toMatch(/\| one\n$/);
    const [{ containerId = "" } = {}] = (await server.cliJson(Workload, "ps", "Shop")).processes;
    const stop = new AbortController();
    const following = await fetch(`${server.api.url}v1/applications/${appId}/entities/${appId}/logs?follow=true&tail=1`, { headers: { accept: "text/plain" }, signal: stop.signal });
    let text = "";
    const reading = (async () => {
      for await (const chunk of following.body ?? []) text += Buffer.from(chunk).toString("utf8");
    })().catch(() => {});
    await until(() => text.includes("one"), () => text, SOON);
    expect((await server.cli("restart", "--entity", containerId)).code).toBe(0);
    await say("two");
    await until(() => text.includes("two"), () => text, SOON);
    stop.abort();
    await reading;
    expect(text.match(/^one$/gm)).toEqual(["one"]);
    // What ran in the container did not outlive it.
    expect((await server.cli("app", "Shop", "restart")).code).toBe(0);
    expect((await server.cli("wait", "Shop", "--timeout", "60s")).stdout).toBe("up\n");
  });

  it("shows what is used, and why a container is on its host", async () => {
    const { hosts, processes } = await server.cliJson(Workload, "top", "Shop");
    expect(hosts).toMatchObject([{ name: processes[0]?.machine, state: "RUNNING", up: true, memoryTotalBytes: expect.any(Number) as number }]);
    expect(processes[0]).toMatchObject({ cpu: expect.any(Number) as number, memoryBytes: expect.any(Number) as number });
    expect((await server.cli("why", "Shop")).stdout).toMatch(new RegExp(`Host +${processes[0]?.machine}\\n[^]*${processes[0]?.machine} +chosen`));
    expect((await server.cli("doctor")).stdout).toContain("✓ Ready: up and healthy");
  });

  it("adds to the catalog and deletes from it", async () => {
    const bom = await file("own.bom", JSON.stringify({ "brooklyn.catalog": { bundle: "own", version: "1.0.0", items: [{ id: "own-process", itemType: "entity", item: { type: "vanilla", "brooklyn.config": { "launch.command": "true" } } }] } }));
    expect((await server.cli("catalog", "add", bom)).code).toBe(0);
    expect((await server.cli("catalog", "show", "own-process")).stdout).toContain("own-process");
    expect((await server.cli("catalog", "delete", "own-process:1.0.0")).code).toBe(0);
    expect((await server.cli("catalog", "show", "own-process")).code).toBe(4);
  });
});

describe("exit codes", () => {
  it("1: what was asked for ran and failed, with the failed step's output", async () => {
    const ended = await deployAndWait("fails", processBlueprint("small", { "install.command": "echo no disk left; exit 3" }, "fails"));
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/exited with 3[^]*Failed step: .*install \(main\)[^]*no disk left/) as string });
    await deleteApp("fails");
  });

  it.each([
    ["an unknown option", ["app", "--colour"]],
    ["an unknown command", ["aplication"]],
    ["a file that is not there", ["deploy", "/no/such/file.yaml"]],
  ])("2: %s", async (_what, args) => {
    expect(await server.cli(...args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/./) as string });
  });

  it("2: a blueprint that is not valid, with its line", async () => {
    expect(await server.cli("deploy", await file("wrong.yaml", "services:\n- type: serverr\n"))).toMatchObject({ code: 2, stderr: expect.stringMatching(/serverr.*line 2[^]*server/) as string });
  });

  it("4: nothing of that name, with the nearest", async () => {
    expect(await server.cli("app", "Shopp")).toMatchObject({ code: 4, stderr: expect.stringMatching(/Shopp[^]*Shop/) as string });
    expect((await server.cli("sensor", "service.isup", "--app", "Shop")).code).toBe(4);
    expect((await server.cli("activity", "nothere0")).code).toBe(4);
  });

  it("5: a conflict", async () => {
    const ended = await deployAndWait("small-again", cloud("small"));
    expect(ended).toMatchObject({ code: 5, stderr: expect.stringContaining('Cannot register location "small": the name is already taken') as string });
    const { id } = (await server.api.applications()).find(({ status }) => status === "ERROR") ?? { id: "" };
    await deleteApp(id);
  });

  it("6: no capacity", async () => {
    const ended = await deployAndWait("two", servers("small", ["two-a", "two-b"]));
    expect(ended).toMatchObject({ code: 6, stderr: expect.stringMatching(/the cloud is at its limit of 1 host/) as string });
    await deleteApp("two-a-two-b");
  });

  it("7: timed out waiting, while the work goes on", async () => {
    const ended = await deployAndWait("slow", processBlueprint("small", { "install.command": "sleep 300" }, "slow"), "--timeout", "1s");
    expect(ended).toMatchObject({ code: 7, stderr: expect.stringMatching(/goes on[^]*clocker activity \w+/) as string });
    expect((await server.api.applications()).find(({ spec }) => spec.name === "slow")).toMatchObject({ status: "STARTING" });
    await deleteApp("slow");
  });

  it("8: no server there", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await runClocker(["app", "--server", url])).toMatchObject({ code: 8, stdout: "", stderr: expect.stringMatching(/Cannot reach the server[^]*clocker launch/) as string });
  });

  it("0: deleted, and gone", async () => {
    await deleteApp("Shop");
    expect((await server.cli("app", "Shop")).code).toBe(4);
  });
});

async function deployAndWait(name: string, blueprint: string, ...args: readonly string[]): ReturnType<ClockerServer["cli"]> {
  return server.cli("deploy", await file(`${name}.yaml`, blueprint), "--wait", ...args);
}

async function deleteApp(name: string): Promise<void> {
  expect(await server.cli("delete", name, "--wait")).toMatchObject({ code: 0, stdout: `Deleted ${name}\n` });
}

async function file(name: string, text: string): Promise<string> {
  const path = join(server.folder, name);
  await writeFile(path, text);
  return path;
}
