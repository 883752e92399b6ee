import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket as WebSocketOf } from "ws";
import { BLUEPRINT } from "../../test/support/api-harness.ts";
import { CliHarness } from "../../test/support/cli-harness.ts";
import { until } from "../../test/support/until.ts";
import { LocalMachine } from "../machine/local-machine.ts";
import type { Location } from "../model/location.ts";
import { RUN_DIR } from "../software/process/sensors.ts";
import { run } from "./run.ts";

/* Against a server that listens for real, with this computer as the machine of "Web Front". */

let cli: CliHarness;
let folder: string;

async function prepare(properties: Record<string, string> = {}): Promise<void> {
  cli = await CliHarness.start(properties);
  await cli.server.applications.deploy(BLUEPRINT);
  const web = [...cli.server.plane.entities.all()].find(({ displayName }) => displayName === "Web Front");
  const here: Location & { machine: LocalMachine } = { id: "here", name: "here", spec: "here", type: "test", parent: undefined, config: {}, machine: new LocalMachine() };
  web?.addLocation(here);
  web?.set(RUN_DIR, folder);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "clocker-exec-"));
  await prepare();
});
afterEach(async () => {
  await cli.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How many processes sleep for so long. */
async function count(seconds: string): Promise<number> {
  const { stdout } = await new LocalMachine().run({ argv: ["sh", "-c", 'for f in /proc/[0-9]*/cmdline; do tr "\\0" " " 2>/dev/null <"$f"; echo; done 2>/dev/null | grep -c "^sleep $1"', "sh", seconds] });
  return Number(stdout);
}

describe("exec", () => {
  it("keeps outputs apart and gives the command's exit code", async () => {
    expect(await cli.runArgs(["exec", "web", "--", "sh", "-c", "echo out; echo err >&2; exit 3"])).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
    expect((await cli.runArgs(["exec", "web", "true"])).code).toBe(0);
    expect((await cli.runArgs(["exec", "web", "clocker-no-such-program"])).code).toBe(127);
    expect((await cli.runArgs(["exec", "web", "/etc/passwd"])).code).toBe(126);
  });

  it("passes arguments, variables and folder as they are: no shell reads them", async () => {
    const strange = "it's \"q\" $HOME `id` $(id) ; * \n x";
    const result = await cli.runArgs(["exec", "Shop/Web Front", "-e", `VALUE=${strange}`, "-w", folder, "--", "sh", "-c", 'printf "%s|%s|%s" "$1" "$VALUE" "$PWD"', "sh", strange]);
    expect(result).toEqual({ code: 0, stdout: `${strange}|${strange}|${folder}`, stderr: "" });
  });

  it("passes standard input with -i, and none without", async () => {
    const large = "line\n".repeat(200_000);
    expect((await cli.runArgs(["exec", "-i", "web", "--", "cat"], { stdin: large })).stdout.length).toBe(large.length);
    expect((await cli.runArgs(["exec", "web", "--", "cat"], { stdin: "ignored" })).stdout).toBe("");
    expect((await cli.runArgs(["exec", "-i", "web", "head", "-c", "3"], { stdin: large })).stdout).toBe("lin");
  });

  it("takes the command without --, br's scopes, and the only machine below an application", async () => {
    expect((await cli.runArgs(["exec", "web", "echo", "-n", "a"])).stdout).toBe("a");
    expect((await cli.runArgs(["app", "Shop", "ent", "Web Front", "exec", "echo", "b"])).stdout).toBe("b\n");
    expect((await cli.runArgs(["exec", "Shop", "echo", "c"])).stdout).toBe("c\n");
  });

  it("says what is missing", async () => {
    expect(await cli.runArgs(["exec", "Notes", "true"])).toMatchObject({ code: 5, stderr: expect.stringContaining('Cannot run a command in "Notes": neither it nor anything below it has a machine') as string });
    expect((await cli.runArgs(["exec", "nobody", "true"])).code).toBe(4);
    expect((await cli.runArgs(["exec", "web"])).code).toBe(2);
    expect(await cli.runArgs(["exec", "-it", "web"])).toMatchObject({ code: 2, stderr: expect.stringContaining("Leave -t out") as string });
  });

  it("gives a terminal with its size, and keys as they are", async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true, modes: [] as boolean[], setRawMode(isRaw: boolean) { this.modes.push(isRaw); } });
    let text = "";
    const resized: (() => void)[] = [];
    const stdout = { write: (chunk: string | Uint8Array) => (text += Buffer.from(chunk).toString("utf8")), isTTY: true, columns: 91, rows: 31, on: (event: string, listener: () => void) => event === "resize" && resized.push(listener), off: () => {} };
    const script = "stty size; trap 'stty size; exit 4' WINCH; read -r a; echo got $a; while :; do sleep 0.1; done";
    const ended = run(["exec", "-it", "web", "--", "sh", "-c", script], { stdout, stderr: stdout, stdin, env: { CLOCKER_URL: cli.api.url, TERM: "vt100" }, home: cli.home, signal: new AbortController().signal });
    await until(() => text.includes("31 91"), () => text, 10_000);
    stdin.write("key\r");
    await until(() => text.includes("got key"), () => text, 10_000);
    stdout.columns = 60;
    resized.forEach((listener) => listener());
    expect(await ended).toBe(4);
    expect(text).toBe("31 91\r\nkey\r\ngot key\r\n31 60\r\n");
    expect(stdin.modes).toEqual([true, false]);
  });

  it("that is interrupted ends the command", async () => {
    const controller = new AbortController();
    const interrupted = cli.runArgs(["exec", "web", "sleep", "71717"], { signal: controller.signal });
    await until(async () => (await count("71717")) === 1, () => "no sleep", 10_000);
    controller.abort();
    expect((await interrupted).code).toBe(130);
    await until(async () => (await count("71717")) === 0, () => "it sleeps on", 10_000);
  });

  it("is in the audit log, without arguments", async () => {
    await cli.runArgs(["exec", "web", "sh", "-c", "exit 5 # hunter2"]);
    const audit = await (await fetch(`${cli.api.url}v1/audit`)).text();
    expect(audit).toContain('"program":"sh"');
    expect(audit).toContain('"exitCode":5');
    expect(audit).not.toContain("hunter2");
  });

  it("needs the permission, and no web page elsewhere may ask for it", async () => {
    await cli.close();
    await prepare({
      "brooklyn.webconsole.security.users": "rob,ann",
      "brooklyn.webconsole.security.user.rob.password": "rob",
      "brooklyn.webconsole.security.user.ann.password": "ann",
      "brooklyn.entitlements.perUser.rob": "readonly",
      "brooklyn.entitlements.perUser.ann": "root",
    });
    const as = (user: string) => cli.runArgs(["exec", "web", "echo", "hi", "--user", user], { env: { CLOCKER_PASSWORD: user } });
    const asUser = (user: string) => cli.runArgs(["exec", "--user", user, "web", "echo", "hi"], { env: { CLOCKER_PASSWORD: user } });
    expect((await as("ann")).code).toBe(5);
    expect(await asUser("ann")).toMatchObject({ code: 0, stdout: "hi\n" });
    expect(await asUser("rob")).toMatchObject({ code: 5, stderr: expect.stringContaining("User 'rob' is not authorized to run commands in containers and on machines") as string });
    const socket = new WebSocket(`${cli.api.url.replace("http", "ws")}v1/applications/Shop/entities/Shop/exec`);
    await once(socket, "error");
    const foreign = new WebSocketOf(`${cli.api.url.replace("http", "ws")}v1/applications/Shop/entities/Shop/exec`, { origin: "http://elsewhere.example", headers: { authorization: `Basic ${Buffer.from("ann:ann").toString("base64")}` } });
    expect(String((await once(foreign, "error"))[0])).toContain("403");
  });
});

describe("logs", () => {
  it("of software are its files, and of an application with prefixes", async () => {
    writeFileSync(join(folder, "web.log"), "one\n\u001B[31mtwo\u001B[0m\u001B[2J\n");
    expect((await cli.run("logs web")).stdout).toBe("one\n\u001B[31mtwo\u001B[0m\u001B[2J\n");
    expect((await cli.run("logs Shop --tail 1")).stdout).toBe("Web Front web.log | \u001B[31mtwo\u001B[0m\u001B[2J\n");
    // What would move a terminal's cursor stays out; colours too, where none are wanted.
    expect((await cli.run("logs web --tail 1", { columns: 80 })).stdout).toBe("two\n");
    expect((await cli.run("logs web --tail 1", { columns: 80, env: { NO_COLOR: "", FORCE_COLOR: "1" } })).stdout).toBe("\u001B[31mtwo\u001B[0m\u001B[0m\n");
    expect(JSON.parse((await cli.run("logs web --tail 1 -o json")).stdout)).toMatchObject({ entity: "Shop/Web Front", source: "web.log", stream: "stdout" });
  });

  it("are those of what launched it where there is no file, and of a task its steps'", async () => {
    expect((await cli.run("logs web")).stdout).toBe("launching Web Front\n");
    const [task] = [...cli.server.plane.tasks.all()].filter(({ parent }) => parent === undefined);
    expect((await cli.run(`logs ${task?.id}`)).stdout).toContain("launch | launching Web Front\n");
    expect((await cli.run("logs Notes")).stderr).toContain('"Notes" and what is below it have no logs yet');
    expect((await cli.run("logs nobody")).code).toBe(4);
    expect((await cli.run("logs web --tail x")).code).toBe(2);
    expect((await cli.run("logs web --since tomorrow")).code).toBe(2);
  });

  it("are followed until the reader goes away", async () => {
    writeFileSync(join(folder, "web.log"), "one\n");
    const controller = new AbortController();
    let text = "";
    const ended = run(["logs", "-f", "web"], { stdout: { write: (chunk) => (text += String(chunk)) }, stderr: { write: () => true }, stdin: new PassThrough(), env: { CLOCKER_URL: cli.api.url }, home: cli.home, signal: controller.signal });
    await until(() => text === "one\n", () => text, 10_000);
    appendFileSync(join(folder, "web.log"), "two\n");
    await until(() => text === "one\ntwo\n", () => text, 10_000);
    controller.abort();
    expect(await ended).toBe(130);
    await until(async () => !(await tails(folder)), () => "tail runs on", 10_000);
  });

  it("are text for curl", async () => {
    writeFileSync(join(folder, "web.log"), "one\n");
    expect(await (await fetch(`${cli.api.url}v1/applications/Shop/entities/Web%20Front/logs?tail=5`, { headers: { accept: "text/plain" } })).text()).toBe("one\n");
  });
});

/** Whether something runs in the folder. */
async function tails(at: string): Promise<boolean> {
  return (await new LocalMachine().run({ argv: ["sh", "-c", 'for d in /proc/[0-9]*; do [ "$(readlink "$d/cwd" 2>/dev/null)" = "$1" ] && echo "$d"; done; :', "sh", at] })).stdout !== "";
}
