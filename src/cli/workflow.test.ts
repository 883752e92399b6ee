import { afterEach, beforeEach, expect, it } from "vitest";
import { BLUEPRINT } from "../../test/support/api-harness.ts";
import { CliHarness } from "../../test/support/cli-harness.ts";

let cli: CliHarness;
const ON = "--app Shop --entity Notes";

beforeEach(async () => {
  cli = await CliHarness.start();
  await cli.run(`deploy ${cli.file("shop.yaml", BLUEPRINT)}`);
});
afterEach(() => cli.close());

it("workflow runs one from a file, lists, shows, replays and forgets it", async () => {
  const file = cli.file("steps.yaml", "name: greet\nreplayable: from start\nsteps: [ 'let who = ${entity.name}', 'log hi', 'return hi ${who}' ]");
  expect(await cli.run(`workflow run ${file} ${ON}`)).toMatchObject({ code: 0, stdout: "hi Notes\n" });
  const id = (await cli.run(`workflow ${ON} -o name`)).stdout.trim();
  expect((await cli.run(`workflow ${ON}`)).stdout).toMatch(new RegExp(`^ID +NAME +STATUS.*\n${id} +greet +SUCCESS`));
  const shown = (await cli.run(`workflow ${id} ${ON}`)).stdout;
  expect(shown).toMatch(/Output +hi Notes/);
  expect(shown).toMatch(/2 +return hi \$\{who\} +1 +1 +"hi Notes"/);
  expect(await cli.run(`workflow ${id} replay start --reason again ${ON}`)).toMatchObject({ code: 0, stdout: "hi Notes\n", stderr: expect.stringContaining("greet (again)") });
  expect(await cli.run(`workflow ${id} delete ${ON}`)).toMatchObject({ code: 0 });
  expect((await cli.run(`workflow ${ON} -o name`)).stdout.trim()).toBe("");
});

it("workflow says what failed, and what it is not", async () => {
  expect(await cli.runArgs(["workflow", "run", "-", ...ON.split(" ")], { stdin: "steps: [ fail message no luck ]" })).toMatchObject({ code: 1, stderr: expect.stringContaining("no luck") });
  expect(await cli.runArgs(["workflow", "run", "-", ...ON.split(" ")], { stdin: "steps: [ lett x = 1 ]" })).toMatchObject({ stderr: expect.stringContaining('Did you mean "let"?') });
  expect(await cli.run(`workflow run ${ON}`)).toMatchObject({ code: 2 });
  expect((await cli.run(`workflow x dance ${ON}`)).stderr).toContain('A workflow cannot "dance"');
});
