import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClockerProcess, runClocker } from "../support/clocker-process.ts";

const APP = "name: Kept\nservices:\n- type: org.apache.brooklyn.entity.stock.BasicStartable\n  name: Thing\n";

let folder: string;
const started: ClockerProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-launch-"));
});
afterEach(async () => {
  for (const each of started.splice(0)) await each.signal("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

function launch(...more: string[]): ClockerProcess {
  const server = new ClockerProcess(["launch", "--port", "0", "--data-dir", join(folder, "data"), ...more], { HOME: folder });
  started.push(server);
  return server;
}

async function urlOf(server: ClockerProcess): Promise<string> {
  const [, url = ""] = await server.writes(/console at (http:\S+)/);
  return url;
}

describe("clocker launch", () => {
  it("says where it is, why only there, and what it keeps; ends cleanly, and has everything again at the next start", async () => {
    await writeFile(join(folder, "app.yaml"), APP);
    const first = launch("--app", join(folder, "app.yaml"));
    const url = await urlOf(first);
    await first.writes(/Deployed Kept/);
    expect((await runClocker(["wait", "Kept", "--server", url], { HOME: folder })).stdout).toBe("up\n");
    const ended = await first.signal("SIGTERM");
    expect(ended.code).toBe(0);
    expect(ended.stderr).toBe("");
    for (const line of [/on loopback interface because no security config is set/, /Persisting state in/, /High availability disabled/, /Shutting down \(SIGTERM\)/, /INFO {2}Stopped/]) expect(ended.stdout).toMatch(line);

    const second = launch();
    await second.writes(/Restored 1 application: "Kept"/);
    expect((await runClocker(["app", "Kept", "--server", await urlOf(second)], { HOME: folder })).stdout).toContain("Kept");
  });

  it("ends event streams when it ends", async () => {
    const server = launch();
    const response = await fetch(new URL("/v1/events", await urlOf(server)));
    const ended = server.signal("SIGINT");
    expect(await response.text()).toContain("event: hello");
    expect((await ended).code).toBe(0);
  });

  it("keeps nothing with --persist disabled", async () => {
    await writeFile(join(folder, "app.yaml"), APP);
    const server = launch("--persist", "disabled", "--app", join(folder, "app.yaml"));
    await server.writes(/Deployed Kept/);
    await server.signal("SIGTERM");
    const again = launch();
    await again.writes(/console at/);
    expect((await again.signal("SIGTERM")).stdout).not.toContain("Restored");
  });

  it("refuses a taken port, a taken data directory, a wrong blueprint, and strangers", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const address = holder.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const taken = await runClocker(["launch", "--port", String(port), "--data-dir", join(folder, "other")], { HOME: folder });
    holder.close();
    expect(taken.code).toBe(5);
    expect(taken.stderr).toContain(`port ${port} is taken`);

    const server = launch();
    await urlOf(server);
    const second = await launch().ended;
    expect(second.code).toBe(5);
    expect(second.stderr).toMatch(/Error: .*holds it/);

    await writeFile(join(folder, "wrong.yaml"), "services: [{type: nope}]");
    const wrong = await runClocker(["launch", "--port", "0", "--data-dir", join(folder, "third"), "--app", join(folder, "wrong.yaml")], { HOME: folder });
    expect(wrong.code).toBe(2);
    const open = await runClocker(["launch", "--port", "0", "--data-dir", join(folder, "third"), "--bind", "0.0.0.0"], { HOME: folder });
    expect(open.code).toBe(5);
    expect(open.stderr).toContain("no users are configured");
  });
});
