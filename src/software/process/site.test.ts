import { lstat, mkdtemp, mkdir, rm, symlink } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { fakeManagement } from "../../../test/support/fake-management.ts";
import { fakeWork } from "../../../test/support/fake-work.ts";
import { LocalMachine } from "../../machine/local-machine.ts";
import { entitySpec, type JsonObject } from "../../model/spec.ts";
import { prepareSite } from "./site.ts";
import { emptySoftwareProcess } from "./software-process.ts";

let folder: string;
let base: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "clocker-site-"));
  base = path.join(folder, `brooklyn-${userInfo().username}`);
  vi.stubEnv("TMPDIR", folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function prepare(config: JsonObject = {}) {
  const { plane } = fakeManagement({ entityTypes: [emptySoftwareProcess] });
  const app = plane.create(entitySpec("org.apache.brooklyn.entity.stock.BasicApplication"));
  const entity = plane.create(entitySpec(emptySoftwareProcess.name, { config }), app);
  return prepareSite(entity, machineLocation(new LocalMachine(), new FakeLocation()), fakeWork());
}

test("prepareSite on this computer makes a folder that only its user may enter, and takes it again", async () => {
  const { runDir } = await prepare();
  expect(runDir.startsWith(`${base}/apps/`)).toBe(true);
  expect((await lstat(base)).mode & 0o777).toBe(0o700);
  await expect(prepare()).resolves.toBeDefined();
});

test("prepareSite on this computer refuses a link in the place of its folder, unless it needs none", async () => {
  await mkdir(path.join(folder, "elsewhere"));
  await symlink(path.join(folder, "elsewhere"), base);
  await expect(prepare()).rejects.toThrow(`${base} belongs to somebody else`);
  await expect(prepare({ "install.dir": `${folder}/i`, "run.dir": `${folder}/r` })).resolves.toMatchObject({ runDir: `${folder}/r` });
});
