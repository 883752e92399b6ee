import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import type { ProviderConfig } from "../../src/provider/provider-config.ts";
import { realClock } from "./provider-work.ts";

let planes = 0;

/** The config of a plane of its own, in a data directory that goes when the tests of the file have ended. */
export async function testConfig(properties: Readonly<Record<string, unknown>>): Promise<ProviderConfig> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "clocker-provider-"));
  afterAll(() => rm(dataDir, { recursive: true, force: true }));
  return {
    dataDir,
    owner: `test${process.pid}x${++planes}`,
    properties,
    clock: realClock,
    secrets: {
      seal: (plain) => `sealed:${Buffer.from(plain).toString("base64")}`,
      open: (sealed) => Buffer.from(String(sealed).slice("sealed:".length), "base64").toString(),
    },
  };
}
