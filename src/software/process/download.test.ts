import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import { ClockerError } from "../../model/errors.ts";
import type { ResourceLoader } from "../../model/management.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import { SERVICE_STATE } from "../stock/attributes.ts";
import { softwareProcess, vanillaSoftwareProcess } from "./software-process.ts";

const URL_TEMPLATE = "https://mirror.invalid/app-${driver.majorVersion}/app-${version}.tar.gz";
const ARCHIVE = "https://mirror.invalid/app-1/app-1.2.tar.gz";
const SHA512 = "ab".repeat(64);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clocker-download-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the server has, by URL; what it was asked for. */
async function scene(has: Readonly<Record<string, string>>, config: JsonObject = {}) {
  const asked: { url: string; checksums?: unknown }[] = [];
  const content = (url: string): string => {
    const found = has[url];
    if (found === undefined) throw new ClockerError("not-found", `There is no resource "${url}"`, { details: { status: 404 } });
    if (found === "unreachable") throw new ClockerError("download-failed", `Cannot download "${url}": no answer`);
    return found;
  };
  const resources: ResourceLoader = {
    read: async (url) => {
      asked.push({ url });
      return Buffer.from(content(url));
    },
    file: async (url, _work, checksums = {}) => {
      asked.push({ url, checksums });
      const text = content(url);
      if (checksums.sha512 !== undefined && checksums.sha512 !== SHA512) throw new ClockerError("download-failed", "its sha512 is wrong", { details: { mismatch: true } });
      const path = join(folder, "downloaded.tar.gz");
      await writeFile(path, text);
      return path;
    },
  };
  const machine = new ScriptedMachine();
  const location = new FakeLocation((parent) => machineLocation(machine, parent));
  const { plane, clock } = fakeManagement({ entityTypes: [softwareProcess, vanillaSoftwareProcess], locations: { fake: location }, resources });
  const entity = plane.create(
    entitySpec(vanillaSoftwareProcess.name, {
      typeName: "org.example.App",
      displayName: "app",
      locations: [{ spec: "fake" }],
      config: { version: "1.2", "download.url": URL_TEMPLATE, "install.command": "do-install", "checkRunning.command": "true", "brooklyn.downloads.localRepo.path": join(folder, "repository"), ...config },
    }),
  );
  const { result } = plane.submit(entity, "start", (work) => entity.invoke("start", {}, work));
  const outcome = clock.until(result);
  const install = () => machine.ran.find(({ text }) => text === "do-install")?.options.env?.["DOWNLOAD_FILE"];
  return { entity, machine, asked, outcome, install };
}

test("the local repository comes first: nothing is asked of the network", async () => {
  const local = join(folder, "repository", "App", "1.2");
  await mkdir(local, { recursive: true });
  await writeFile(join(local, "app-1.2.tar.gz"), "from the repository");
  const { machine, asked, outcome, install } = await scene({ [ARCHIVE]: "from the mirror" });
  await outcome;
  expect(asked).toEqual([]);
  expect(machine.files.get(install()!)).toBe("from the repository");
  expect(install()).toMatch(/^\/i\/App_1\.2_[0-9a-f]{8}\/app-1\.2\.tar\.gz$/);
});

test("then the template, verified by the first checksum that is published", async () => {
  const { entity, machine, asked, outcome, install } = await scene({ [ARCHIVE]: "from the mirror", [`${ARCHIVE}.sha256`]: `${"cd".repeat(32)} *app-1.2.tar.gz` });
  await outcome;
  expect(asked).toEqual([{ url: `${ARCHIVE}.sha512` }, { url: `${ARCHIVE}.sha256` }, { url: ARCHIVE, checksums: { sha256: "cd".repeat(32) } }]);
  expect(machine.files.get(install()!)).toBe("from the mirror");
  expect(entity.sensorValue("download.url")?.value).toBe(ARCHIVE);
});

test("a configured checksum is used instead", async () => {
  const { asked, outcome } = await scene({ [ARCHIVE]: "x" }, { "download.checksum": `sha512:${SHA512}` });
  await outcome;
  expect(asked).toEqual([{ url: ARCHIVE, checksums: { sha512: SHA512 } }]);
});

test("a checksum that does not match fails the start, also where the archive is optional", async () => {
  const { entity, machine, outcome } = await scene({ [ARCHIVE]: "x" }, { "download.checksum": "00".repeat(64), "download.optional": true });
  await expect(outcome).rejects.toMatchObject({ code: "download-failed" });
  expect(machine.scripts).toEqual([]);
  expect(entity.get(SERVICE_STATE)).toBe("ON_FIRE");
});

test("an archive that cannot be had fails the start, or leaves the install command another source where it is optional", async () => {
  const servers: Record<string, string>[] = [{}, { [`${ARCHIVE}.sha512`]: "unreachable" }];
  for (const has of servers) {
    await expect((await scene(has)).outcome).rejects.toMatchObject({ code: expect.stringMatching(/not-found|download-failed/) });
    const optional = await scene(has, { "download.optional": true });
    await optional.outcome;
    expect(optional.install()).toBe("");
  }
});

test("the archive is unpacked into the run folder before customizing, unless that is turned off", async () => {
  const unpacked = await scene({ [ARCHIVE]: "x" });
  await unpacked.outcome;
  expect(unpacked.machine.ran.find(({ text }) => text.includes("tar xzf"))?.options).toMatchObject({ cwd: expect.stringMatching(/^\/r\/App_/), env: { ARCHIVE: expect.stringMatching(/app-1\.2\.tar\.gz$/) } });
  const packed = await scene({ [ARCHIVE]: "x" }, { "download.unpack": false });
  await packed.outcome;
  expect(packed.machine.scripts.some((text) => text.includes("tar xzf"))).toBe(false);
});

test("add-ons are brought to the install folder, and the install command has their paths", async () => {
  const config = { "download.addon.urls": { "sticky-module": "https://mirror.invalid/sticky-${version}.tgz", agent: "mvn:org.example:agent:1.0:jar:all" } };
  const has = { [ARCHIVE]: "archive", "https://mirror.invalid/sticky-1.2.tgz": "sticky", "mvn:org.example:agent:1.0:jar:all": "agent" };
  const { machine, entity, outcome } = await scene(has, config);
  await outcome;
  const installDir = String(entity.sensorValue("install.dir")?.value);
  const install = machine.ran.find(({ text }) => text === "do-install");
  expect(install?.options.env).toMatchObject({ DOWNLOAD_ADDON_STICKY_MODULE: `${installDir}/sticky-1.2.tgz`, DOWNLOAD_ADDON_AGENT: `${installDir}/agent-1.0-all.jar` });
  expect([machine.files.get(`${installDir}/sticky-1.2.tgz`), machine.files.get(`${installDir}/agent-1.0-all.jar`)]).toEqual(["sticky", "agent"]);
  const lacking = await scene({ [ARCHIVE]: "archive", "https://mirror.invalid/sticky-1.2.tgz": "sticky" }, { ...config, "download.optional": true });
  await lacking.outcome;
  expect(lacking.machine.ran.find(({ text }) => text === "do-install")?.options.env?.["DOWNLOAD_ADDON_AGENT"]).toBe("");
  await expect((await scene({ [ARCHIVE]: "archive" }, config)).outcome).rejects.toThrow("sticky");
});
