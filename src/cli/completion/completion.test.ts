import { execFile } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BLUEPRINT } from "../../../test/support/api-harness.ts";
import { CliHarness } from "../../../test/support/cli-harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.start();
  await cli.run("deploy - --wait", { stdin: BLUEPRINT });
});
afterEach(() => cli.close());

const complete = async (...words: string[]): Promise<string[]> => {
  const { stdout } = await cli.runArgs(["__complete", ...words]);
  return stdout.split("\n").filter((line) => line !== "").map((line) => line.split("\t", 1)[0] ?? "");
};

describe("what may stand at the last word", () => {
  it.each([
    [["dep"], ["deploy"]],
    [["app", "sh"], ["Shop"]],
    [["logs", "Shop/W"], ["Shop/Web Front"]],
    [["exec", "-it", "shop/web\\ f"], ["Shop/Web Front"]],
    [["app", "Shop", "ent"], ["entity"]],
    [["app", "Shop", "entity", "W"], ["Web Front"]],
    [["app", "Shop", "entity", "Web Front", "sen"], ["sensor"]],
    [["effector", "--app", "Shop", "st"], ["start", "stop"]],
    [["location", ""], ["named-place"]],
    [["sensor", "--app", ""], ["Shop"]],
    [["sensor", "--app", "Shop", "--entity", "No"], ["Notes"]],
    [["app", "-o", ""], ["table", "json", "yaml", "name"]],
    [["deploy", "--wa"], ["--wait"]],
    [["deploy", ""], [":files"]],
    [["catalog", "l"], ["list"]],
    [["completion", ""], ["bash", "zsh", "fish"]],
    [["list", "sens"], ["sensor"]],
    [["version", "x"], []],
  ])("%j → %j", async (words, expected) => {
    expect(await complete(...words)).toEqual(expected);
  });

  it("is without live names where no server answers, and never fails", async () => {
    await cli.api.close();
    expect(await complete("app", "")).toEqual([]);
    expect((await cli.runArgs(["__complete", "app", ""])).code).toBe(0);
  });
});

describe("the script", () => {
  /** Completes a line in a real bash, as it does when Tab is pressed. */
  async function inBash(...words: string[]): Promise<string[]> {
    const main = path.resolve(import.meta.dirname, "../main.ts");
    const command = path.join(cli.home, "clocker");
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
    chmodSync(command, 0o755);
    const script = 'source <(clocker completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $(complete -p clocker | sed "s/.*-F \\([^ ]*\\).*/\\1/"); printf "%s\\n" "${COMPREPLY[@]}"';
    const { stdout } = await promisify(execFile)("bash", ["--norc", "-c", script, "bash", ...words], { cwd: cli.home, env: { PATH: `${cli.home}:${process.env["PATH"] ?? ""}`, HOME: cli.home, CLOCKER_URL: cli.api.url } });
    return stdout.split("\n").filter((line) => line !== "");
  }

  it("completes commands, names that need quoting, and files, in a real bash", async () => {
    cli.file("shop.yaml", "");
    expect(await inBash("clocker", "catal")).toEqual(["catalog"]);
    expect(await inBash("clocker", "logs", "Shop/W")).toEqual(["Shop/Web\\ Front"]);
    expect(await inBash("clocker", "deploy", "sho")).toEqual(["shop.yaml"]);
  }, 60_000);

  it.each(["zsh", "fish"])("of %s is printed", async (shell) => {
    expect((await cli.run(`completion ${shell}`)).stdout).toContain("__complete");
    expect((await cli.run("completion tcsh")).code).toBe(2);
  });
});
