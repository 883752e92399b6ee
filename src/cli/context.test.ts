import { chmodSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BLUEPRINT } from "../../test/support/api-harness.ts";
import { CliHarness } from "../../test/support/cli-harness.ts";
import { run } from "./run.ts";

let cli: CliHarness;
const NOWHERE = { CLOCKER_URL: "" };
beforeEach(async () => {
  cli = await CliHarness.start({ "brooklyn.webconsole.security.users": "bob", "brooklyn.webconsole.security.user.bob.password": "builder" });
});
afterEach(() => cli.close());

const file = (): string => `${cli.home}/.config/clocker/contexts.json`;
const add = (name: string, more = "", stdin = "builder\n") => cli.run(`context add ${name} ${cli.api.url} --user bob --password-stdin ${more}`, { stdin });

describe("context", () => {
  it("is added after signing in, with the password from standard input, a file or the environment", async () => {
    expect((await add("a")).stderr).toMatch(/^Added context "a": Clocker 0\.1\.0-test at http/);
    expect((await cli.run(`context add b ${cli.api.url} --user bob --password-file ${cli.file("pw", "builder")}`)).code).toBe(0);
    expect((await cli.run(`context add c ${cli.api.url} --user bob`, { env: { CLOCKER_PASSWORD: "builder" } })).code).toBe(0);
    expect((await add("d", "", "wrong")).code).toBe(5);
    expect((await add("d", "--no-check", "wrong")).code).toBe(0);
    expect((await cli.run("context ls -o name")).stdout).toBe("a\nb\nc\nd\n");
  });

  it("never shows a secret", async () => {
    await add("a");
    for (const words of ["context ls", "context ls -o json", "context show", "context show a -o yaml"]) expect((await cli.run(words)).stdout).not.toContain("builder");
  });

  it("is chosen by flag, then CLOCKER_CONTEXT, then CLOCKER_URL, then the current one", async () => {
    await add("good");
    await add("bad", "--no-check", "wrong");
    expect((await cli.run("context show -o jsonpath=$.name", { env: NOWHERE })).stdout).toBe("good\n");
    expect((await cli.run("app", { env: NOWHERE })).code).toBe(0);
    expect((await cli.run("app --context bad", { env: NOWHERE })).code).toBe(5);
    expect((await cli.run("app", { env: { ...NOWHERE, CLOCKER_CONTEXT: "bad" } })).code).toBe(5);
    expect((await cli.run("app --context good", { env: { ...NOWHERE, CLOCKER_CONTEXT: "bad" } })).code).toBe(0);
    await cli.run("context use bad");
    expect((await cli.run("app", { env: NOWHERE })).code).toBe(5);
    await cli.run("context rm bad");
    expect((await cli.run("context ls")).stdout).not.toContain("*");
    expect((await cli.run("app --context bood", { env: NOWHERE }))).toMatchObject({ code: 4, stderr: 'Error: There is no context "bood"\nTry: Did you mean "good"?\n' });
  });

  it("goes by XDG_CONFIG_HOME, and refuses a file with passwords that others may read", async () => {
    await cli.run(`context add a ${cli.api.url} --user bob --password-stdin`, { stdin: "builder", env: { XDG_CONFIG_HOME: `${cli.home}/xdg` } });
    expect(readFileSync(`${cli.home}/xdg/clocker/contexts.json`, "utf8")).toContain("builder");
    await add("b");
    chmodSync(file(), 0o644);
    expect(await cli.run("context ls")).toMatchObject({ code: 5, stderr: expect.stringContaining(`chmod 600 ${file()}`) as string });
  });
});

describe("a protected context", () => {
  it("is read freely, and changed only with --yes where no terminal can be asked", async () => {
    await add("prod", "--protected");
    expect((await cli.run("app", { env: NOWHERE })).code).toBe(0);
    const refused = await cli.run("deploy -", { stdin: BLUEPRINT, env: NOWHERE });
    expect(refused).toMatchObject({ code: 2, stderr: `Error: Cannot go on with "clocker deploy": context "prod" (${cli.api.url.replace(/\/$/, "")}) is protected, and there is no terminal to ask at\nTry: Add --yes\n` });
    expect(cli.server.plane.applications()).toEqual([]);
    expect((await cli.run("deploy - --yes --wait", { stdin: BLUEPRINT, env: NOWHERE })).code).toBe(0);
    // Its address is protected however it is named.
    expect((await cli.run(`delete Shop --server ${cli.api.url}`, { env: NOWHERE })).code).toBe(2);
  });

  it("asks at a terminal, naming itself, and takes only a yes", async () => {
    await add("prod", "--protected");
    await cli.run("deploy - --yes --wait", { stdin: BLUEPRINT, env: NOWHERE });
    const answer = async (text: string) => {
      let asked = "";
      const terminal = { write: (chunk: string | Uint8Array) => (asked += String(chunk)), isTTY: true, columns: 80 };
      const code = await run(["app", "Shop", "rename", "Store"], { stdout: terminal, stderr: terminal, stdin: Object.assign(Readable.from([text]), { isTTY: true }), env: { ...NOWHERE, NO_COLOR: "1" }, home: cli.home, signal: new AbortController().signal });
      return { code, asked };
    };
    const no = await answer("n\n");
    expect(no.code).toBe(5);
    expect(no.asked).toMatch(/^clocker rename changes "prod" \(http.*\)\. Go on\? \[y\/N\] /);
    expect(cli.server.plane.applications()[0]?.displayName).toBe("Shop");
    expect((await answer("y\n")).code).toBe(0);
    expect(cli.server.plane.applications()[0]?.displayName).toBe("Store");
  });
});
