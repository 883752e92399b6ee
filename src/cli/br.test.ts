import { statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BLUEPRINT } from "../../test/support/api-harness.ts";
import { brVerbs, MORE } from "../../test/support/br-verbs.ts";
import { CliHarness } from "../../test/support/cli-harness.ts";
import { httpServer, type TestServer } from "../../test/support/http-server.ts";

const WEB = 'app Shop ent "Web Front"';
let cli: CliHarness;
let web: TestServer;
beforeEach(async () => {
  web = await httpServer((_request, response) => response.end(MORE));
  cli = await CliHarness.start();
  await cli.run("deploy - --wait", { stdin: BLUEPRINT });
});
afterEach(() => Promise.all([cli.close(), web.close()]));

describe("every verb of br works as it is", () => {
  it.each(Object.values(brVerbs).flat().map((row) => [row.words, row] as const))("%s", async (_words, row) => {
    const bom = (id: string) => `brooklyn.catalog:\n  id: ${id}\n  version: 1.0.0\n  itemType: entity\n  item: { type: test-service }\n`;
    expect((await cli.run("catalog add -", { stdin: bom("mine") })).code).toBe(0);
    const [launch] = [...cli.server.plane.tasks.all()].filter(({ name }) => name === "launch");
    const args = wordsOf(row.words).map((word) =>
      word.replace(/^TASK$/, launch?.id ?? "").replace("BLUEPRINT-URL", web.url).replace(/^URL$/, cli.api.url).replace(/\bFILE$/, cli.file("more.yaml", MORE)).replace(/^BOM$/, cli.file("other.bom", bom("other"))),
    );
    const result = await cli.runArgs(args, row.stdin === undefined ? {} : { stdin: row.stdin });
    expect(result.stderr).not.toContain("Error");
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(row.prints);
  });

  it("sets what it says", async () => {
    const run = (words: string) => cli.runArgs(wordsOf(words));
    await run(`${WEB} config test.size set 12`);
    expect((await run(`${WEB} config test.size`)).stdout).toBe("12\n");
    await run(`${WEB} sensor test.count set 7`);
    expect((await run(`${WEB} sensor test.count`)).stdout).toBe("7\n");
    await run("app Shop rename Store");
    expect((await run("app Store")).code).toBe(0);
  });

  it("keeps a login for its user alone, and forgets it", async () => {
    await cli.runArgs(wordsOf(`login ${cli.api.url} bob secret`));
    const file = `${cli.home}/.config/clocker/contexts.json`;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await cli.run("context ls")).stdout).toMatch(/^\* +127\.0\.0\.1:\d+ +http.* bob/m);
    await cli.run("logout");
    expect((await cli.run("context show -o json", { env: { CLOCKER_URL: "" } })).stdout).toContain('"signsInWith": "nothing"');
  });
});

/** Words at blanks, those in quotes kept together. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}
