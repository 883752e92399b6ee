import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { TaskSummary } from "../../src/api/shapes/task-summary.ts";
import { WorkflowSummary } from "../../src/api/shapes/workflow-summary.ts";
import { cloud, servers } from "../support/blueprints.ts";
import { ClockerServer } from "../support/clocker-server.ts";
import { docker, machinesOf } from "../support/outer-engine.ts";
import { until } from "../support/until.ts";

/** Clocker's base image: on a host that has run a container of it. */
const IMAGE = "clocker/debian:bookworm";

let server: ClockerServer;
/** Where the workflows of an entity in the cloud are. */
let at: string;

beforeAll(async () => {
  server = await ClockerServer.start();
  await server.api.run(cloud("flows", { "docker.host.cluster.initial.size": 1 }));
  const { id } = await server.api.run(servers("flows", ["box"]));
  const entity = await server.api.theOnly(id, "EmptySoftwareProcess");
  at = `/v1/applications/${id}/entities/${entity.id}/workflows`;
  return () => server.dispose();
});

async function run(definition: object, wait = "120s"): Promise<TaskSummary> {
  return server.api.json(TaskSummary, `${at}?timeout=${wait}`, { method: "POST", body: JSON.stringify(definition) });
}

/** Containers of steps in the machine's engine. */
async function jobs(): Promise<string[]> {
  const [machine = ""] = await machinesOf(server.planeId);
  const names = await docker("exec", machine, "docker", "ps", "--all", "--quiet", "--filter", "label=clocker.job");
  return names.split("\n").filter((name) => name !== "");
}

describe("workflow steps on real machines", () => {
  it("ssh runs on the entity's machine, with values that are never text of the command", async () => {
    const task = await run({ steps: ["let evil = $(touch /tmp/evil)", 'ssh echo "${evil}" && ls /tmp && echo oops >&2 && exit 3'], "on-error": ["return ${exit_code} ${stdout} ${stderr}"] });
    expect(task.result).toMatch(/^3 \$\(touch \/tmp\/evil\)/);
    expect(String(task.result).split("\n")).not.toContain("evil");
  });

  it("container runs on a host of the entity's cloud, and is gone afterwards", async () => {
    const task = await run({ steps: ["let who = $(id)", `container ${IMAGE} echo "hello \${who}" && cat /etc/debian_version`, "return ${output}"] });
    expect(task.result).toMatchObject({ exit_code: 0, stdout: expect.stringMatching(/^hello \$\(id\)\n12\./) as string });
    expect(await server.api.text(`/v1/activities/${await stepTask(task, "container")}/stream/stdout`)).toContain(`Runs ${IMAGE} on docker-`);
    expect(await jobs()).toEqual([]);
  });

  it("container fails with its exit code and its last lines, and takes another when that is wanted", async () => {
    const failed = await run({ steps: [{ step: `container ${IMAGE}`, raw_command: ["sh", "-c", "echo bad luck; exit $CODE"], env: { CODE: 5 } }] });
    expect(failed).toMatchObject({ isError: true, failure: { reason: expect.stringMatching(/exited with 5, and its last lines were: bad luck/) as string } });
    const wanted = await run({ steps: [{ step: `container ${IMAGE}`, commands: ["cd /tmp", "exit 5"], exit_code: { "less-than": 6 } }, "return ${exit_code}"] });
    expect(wanted.result).toBe(5);
    expect(await run({ steps: [{ step: "container clocker/none:at-all", pull_policy: "Never" }] })).toMatchObject({ isError: true, failure: { code: "not-found" } });
  });

  it("a server that is killed while a container runs leaves none behind, and the workflow goes on where it may", async () => {
    const slow = { step: `container ${IMAGE} sleep 5; echo slept`, idempotent: "yes" };
    const definition = { name: "survivor", replayable: "automatically", steps: ["ssh echo once >> /tmp/once.txt", slow, "let slept = ${stdout}", "ssh cat /tmp/once.txt", "return ${slept} ${stdout}"] };
    await run(definition, "0");
    await until(async () => (await jobs()).length === 1, () => "no container of a step", 60_000);
    await server.kill();
    await server.launch();
    const survivor = async (): Promise<WorkflowSummary | undefined> => Object.values(await server.api.json(z.record(z.string(), WorkflowSummary), at)).find(({ name }) => name === "survivor");
    await until(async () => (await survivor())?.status === "SUCCESS", () => "the workflow has not ended well", 60_000);
    expect(await survivor()).toMatchObject({ output: "slept once", replays: [{ isError: true }, { isError: false }] });
    await until(async () => (await jobs()).length === 0, () => "a container of a step is left", 60_000);
  });
});

async function stepTask({ id }: TaskSummary, name: string): Promise<string> {
  const below = await server.api.below(id);
  const found = below.find(({ displayName }) => displayName.includes(name));
  if (found === undefined) throw new Error(`No step ${name}`);
  return found.id;
}
