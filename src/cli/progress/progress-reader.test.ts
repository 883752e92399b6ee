import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../../../test/support/cli-harness.ts";
import { Client } from "../client/client.ts";
import { ProgressReader } from "./progress-reader.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.start();
});
afterEach(() => cli.close());

describe("ProgressReader", () => {
  it("has the steps of tasks of others that a step waits for, below that step", async () => {
    const { plane } = cli.server;
    const gate = Promise.withResolvers<void>();
    const image = plane.submit(undefined, "image tomcat", (work) => work.step("pull layers", () => gate.promise));
    plane.submit(undefined, "image other", () => gate.promise);
    const start = plane.submit(undefined, "start", (work) =>
      work.step("start container", async (step) => {
        step.waitFor("image tomcat on docker-1");
        await image.result;
        step.waitFor(undefined);
      }),
    );
    const reader = new ProgressReader(new Client({ url: cli.api.url }, AbortSignal.timeout(60_000)), start.task.id);
    const { steps } = await reader.read();
    const waiting = steps.find(({ label }) => label === "start container");
    expect(steps.map(({ label }) => label)).toEqual(["start", "start container", "image tomcat", "pull layers"]);
    expect(steps.find(({ label }) => label === "image tomcat")?.parentId).toBe(waiting?.id);
    gate.resolve();
    await start.result;
    const after = await reader.read();
    expect(after.steps.every(({ state }) => state === "done")).toBe(true);
    expect(after.steps.map(({ label }) => label)).toContain("pull layers");
  });

  it("keeps the names of entities that are removed", async () => {
    const deployed = await cli.server.applications.deploy("name: Shop\nservices: [{type: test-service, name: Web}]");
    await deployed.start?.result;
    const client = new Client({ url: cli.api.url }, AbortSignal.timeout(60_000));
    const [web] = deployed.application.children;
    const names = new Map([[web?.id ?? "", "Web"]]);
    const { task, result } = cli.server.applications.destroy(deployed.application);
    await result;
    const { steps } = await new ProgressReader(client, task.id, names).read();
    expect(steps.map(({ label }) => label)).toContain("Web: stop");
  });
});
