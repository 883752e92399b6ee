import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unixEngine } from "../../src/engine/docker-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { ensureBaseImage } from "../../src/provider/base-image.ts";
import { startTestEngine, TEST_IMAGE, type TestEngine } from "../support/docker-engine.ts";
import { fakeWork } from "../support/fake-work.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

/** Images travel through a real registry: what a user elsewhere has. The way without one is tested with the `local` provider. */
describe("a registry", () => {
  let registry: TestRegistry;
  let testEngine: TestEngine;
  let engine: Engine;

  beforeAll(async () => {
    registry = await startRegistry();
    testEngine = await startTestEngine({ registryMirror: `http://${registry.host}` });
    engine = unixEngine(testEngine.socket, "test engine");
  });

  afterAll(async () => {
    await engine?.close();
    await testEngine?.stop();
    await registry?.stop();
  });

  test("gives back what was pushed", async () => {
    const name = `${registry.host}/team/app:1`;
    await engine.tagImage(TEST_IMAGE, name);
    const lines: string[] = [];
    await engine.pushImage(name, { onProgress: (line) => lines.push(line) });
    await engine.removeImage(name);
    await expect(engine.inspectImage(name)).rejects.toMatchObject({ code: "not-found" });
    await engine.pullImage(name, { onProgress: (line) => lines.push(line) });
    expect(await engine.inspectImage(name)).toMatchObject({ id: (await engine.inspectImage(TEST_IMAGE)).id });
    expect(lines).not.toEqual([]);
  });

  test("says of an image that it does not have", async () => {
    await expect(engine.pullImage(`${registry.host}/team/nothing:1`, {})).rejects.toThrow(/nothing/);
  });

  test("is where the base image comes from first: nothing is made here", async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), "clocker-cache-"));
    const published = `${registry.host}/library/debian:bookworm-slim`;
    await engine.tagImage(TEST_IMAGE, published);
    await engine.pushImage(published, {});
    expect(await ensureBaseImage(engine, { cacheDir, work: fakeWork(), here: undefined })).toBe("debian:bookworm-slim");
    expect(await readdir(cacheDir)).toEqual([]);
    await rm(cacheDir, { recursive: true });
  });
});
