import { existsSync } from "node:fs";
import path from "node:path";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import { unixEngine } from "../../engine/docker-engine.ts";
import { LocalMachine } from "../../machine/local-machine.ts";
import { engineSocketHere } from "../engine-socket.ts";
import { bootstrapScript } from "../bootstrap-script.ts";
import { runChecked } from "../run-checked.ts";

const PING_LIMIT = 10_000;
const BRING_LIMIT = 20 * 60_000;

/**
 * The socket of this computer's Docker Engine. One that answers is used as it is; else one is installed (Debian, Ubuntu) and started, with root.
 * `DOCKER_HOST` is respected.
 * @throws ClockerError `command-failed` with what to run, where root or a package is missing; `invalid-value` when `DOCKER_HOST` isn't a socket of this computer.
 */
export async function ensureEngine(work: Work): Promise<string> {
  const socket = engineSocketHere();
  if (await answers(socket, work.signal)) return socket;
  await work.step("Bring Docker Engine to this computer", bring);
  return socket;
}

/** The engine's socket, whether or not somebody answers behind it; undefined where no engine is, so that nothing can have been made with it. */
export function knownEngineSocket(): string | undefined {
  const socket = engineSocketHere();
  return existsSync(socket) || isInstalled() ? socket : undefined;
}

async function answers(socket: string, signal: AbortSignal): Promise<boolean> {
  if (!existsSync(socket)) return false;
  const engine = unixEngine(socket, "localhost");
  try {
    await engine.version(AbortSignal.any([signal, AbortSignal.timeout(PING_LIMIT)]));
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ClockerError && (error.code === "unreachable" || error.code === "timeout")) return false;
    throw error;
  } finally {
    await engine.close();
  }
}

function isInstalled(): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(path.delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.some((folder) => existsSync(path.join(folder, "dockerd")));
}

async function bring(work: Work): Promise<void> {
  await runChecked(new LocalMachine(), "bring Docker Engine", { argv: [bootstrapScript("docker-engine.sh")] }, work, { timeout: BRING_LIMIT });
}
