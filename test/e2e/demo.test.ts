import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ClockerApi } from "../support/clocker-api.ts";
import { ClockerProcess, LAUNCHER, type Ended } from "../support/clocker-process.ts";
import { ownedBy, removeOwnedBy } from "../support/outer-engine.ts";

const LONG = 600_000;

describe("./clocker demo", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "clocker-e2e-demo-"));
    return () => rm(folder, { recursive: true, force: true });
  });

  it("--exit --json ends with 0 and a summary, and leaves nothing behind", async () => {
    const demo = await start("--exit");
    const ended = await demo.process.ended;
    expect(ended.code).toBe(0);
    expect(summaryOf(ended)).toEqual({
      ok: true,
      readySeconds: expect.any(Number) as number,
      cloudSeconds: expect.any(Number) as number,
      appSeconds: expect.any(Number) as number,
      url: expect.stringMatching(/^http:\/\/[\d.]+:\d{5}\/$/) as string,
      status: 200,
      hosts: 2,
    });
    expect(ended.stderr).toContain("Hello from Clocker");
    expect(ended.stderr).toContain("docker.containers.total");
    await nothingIsLeft(demo);
  });

  it("that fails ends with 1, says why, and leaves nothing behind", async () => {
    const demo = await start("--exit");
    await demo.process.writes(/Deploying the Tomcat application/, LONG);
    const start2 = await runningStart(demo.api);
    await demo.api.text(`/v1/activities/${start2}/cancel`, { method: "POST" });
    const ended = await demo.process.ended;
    expect(ended.code).toBe(1);
    expect(summaryOf(ended)).toMatchObject({ ok: false, error: expect.stringMatching(/cancel/i) as string });
    await nothingIsLeft(demo);
  });

  it("that is interrupted ends with 130 and leaves nothing behind", async () => {
    const demo = await start();
    await demo.process.writes(/Deploying the Tomcat application/, LONG);
    const ended = await demo.process.signal("SIGINT");
    expect(ended.code).toBe(130);
    expect(summaryOf(ended)).toMatchObject({ ok: false });
    await nothingIsLeft(demo);
  });

  interface Demo {
    readonly process: ClockerProcess;
    readonly api: ClockerApi;
    readonly planeId: string;
  }

  async function start(...flags: readonly string[]): Promise<Demo> {
    const process = new ClockerProcess(["demo", "--json", ...flags], { TMPDIR: folder }, LAUNCHER);
    const [, url = ""] = await process.writes(/ready at (http:\S+)/, LONG);
    const api = new ClockerApi(url);
    return { process, api, planeId: await api.planeId() };
  }

  async function nothingIsLeft({ process, planeId }: Demo): Promise<void> {
    try {
      expect(process.isRunning).toBe(false);
      expect(await ownedBy(planeId)).toEqual([]);
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await removeOwnedBy(planeId);
    }
  }
});

function summaryOf({ stdout }: Ended): unknown {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}

/** The start of the application, of which the demonstration has just told. */
async function runningStart(api: ClockerApi): Promise<string> {
  const deadline = Date.now() + 60_000;
  const shape = z.array(z.object({ id: z.string(), displayName: z.string(), endTimeUtc: z.number().optional(), entityDisplayName: z.string().optional() }));
  for (;;) {
    const tasks = await api.json(shape, "/v1/activities");
    const found = tasks.find(({ displayName, endTimeUtc }) => endTimeUtc === undefined && /start.*Tomcat/.test(displayName));
    if (found !== undefined) return found.id;
    if (Date.now() > deadline) throw new Error("The application's start was not seen");
  }
}
