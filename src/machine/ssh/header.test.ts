import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrap, header } from "./header.ts";

/** Runs the bootstrap as sshd would, with a header and the command's own input. */
function run(head: string, input = "", shell = "/bin/sh"): { stdout: string; stderr: string; exitCode: number | null } {
  const { stdout, stderr, status } = spawnSync("/bin/sh", ["-c", bootstrap(false).replace("/bin/sh", shell)], { input: head + input, encoding: "utf8", env: { PATH: process.env["PATH"], HOME: "/" } });
  return { stdout, stderr, exitCode: status };
}

describe("header()", () => {
  it("prints the mark and the process id on both outputs, then becomes the command", () => {
    const { stdout, stderr, exitCode } = run(header("mark", { argv: ["sh", "-c", "echo $$; exit 5"] }));
    const [pid] = stdout.match(/\d+/) ?? [];
    expect([stdout, stderr, exitCode]).toEqual([`mark ${pid}\n${pid}\n`, `mark ${pid}\n`, 5]);
  });

  it("is one line, so that the command finds its own input behind it", () => {
    expect(run(header("m", { argv: ["cat"], env: { A: "x\ny" } }), "the input\n").stdout).toMatch(/^m \d+\nthe input\n$/);
  });

  const shells = ["/bin/sh", "/bin/bash --posix", "/bin/busybox sh"].filter((shell) => existsSync(shell.replace(/ .*/, "")));

  it.each(shells)("carries any argument and value through %s", (shell) => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", "%", "!", " ", "_", "é", "\u0081") })).filter((value) => !value.includes("\0") && Buffer.from(value).toString() === value);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 10 }), text, (args, value) => {
        const argv = ["sh", "-c", 'printf "%s\\0" "$VALUE" "$@"', "sh", ...args];
        const { stdout } = run(header("m", { argv, env: { VALUE: value } }), "", shell);
        expect(stdout.slice(stdout.indexOf("\n") + 1)).toBe([value, ...args].map((one) => `${one}\0`).join(""));
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  it("leaves nothing of its own in the command's environment", () => {
    const { stdout } = run(header("m", { argv: ["env"], env: { A: "b\n", d: "e" } }));
    expect(stdout).not.toContain("_clocker");
    expect(stdout).toContain("\nd=e\n");
  });

  it("ends with 126 where the folder is not there", () => {
    expect(run(header("m", { argv: ["true"], cwd: "/no such folder" })).exitCode).toBe(126);
  });
});
