import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import type { ResourceLoader } from "../../model/management.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import { softwareProcess, vanillaSoftwareProcess } from "./software-process.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-copy-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Starts an entity whose resources hold their own URL; resolves to the files on its machine, without their folders. */
async function copied(config: JsonObject, text = (url: string) => url): Promise<Record<string, string>> {
  const machine = new ScriptedMachine();
  const location = new FakeLocation((parent) => machineLocation(machine, parent));
  let count = 0;
  const resources: ResourceLoader = {
    read: async (url) => Buffer.from(text(url)),
    file: async (url) => {
      const path = join(folder, `f${count++}`);
      await writeFile(path, text(url));
      return path;
    },
  };
  const { plane, clock } = fakeManagement({ entityTypes: [softwareProcess, vanillaSoftwareProcess], locations: { fake: location }, resources });
  const parameters = [{ name: "wars.root" }, { name: "wars.named", type: "list<string>" }, { name: "wars.by.context", type: "map<string,string>" }, { name: "http.port", type: "port" }];
  const entity = plane.create(entitySpec(vanillaSoftwareProcess.name, { displayName: "app", locations: [{ spec: "fake" }], config: { "checkRunning.command": "true", ...config }, parameters }));
  await clock.until(plane.submit(entity, "start", (work) => entity.invoke("start", {}, work)).result);
  const files = [...machine.files].filter(([path]) => !path.endsWith("/.installed"));
  return Object.fromEntries(files.map(([path, content]) => [path.replace(/^\/i\/[^/]+/, "INSTALL").replace(/^\/r\/[^/]+/, "RUN"), content]));
}

test("files and templates go to the folder of their phase, or where an absolute destination says", async () => {
  const files = await copied({
    "files.preinstall": { "a:1": "one" },
    "files.install": { "a:2": "sub/two" },
    "files.customize": { "a:3": "three", "a:4": "/etc/four" },
    "templates.runtime": { "a:5": "five" },
  });
  expect(files).toEqual({ "INSTALL/one": "a:1", "INSTALL/sub/two": "a:2", "RUN/three": "a:3", "/etc/four": "a:4", "RUN/five": "a:5" });
});

test("templates are filled in from config, sensors, the entity and substitutions; files are not", async () => {
  const files = await copied(
    { "http.port": "8080+", "template.substitutions": { greeting: "hello" }, "files.customize": { f: "f" }, "templates.customize": { t: "t" } },
    () => "${greeting} ${attribute['http.port']} ${entity.displayName} ${config['wars.root']!\"none\"} ${driver.version!}",
  );
  expect(files["RUN/t"]).toBe("hello 8080 app none ");
  expect(files["RUN/f"]).toContain("${greeting}");
});

test("a source from config may be one URL, a list, or a map, and is left out when it is not set", async () => {
  const from = { "${config['wars.root']}": "wars/ROOT.war", "${config['wars.named']}": "wars/", "${config['wars.by.context']}": "wars/*.war" };
  expect(await copied({ "files.customize": from })).toEqual({});
  expect(
    await copied({
      "files.customize": from,
      "wars.root": "http://host/hello.war",
      "wars.named": ["http://host/a.war", "http://host/remotecontent?filepath=g/b/1/b-1.war"],
      "wars.by.context": { "/": "x:root", "/deep/er": "x:deep", "../../up": "x:up", "..": "x:dots" },
    }),
  ).toEqual({
    "RUN/wars/ROOT.war": "x:root",
    "RUN/wars/a.war": "http://host/a.war",
    "RUN/wars/b-1.war": "http://host/remotecontent?filepath=g/b/1/b-1.war",
    "RUN/wars/deep#er.war": "x:deep",
    "RUN/wars/..#..#up.war": "x:up",
    "RUN/wars/_.war": "x:dots",
  });
});
