import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface TestRegistry {
  /** `127.0.0.1:5000`: engines need no TLS for this computer. */
  host: string;
  stop(): Promise<void>;
}

const START_TIMEOUT = 30_000;

/** Starts a container registry of its own on loopback (Debian's docker-registry, the same program as the image `registry:2`). */
export async function startRegistry(): Promise<TestRegistry> {
  if (!existsSync("/usr/bin/docker-registry")) throw new Error("Cannot start a registry: no docker-registry; on Debian: apt-get install docker-registry");
  const folder = await mkdtemp(join(tmpdir(), "clocker-registry-"));
  const host = `127.0.0.1:${await freePort()}`;
  await writeFile(join(folder, "config.yml"), JSON.stringify({ version: 0.1, log: { level: "error" }, storage: { filesystem: { rootdirectory: join(folder, "data") } }, http: { addr: host } }));
  const registry = spawn("/usr/bin/docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  const stop = async (): Promise<void> => {
    const ended = new Promise<void>((resolve) => registry.once("exit", () => resolve()));
    if (registry.exitCode === null && registry.kill()) await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + START_TIMEOUT; Date.now() < deadline; await sleep(100)) {
    if (await answers(host)) return { host, stop };
  }
  await stop();
  throw new Error(`Cannot start a registry: it does not answer at ${host}`);
}

async function answers(host: string): Promise<boolean> {
  try {
    return (await fetch(`http://${host}/v2/`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("No port"))));
    });
  });
}
