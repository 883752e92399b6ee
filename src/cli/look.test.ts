import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BLUEPRINT } from "../../test/support/api-harness.ts";
import { CliHarness } from "../../test/support/cli-harness.ts";
import { LocalMachine } from "../machine/local-machine.ts";
import type { Location } from "../model/location.ts";
import { until } from "../../test/support/until.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.start();
  await cli.run("deploy - --wait", { stdin: BLUEPRINT });
  const web = [...cli.server.plane.entities.all()].find(({ displayName }) => displayName === "Web Front");
  const here: Location & { machine: LocalMachine; hostname: string } = { id: "here", name: "here", spec: "here", type: "test", parent: undefined, config: {}, machine: new LocalMachine(), hostname: "my-host" };
  web?.addLocation(here);
});
afterEach(() => cli.close());

describe("ps and top", () => {
  it("list what runs, where, and how it is", async () => {
    expect((await cli.run("ps")).stdout).toMatch(/^ID +NAME +STATE +MACHINE.*\n\w{10} +Shop\/Web Front +running +my-host$/m);
    expect((await cli.run("top")).stdout).toMatch(/0 hosts, 1 process, 1 up\n\nNAME +STATE +CPU +MEMORY/);
    expect((await cli.run("ps notes")).stdout).toBe("Nothing runs\n");
    expect(JSON.parse((await cli.run("top shop -o json")).stdout)).toMatchObject({ hosts: [], processes: [{ path: "Shop/Web Front", state: "RUNNING", up: true, machine: "my-host" }] });
    expect((await cli.run("top --sort size")).code).toBe(2);
  });

  it("show it again on a terminal until interrupted, and leave the terminal as it was", async () => {
    const controller = new AbortController();
    const showing = cli.run("top --interval 500ms", { columns: 60, signal: controller.signal });
    await until(() => [...cli.server.plane.tasks.all()].length > 0, () => "", 1_000);
    setTimeout(() => controller.abort(), 100);
    const { code, stdout } = await showing;
    expect(code).toBe(0);
    expect(stdout.startsWith("\u001B[?1049h\u001B[?25l")).toBe(true);
    expect(stdout.endsWith("\u001B[?25h\u001B[?1049l")).toBe(true);
    // oxlint-disable-next-line no-control-regex -- What moves the cursor.
    for (const line of stdout.replaceAll(/\u001B\[[?\d;]*[A-Za-z]/g, "").split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe("why", () => {
  it("says that what is in no container was not placed", async () => {
    expect(await cli.run("why web")).toMatchObject({ code: 4, stderr: expect.stringContaining('"Shop/Web Front" runs in no container') as string });
  });
});

describe("status and doctor", () => {
  it("tell of the server and what it manages", async () => {
    expect((await cli.run("status")).stdout).toMatch(/^Server +Clocker 0\.1\.0-test at http.*, up\nTasks +none run\n\nAPPLICATION +STATE +ENTITIES +ADDRESS\nShop +running +3 +http:\/\/127\.0\.0\.1:49153\/$/m);
    const doctor = await cli.run("doctor");
    expect(doctor.code).toBe(0);
    expect(doctor.stdout).toMatch(/✓ Ready: up and healthy\n✓ Applications: all 1 are up\n/);
  });

  it("tell of what is wrong, and doctor ends with 1", async () => {
    await cli.run("deploy - --wait", { stdin: "name: Bad\nservices: [{type: test-service, name: Db, test.fails: No disk left}]" });
    expect((await cli.run("status")).stdout).toContain("Bad/Db: No disk left");
    const doctor = await cli.run("doctor");
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringContaining("✗ Application Bad: Db: No disk left") as string });
    await cli.api.close();
    expect(await cli.run("doctor")).toMatchObject({ code: 1, stdout: expect.stringContaining("✗ Server: Cannot reach the server") as string });
  });
});

describe("wait", () => {
  it("waits for health, a state, a sensor, an end, a task", async () => {
    expect(await cli.run("wait shop")).toMatchObject({ code: 0, stdout: "up\n" });
    expect(await cli.run("wait web --for healthy")).toMatchObject({ code: 0, stdout: "up\n" });
    expect(await cli.run("wait web --for state=running")).toMatchObject({ code: 0, stdout: "RUNNING\n" });
    expect(await cli.run("wait web --for main.uri=http://127.0.0.1:49153/")).toMatchObject({ code: 0 });
    expect(await cli.run("wait nobody --for gone")).toMatchObject({ code: 0, stdout: "gone\n" });
    expect(await cli.run("wait web --for gone --timeout 50ms")).toMatchObject({ code: 7, stderr: 'Error: Timed out waiting for "gone"; it is RUNNING\nTry: Give it more time with --timeout\n' });
    expect((await cli.run("wait web --for done")).code).toBe(2);
    const held = JSON.parse((await cli.run("invoke hold --entity shop/web --no-wait -o json")).stdout) as { id: string };
    expect(await cli.run(`wait ${held.id} --timeout 50ms`)).toMatchObject({ code: 7 });
    const waiting = cli.run(`wait ${held.id}`);
    cli.server.letGo();
    expect(await waiting).toMatchObject({ code: 0, stdout: "done\n" });
    const broken = JSON.parse((await cli.run("invoke break --entity shop/web --no-wait -o json")).stdout) as { id: string };
    expect((await cli.run(`wait ${broken.id}`)).code).toBe(1);
  });

  it("is 1 at once for what is on fire", async () => {
    await cli.run("deploy - --wait", { stdin: "name: Bad\nservices: [{type: test-service, name: Db, test.fails: No disk left}]" });
    expect(await cli.run("wait Bad/Db")).toMatchObject({ code: 1, stderr: expect.stringContaining("It is on fire: No disk left") as string });
  });
});
