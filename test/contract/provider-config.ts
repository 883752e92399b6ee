import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import type { ProviderConfig } from "../../src/provider/provider-config.ts";
import { realClock } from "./provider-work.ts";

let planes = 0;
const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Goes when the tests of the file have ended. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "clocker-provider-"));
  folders.push(folder);
  return folder;
}

/** The config of a plane of its own, in a data directory that goes when the tests of the file have ended. */
export async function testConfig(properties: Readonly<Record<string, unknown>>): Promise<ProviderConfig> {
  const dataDir = await temporaryFolder();
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
