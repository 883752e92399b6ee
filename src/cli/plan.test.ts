import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../../test/support/cli-harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.start();
});
afterEach(() => cli.close());

const blueprint = (size: number, more = ""): string => `
name: Shop
services:
- type: test-service
  name: Web
  id: web
  test.kind: SMALL
  test.password: hunter${size}
  test.wait: ${size}s
${more}`;

/** Says what is expected to be in it when it is not. */
function file(size: number, more = ""): string {
  return cli.file("shop.yaml", blueprint(size, more));
}

describe("plan", () => {
  it("shows what would be made, and the command that makes it", async () => {
    const { code, stdout, stderr } = await cli.run(`plan ${file(1)}`);
    expect(stdout).toBe("Shop (new)\n\n+ Shop  BasicApplication\n+   Web  TestService\n\n2 entities\n");
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^Apply with: clocker apply \S+shop.yaml --plan p-[0-9a-f]{10}\n$/)]);
    expect(cli.server.plane.applications()).toEqual([]);
  });

  it("shows what differs from what runs, without secrets, and with --exit-code says so by 3", async () => {
    await cli.run(`deploy ${file(1)} --wait`);
    expect(await cli.run(`plan ${file(1)} --exit-code`)).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing to change") });
    const changed = await cli.run(`plan ${file(2, "- type: basic-entity\n  name: Notes\n")} --exit-code`);
    expect(changed).toMatchObject({ code: 3, stdout: expect.stringContaining("~   Web  TestService · restart\n        test.password <secret ") });
    expect(changed.stdout).toContain("        test.wait 1s → 2s\n+   Notes  BasicEntity\n\n1 added, 1 changed, 1 unchanged\n");
    expect(changed.stdout + changed.stderr).not.toContain("hunter");
    expect((await cli.run(`plan ${file(2)}`)).code).toBe(0);
  });

  it("is 2 for a blueprint that can't be, with all that is wrong and what to try", async () => {
    const { code, stdout, stderr } = await cli.run(`plan ${cli.file("wrong.yaml", "services: [{type: nonsense}]")}`);
    expect([code, stderr]).toEqual([2, ""]);
    expect(stdout).toContain('✗ There is no type "nonsense"\n  Try: Did you mean "test-service"?\n\n1 problem: nothing can be done before they are mended\n');
  });

  it("prints what the API answers with -o json and yaml", async () => {
    const { stdout } = await cli.run(`plan ${file(1)} -o json`);
    const answer = await (await fetch(`${cli.api.url}/v1/plan`, { method: "POST", body: blueprint(1) })).json();
    expect(JSON.parse(stdout)).toEqual(answer);
    expect((await cli.run(`plan ${file(1)} -o name`)).stdout).toMatch(/^p-\w+\n$/);
  });

  it("fits the terminal", async () => {
    await cli.run(`deploy ${file(1)} --wait`);
    const long = file(2, `  long.key: ${"word ".repeat(40)}\n`);
    for (const columns of [100, 60, 40]) {
      const { stdout } = await cli.run(`plan ${long}`, { columns });
      expect(stdout.split("\n").filter((line) => line.length > columns)).toEqual([]);
    }
  });

  it("reads standard input; of an application that is not there is 4", async () => {
    expect((await cli.run("plan -", { stdin: blueprint(1) })).stdout).toContain("Shop (new)");
    expect((await cli.run(`plan ${file(1)} --app Nobody`)).code).toBe(4);
  });
});

describe("apply", () => {
  it("makes and changes, with the plan and the progress beside the data", async () => {
    const made = await cli.run(`apply ${file(1)}`);
    expect(made).toMatchObject({ code: 0, stdout: "Shop runs revision 1\n", stderr: expect.stringContaining("Shop (new)") });
    const changed = await cli.run(`apply ${file(2)} --monitor 0s --note bigger`);
    expect(changed).toMatchObject({ code: 0, stdout: "Shop runs revision 2\n", stderr: expect.stringContaining("Changing to revision 2") });
    expect(await cli.run(`apply ${file(2)}`)).toMatchObject({ code: 0, stdout: "Nothing to change\n" });
    const { stdout } = await cli.run("revisions Shop");
    expect(stdout).toMatch(/^REVISION +WHEN +WHO +OUTCOME +CHANGES +NOTE\n2 \* .* 1 changed +bigger\n1 .* deployed\n$/);
    expect((await cli.run("app Shop revisions 1")).stdout).toContain("test.wait: 1s");
  });

  it("that fails is 1, says that everything was rolled back and why, and never that it was done", async () => {
    await cli.run(`apply ${file(1)}`);
    const { code, stdout, stderr } = await cli.run(`apply ${file(2, "- type: test-service\n  name: New\n  test.fails: out of paper\n")} --monitor 0s`);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/Cannot change "Shop" to revision 2; everything was rolled back and runs as before: out of paper/);
    expect((await cli.run("revisions Shop")).stdout).toContain("rolled back");
  });

  it("refuses with 5 what has changed since the plan", async () => {
    await cli.run(`apply ${file(1)}`);
    const { stdout: id } = await cli.run(`plan ${file(2)} -o name`);
    await cli.run("app Shop entity Web config test.size set 9");
    cli.server.plane.applications()[0]?.children[0]?.config.set("test.size", 9);
    expect(await cli.run(`apply ${file(2)} --plan ${id.trim()}`)).toMatchObject({ code: 5, stderr: expect.stringContaining("has changed since") });
    expect((await cli.run(`apply ${file(2)} --monitor 0s --plan ${(await cli.run(`plan ${file(2)} -o name`)).stdout.trim()}`)).code).toBe(0);
  });

  it("is 2 for a wrong blueprint, and for one without a name", async () => {
    expect((await cli.run(`apply ${cli.file("wrong.yaml", "services: [{type: nonsense}]")}`)).code).toBe(2);
    expect(await cli.run(`apply ${cli.file("nameless.yaml", "services: [{type: test-service}]")}`)).toMatchObject({ code: 2, stderr: expect.stringContaining("could not be found again") });
    expect(cli.server.plane.applications()).toEqual([]);
  });

  it("with --detach prints the task", async () => {
    await cli.run(`apply ${file(1)}`);
    expect((await cli.run(`apply ${file(2)} --detach --monitor 0s`)).stdout).toMatch(/^Changing Shop \(task \w+\)\nFollow it with: clocker activity \w+ follow\n$/);
  });
});

describe("rollback", () => {
  it("goes to the revision before, or the one that is named", async () => {
    await cli.run(`apply ${file(1)}`);
    expect(await cli.run("rollback Shop")).toMatchObject({ code: 4, stderr: expect.stringContaining("no earlier revision") });
    await cli.run(`apply ${file(2)} --monitor 0s`);
    expect(await cli.run("rollback Shop --monitor 0s")).toMatchObject({ code: 0, stdout: "Shop runs revision 3\n" });
    expect(await cli.run("rollback Shop --to 2 --monitor 0s")).toMatchObject({ code: 0, stdout: "Shop runs revision 4\n" });
    expect((await cli.run("rollback Shop --to 77")).code).toBe(4);
    expect((await cli.run("revisions Shop")).stdout).toContain("1 changed (back to 2)");
  });
});
