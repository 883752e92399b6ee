import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { unixEngine } from "../../src/engine/docker-engine.ts";
import { busyboxTar } from "./busybox-image.ts";

export interface TestEngine {
  /** The unix socket of the engine's API. */
  socket: string;
  /** Ends the engine and its containers and deletes its files. */
  stop(): Promise<void>;
}

/** The image that `startTestEngine` makes: busybox, bash and socat, no more. */
export const TEST_IMAGE = "clocker-test:latest";

const run = promisify(execFile);
const PREDEFINED: ReadonlySet<string> = new Set(["bridge", "host", "none"]);
const START_TIMEOUT = 120_000;
const STOP_TIMEOUT = 60_000;

/**
 * Starts a Docker Engine of its own for tests: own data, own socket, own bridge, no iptables, so it disturbs no other. Needs root, `dockerd`
 * and `containerd` (Debian: docker.io), `ip` (iproute2) and `busybox` (busybox-static).
 */
export async function startTestEngine(options: { registryMirror?: string } = {}): Promise<TestEngine> {
  requireProgram("/usr/sbin/dockerd", "docker.io");
  const folder = await mkdtemp(join(tmpdir(), "clocker-engine-"));
  const socket = join(folder, "docker.sock");
  const logFile = join(folder, "dockerd.log");
  const bridge = await makeBridge();
  const daemon = startDaemon(folder, socket, bridge, logFile, options.registryMirror);
  const stop = async (): Promise<void> => {
    await removeAll(socket);
    await end(daemon);
    await run("ip", ["link", "delete", bridge]);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await answers(socket, daemon, logFile);
    await importTestImage(socket);
  } catch (error) {
    await stop();
    throw error;
  }
  return { socket, stop };
}

function requireProgram(path: string, debianPackage: string): void {
  if (!existsSync(path)) throw new Error(`Cannot start a test engine: no "${path}"; on Debian: apt-get install ${debianPackage}`);
}

/** A bridge of its own: with `--bridge=none` a daemon deletes docker0, which is the other engine's of this computer. */
async function makeBridge(): Promise<string> {
  const name = `clk${randomBytes(4).toString("hex")}`;
  await run("ip", ["link", "add", name, "type", "bridge"]);
  await run("ip", ["address", "add", `10.${randomInt(128, 255)}.${randomInt(0, 255)}.1/24`, "dev", name]);
  await run("ip", ["link", "set", name, "up"]);
  return name;
}

function startDaemon(folder: string, socket: string, bridge: string, logFile: string, registryMirror: string | undefined): ChildProcess {
  const log = openSync(logFile, "w");
  const daemon = spawn(
    "/usr/sbin/dockerd",
    [
      ...["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec"), "--pidfile", join(folder, "pid")],
      ...["-H", `unix://${socket}`, `--bridge=${bridge}`, "--iptables=false", "--ip-forward=false", "--ip-masq=false"],
      ...(registryMirror === undefined ? [] : ["--registry-mirror", registryMirror]),
    ],
    { stdio: ["ignore", log, log] },
  );
  closeSync(log);
  return daemon;
}

async function answers(socket: string, daemon: ChildProcess, logFile: string): Promise<void> {
  const engine = unixEngine(socket, "test engine");
  const deadline = Date.now() + START_TIMEOUT;
  let failure: unknown;
  while (Date.now() < deadline && daemon.exitCode === null) {
    try {
      await engine.info();
      await engine.close();
      return;
    } catch (error) {
      failure = error;
      await sleep(200);
    }
  }
  await engine.close();
  const log = (await readFile(logFile, "utf8")).trim().split("\n").slice(-20).join("\n");
  throw new Error(`Cannot start a test engine: dockerd does not answer:\n${log}`, { cause: failure });
}

async function importTestImage(socket: string): Promise<void> {
  const engine = unixEngine(socket, "test engine");
  await engine.importImage(await busyboxTar(), { tag: TEST_IMAGE, changes: ['CMD ["sleep","1000000"]', "ENV PATH=/bin:/usr/bin"] });
  await engine.close();
}

/** Also takes the networks' bridges off this computer. */
async function removeAll(socket: string): Promise<void> {
  const engine = unixEngine(socket, "test engine");
  try {
    for (const container of await engine.listContainers()) await engine.removeContainer(container.id);
    for (const network of await engine.listNetworks()) if (!PREDEFINED.has(network.name)) await engine.removeNetwork(network.id);
  } finally {
    await engine.close();
  }
}

/** Ends the daemon by its own process id, its containerd ends with it. */
async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => daemon.once("exit", () => resolve()));
  daemon.kill("SIGTERM");
  const timer = setTimeout(() => daemon.kill("SIGKILL"), STOP_TIMEOUT);
  await ended;
  clearTimeout(timer);
}
