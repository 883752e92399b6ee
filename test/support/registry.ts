import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "./outer-engine.ts";

/** Lets the containers of this computer's engine reach a registry: at the address of a bridge of its own, which leads nowhere else. */
export async function exposeOnBridge(registry: TestRegistry): Promise<{ host: string; stop(): Promise<void> }> {
  const network = `clocker-test-${registry.host.split(":")[1] ?? ""}`;
  await docker("network", "create", network);
  const address = await docker("network", "inspect", network, "--format", "{{(index .IPAM.Config 0).Gateway}}");
  const sockets = new Set<Socket>();
  const proxy = createServer((socket) => {
    const target = connect(Number(registry.host.split(":")[1]), "127.0.0.1");
    for (const each of [socket, target]) {
      sockets.add(each);
      each.on("close", () => sockets.delete(each));
      each.on("error", () => [socket, target].forEach((end) => end.destroy()));
    }
    socket.pipe(target).pipe(socket);
  });
  await new Promise<void>((resolve, reject) => proxy.once("error", reject).listen(0, address, resolve));
  const bound = proxy.address();
  if (bound === null || typeof bound === "string") throw new Error("No port");
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => proxy.close(() => resolve()));
    await docker("network", "rm", network);
  };
  return { host: `${address}:${bound.port}`, stop };
}

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
