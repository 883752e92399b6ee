import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BLUEPRINT } from "../../test/support/api-harness.ts";
import { CliHarness } from "../../test/support/cli-harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.start();
});
afterEach(() => cli.close());

async function deployed(text = BLUEPRINT): Promise<void> {
  const result = await cli.run(`deploy ${cli.file("app.yaml", text)} --wait`);
  expect(result.stderr).not.toContain("Error");
}

/** Ids and times are different each time. */
function stable(text: string): string {
  const ids = [...cli.server.plane.entities.all()].map(({ id }) => id);
  return ids.reduce((changed, id) => changed.replaceAll(id, "ENTITY-ID "), text).replaceAll(/\d+\.\d s/g, "N s");
}

describe("deploy", () => {
  it("shows progress, and then what the application is; data alone is on standard output", async () => {
    const result = await cli.run(`deploy ${cli.file("app.yaml", BLUEPRINT)} --wait`);
    expect(result.code).toBe(0);
    expect(stable(result.stdout)).toBe("Id        ENTITY-ID \nName      Shop\nStatus    RUNNING\nmain.uri  http://127.0.0.1:49153/\n");
    expect(result.stderr).toMatch(/^Deploying Shop \(application [a-z0-9]{10}, task \w{8}\)/);
  });

  it("reads standard input, and without --wait prints the task", async () => {
    const result = await cli.run("deploy - -o json", { stdin: BLUEPRINT });
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({ entityDisplayName: "Shop" });
  });

  it("puts the application where --location says, unless the blueprint does", async () => {
    await cli.run(`deploy ${cli.file("a.yaml", "name: A # a comment\nservices: [{type: test-service}]")} --location test:there --wait`);
    expect((await cli.run("app A")).stdout).toContain("test:there");
    await cli.run(`deploy ${cli.file("b.yaml", "name: B\nlocation: test:here\nservices: [{type: test-service}]")} --location test:there --wait`);
    expect((await cli.run("app B")).stdout).toContain("test:here");
  });

  it("of a wrong blueprint is 2, with the reason and what to try", async () => {
    const result = await cli.run("deploy -", { stdin: "services: [{type: test-servise}]" });
    expect(result).toEqual({ code: 2, stdout: "", stderr: 'Error: Error in blueprint: There is no type "test-servise"\nTry: Did you mean "test-service"?\n' });
    expect((await cli.run("deploy /no/such/file")).code).toBe(2);
    expect((await cli.run("deploy")).code).toBe(2);
  });

  it("that fails is 1, with the failed step, its last output and the remedy", async () => {
    const result = await cli.run("deploy - --wait", { stdin: "name: Bad\nservices: [{type: test-service, name: Db, test.fails: No disk left}]" });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/Error: No disk left\nFailed step: Db: launch \(task \w{8}\)\nIts last output:\n {2}launching Db\nTry: Mend it\n$/);
  });

  it("that takes too long is 7, interrupted 130; the task goes on", async () => {
    await deployed();
    const late = await cli.run("invoke hold --app Shop --entity web --timeout 0.1s");
    expect(late.code).toBe(4);
    const really = await cli.runArgs(["invoke", "hold", "--app", "Shop", "--entity", "Web Front", "--timeout", "50ms"]);
    expect(really.code).toBe(7);
    expect(really.stderr).toMatch(/has not ended in time; it goes on\nTry: Look at it with: clocker activity \w{8}/);
    const controller = new AbortController();
    const interrupted = cli.runArgs(["invoke", "hold", "--app", "Shop", "--entity", "Web Front"], { signal: controller.signal });
    setImmediate(() => controller.abort());
    expect((await interrupted).code).toBe(130);
  });
});

describe("app, entity, tree", () => {
  it("list and show, in br's scopes and with flags", async () => {
    await deployed();
    expect(stable((await cli.run("app")).stdout)).toMatch(/^ID +NAME +STATUS +LOCATION\nENTITY-ID +Shop +RUNNING +\w+\n$/);
    expect(stable((await cli.run("app shop")).stdout)).toBe("Name       Shop\nId         ENTITY-ID \nType       org.apache.brooklyn.entity.stock.BasicApplication\nStatus     RUNNING\nState      RUNNING\nUp         true\nLocations  test:here\n");
    const children = (await cli.run("app Shop entity")).stdout;
    expect(stable(children)).toBe("ID          NAME       TYPE\nENTITY-ID   Web Front  org.example.TestService\nENTITY-ID   Notes      org.apache.brooklyn.entity.stock.BasicEntity\n");
    expect((await cli.run("entity list --app Shop")).stdout).toBe(children);
    expect((await cli.runArgs(["app", "Shop", "ent", "Web Front"])).stdout).toContain("http://127.0.0.1:49153/");
    expect((await cli.run("app Shop spec")).stdout).toContain("Web Front");
    expect((await cli.run("tree", { columns: 100 })).stdout).toMatch(/^Shop \w{10} running\n├─ Web Front \w{10} running\n└─ Notes/);
  });

  it("print what the API answers with -o json and yaml, and ids with -o name", async () => {
    await deployed();
    const answer = await (await fetch(`${cli.api.url}v1/applications`)).json();
    expect(JSON.parse((await cli.run("app list -o json")).stdout)).toEqual(answer);
    expect((await cli.run("app list -o yaml")).stdout).toContain("status: RUNNING");
    expect((await cli.run("app -o name")).stdout).toMatch(/^\w{10}\n$/);
    expect((await cli.run("app -o xml")).code).toBe(2);
  });

  it("fit the terminal, and are whole in a pipe", async () => {
    await deployed();
    const narrow = (await cli.run("app Shop entity", { columns: 40 })).stdout.trimEnd().split("\n");
    for (const line of narrow) expect(line.length).toBeLessThanOrEqual(40);
    expect((await cli.run("app Shop entity")).stdout).toContain("org.apache.brooklyn.entity.stock.BasicEntity");
  });

  it("rename, add to and delete", async () => {
    await deployed();
    expect((await cli.runArgs(["app", "Shop", "entity", "Notes", "rename", "Remarks"])).code).toBe(0);
    expect((await cli.run("app Shop entity")).stdout).toContain("Remarks");
    expect((await cli.run(`app Shop add-children ${cli.file("more.yaml", "type: test-service\nname: More")}`)).code).toBe(0);
    expect((await cli.run("app Shop entity")).stdout).toContain("More");
    expect((await cli.run("delete Shop --wait")).stdout).toBe("Deleted Shop\n");
    expect((await cli.run("app Shop")).code).toBe(4);
  });
});

describe("sensor and config", () => {
  it("show all, one, and set", async () => {
    await deployed();
    const at = ["--app", "Shop", "--entity", "Web Front"];
    expect((await cli.runArgs(["sensor", ...at])).stdout).toMatch(/^main\.uri +http:\/\/127\.0\.0\.1:49153\/$/m);
    expect((await cli.runArgs(["sensor", "main.uri", ...at])).stdout).toBe("http://127.0.0.1:49153/\n");
    expect((await cli.runArgs(["sensor", "service.isUp", ...at, "-o", "json"])).stdout).toBe("true\n");
    expect((await cli.runArgs(["sensor", "nope", ...at])).code).toBe(4);
    expect((await cli.runArgs(["config", ...at])).stdout).toMatch(/^test\.size +4 +A number$/m);
    expect((await cli.runArgs(["app", "Shop", "entity", "Web Front", "config", "test.wait", "set", "2 minutes"])).code).toBe(0);
    expect((await cli.runArgs(["config", "test.wait", ...at])).stdout).toBe("2m\n");
    expect((await cli.runArgs(["config", "test.size", "set", "many", ...at])).code).toBe(2);
    expect((await cli.run("sensor")).stderr).toContain("Which application?");
  });
});

describe("effector", () => {
  it("lists, shows and invokes", async () => {
    await deployed();
    const at = ["--app", "Shop", "--entity", "Web Front"];
    expect((await cli.runArgs(["effector", ...at])).stdout).toMatch(/^echo +size, text +Gives back what it got$/m);
    expect((await cli.runArgs(["effector", "echo", ...at])).stdout).toContain("A number (java.lang.Integer, default 3)");
    const file = cli.file("text.txt", "from a file");
    expect(JSON.parse((await cli.runArgs(["invoke", "echo", "-P", "size=4", "-P", `text=@${file}`, ...at])).stdout)).toEqual({ size: 4, text: "from a file" });
    expect((await cli.runArgs(["app", "Shop", "entity", "Web Front", "effector", "say", "invoke"])).stdout).toBe("hello\n");
    expect((await cli.runArgs(["invoke", "nothing", ...at])).stdout).toBe("");
    expect((await cli.runArgs(["restart", ...at])).code).toBe(0);
    const failed = await cli.runArgs(["invoke", "break", ...at]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("Error: Cannot break: it is broken already");
    expect(failed.stderr).toContain("Try: Leave it");
    const unknown = await cli.runArgs(["effector", "ecko", ...at]);
    expect(unknown).toMatchObject({ code: 4, stderr: `Error: Entity 'Web Front' has no effector with name 'ecko'\nTry: Did you mean "echo"?\n` });
    expect((await cli.runArgs(["invoke", "echo", "-P", "nonsense", ...at])).code).toBe(2);
  });
});

describe("activity", () => {
  it("lists, shows, prints output, follows and cancels", async () => {
    await deployed();
    const at = ["--app", "Shop", "--entity", "Web Front"];
    expect((await cli.run("activity")).stdout).toContain("Invoking effector start on Shop");
    const started = JSON.parse((await cli.runArgs(["invoke", "hold", "--no-wait", "-o", "json", ...at])).stdout);
    expect((await cli.run(`activity ${started.id}`)).stdout).toContain("In progress");
    const [child] = JSON.parse((await cli.run(`activity ${started.id} --children -o json`)).stdout);
    expect((await cli.run(`activity ${child.id} stdout`)).stdout).toBe("holding\n");
    const followed = cli.run(`activity ${started.id} follow`);
    cli.server.letGo();
    expect((await followed).stdout).toContain("Completed");
    expect((await cli.run(`activity ${started.id} cancel`)).stderr).toContain("had ended already");
    expect((await cli.run("activity nope")).code).toBe(4);
  });
});

describe("other verbs", () => {
  it("location, policy, catalog, version, access", async () => {
    await deployed();
    expect((await cli.run("location")).stdout).toMatch(/^Named123 {2}named-place {2}test:place$/m);
    expect((await cli.run("location named-place")).stdout).not.toContain("hunter2");
    const at = ["--app", "Shop", "--entity", "Web Front"];
    expect((await cli.runArgs(["policy", ...at])).stdout).toContain("RUNNING");
    expect((await cli.runArgs(["app", "Shop", "entity", "Web Front", "stop-policy", "Test policy"])).code).toBe(0);
    expect((await cli.runArgs(["policy", "Test policy", ...at])).stdout).toContain("STOPPED");
    expect((await cli.runArgs(["policy", "Test policy", "pause", "--for", "1h", ...at])).code).toBe(0);
    expect((await cli.runArgs(["policy", "Test policy", ...at])).stdout).toMatch(/STOPPED[\s\S]*Resumes/);
    expect((await cli.runArgs(["policy", "Test policy", "pause", ...at])).stderr).toContain("Give --for");
    expect((await cli.runArgs(["policy", "Test policy", "resume", ...at])).code).toBe(0);
    const bom = cli.file("a.bom", "brooklyn.catalog:\n  id: mine\n  version: 1.0.0\n  itemType: entity\n  item: { type: test-service }\n");
    expect((await cli.run(`catalog add ${bom}`)).stdout).toBe("Added mine:1.0.0\n");
    expect((await cli.run("catalog list entity")).stdout).toMatch(/^mine +1\.0\.0/m);
    expect((await cli.run("catalog show entity mine")).stdout).toContain("type: test-service");
    expect((await cli.run("catalog delete mine:1.0.0")).code).toBe(0);
    expect((await cli.run("catalog show mine")).code).toBe(4);
    expect((await cli.run("version")).stdout).toContain("0.1.0-test");
    expect((await cli.run("access")).stdout).toContain("true");
  });

  it("wait until something is so", async () => {
    await deployed();
    expect((await cli.run("wait Shop")).stdout).toBe("up\n");
    expect((await cli.runArgs(["wait", "--app", "Shop", "--entity", "Web Front", "--for", "main.uri"])).stdout).toBe("http://127.0.0.1:49153/\n");
    expect((await cli.run("wait Shop --for nothing.like.it --timeout 10ms")).code).toBe(7);
    expect((await cli.run("wait Nobody --for gone")).code).toBe(0);
    expect((await cli.run("wait Nobody")).code).toBe(4);
    await cli.run("deploy -", { stdin: "name: Bad\nservices: [{type: test-service, test.fails: No disk left}]" });
    expect((await cli.run("wait Bad")).code).toBe(1);
  });

  it("events tell what happens", async () => {
    const controller = new AbortController();
    const events = cli.run("events -f --kinds entity -o json", { signal: controller.signal });
    // The reader counts from its hello on, so deploy until something arrives.
    await deployed();
    controller.abort();
    const result = await events;
    expect(result.code === 0 || result.code === 130).toBe(true);
  });
});

describe("the server's address", () => {
  it("that nobody listens on is 8, with the command that starts one", async () => {
    const gone = await CliHarness.start();
    await gone.close();
    const url = gone.api.url.slice(0, -1);
    const result = await cli.run(`app --server ${url}`);
    expect(result.code).toBe(8);
    expect(result.stderr).toBe(`Error: Cannot reach the server at ${url}: nothing listens there\nTry: Start one with clocker launch, or name another with --server URL, --context NAME or CLOCKER_URL\n`);
    expect((await cli.runArgs(["app", "--server", "not a url"])).code).toBe(2);
  });

  it("is remembered with its user by login, in a file for the user alone", async () => {
    const secured = await CliHarness.start({ "brooklyn.webconsole.security.users": "bob", "brooklyn.webconsole.security.user.bob.password": "builder" });
    const url = secured.api.url;
    expect((await cli.run(`app --server ${url}`)).code).toBe(5);
    expect((await cli.run(`app --server ${url} --user bob`, { env: { CLOCKER_PASSWORD: "builder" } })).code).toBe(0);
    expect((await cli.run(`login ${url} bob wrong`)).code).toBe(5);
    expect((await cli.run(`login ${url} bob builder`)).stdout).toMatch(/^Connected to Clocker 0\.1\.0-test/);
    const file = join(cli.home, ".config", "clocker", "contexts.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toContain("builder");
    expect((await cli.run("app", { env: { CLOCKER_URL: "" } })).code).toBe(0);
    // The password is for that server only.
    expect((await cli.run("app")).code).toBe(0);
    await secured.close();
  });
});

describe("usage", () => {
  it("is 2 for what is not known, with the nearest command", async () => {
    const result = await cli.run("deplyo x");
    expect(result.code).toBe(2);
    expect(result.stderr).toBe("Error: Unknown command 'deplyo'\nTry: Did you mean deploy?\n");
    expect((await cli.run("app --nonsense")).code).toBe(2);
    expect((await cli.run("launch --cloud")).code).toBe(2);
    expect((await cli.run("demo --hosts 99")).code).toBe(2);
  });

  it.each(["deplyo", "app --nonsense", "app nope", "logs nope", "why nope", "exec Shop", "stop", "catalog lst", "catalog show nope", "context use nope", "wait nope", "deploy /no/such/file", "list nope", "activity nope", "top --sort x", "completion tcsh", "invoke", "location nope"])("%s fails in at most three lines, the last of which say what to try or all is said in one", async (words) => {
    const { code, stdout, stderr } = await cli.run(words);
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^Error: [A-Z'"][^\n]*\n(Try: [^\n]+\n( {5}[^\n]+\n)?)?$/);
  });

  it("help is 0, and documents the exit codes", async () => {
    const help = await cli.run("--help");
    expect(help.code).toBe(0);
    for (const code of ["0", "1", "2", "4", "5", "6", "7", "8", "130"]) expect(help.stdout).toMatch(new RegExp(`^  ${code} +\\w`, "m"));
    expect((await cli.run("deploy --help")).stdout).toContain("Examples:");
  });
});

describe("deploy of several, with settings", () => {
  it("deploys each document, sets config, and replaces variables", async () => {
    const file = cli.file("two.yaml", "name: ${FIRST}\nservices: [{type: test-service}]\n---\nname: Second\nservices: [{type: test-service}]\n");
    expect((await cli.run(`deploy ${file} --wait --env-file ${cli.file("x.env", "FIRST=One\n")}`)).code).toBe(0);
    expect((await cli.run("app -o jsonpath=$[*].spec.name")).stdout).toBe("One\nSecond\n");
    expect((await cli.run(`deploy - --set name=Third --set nonsense`, { stdin: "services: [{type: test-service}]" })).code).toBe(2);
    expect((await cli.run(`deploy - --wait --set name=Third`, { stdin: "services: [{type: test-service}]" })).code).toBe(0);
    expect((await cli.run("app Third")).code).toBe(0);
  });
});
