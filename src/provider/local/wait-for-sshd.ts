import { connect } from "node:net";
import { ClockerError } from "../../model/errors.ts";
import type { Clock } from "../../model/clock.ts";
import type { Engine } from "../../engine/engine.ts";

const LIMIT = 60_000;
const PAUSE = 50;
const GREETING_LIMIT = 5_000;

/**
 * Waits until the sshd of a machine greets.
 * @throws ClockerError `start-failed` with the machine's last output, when its main process ends or no greeting comes within a minute.
 */
export async function waitForSshd(engine: Engine, containerId: string, address: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const deadline = clock.now() + LIMIT;
  while (!(await greets(address, 22))) {
    const { running } = await engine.inspectContainer(containerId, signal);
    if (!running || clock.now() > deadline) throw await notStarted(engine, containerId, address, running, signal);
    await clock.sleep(PAUSE, signal);
  }
}

/** Whether something at the port says that it speaks SSH (RFC 4253, 4.2). */
function greets(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(GREETING_LIMIT, () => end(false));
    socket.once("data", (chunk) => end(chunk.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

async function notStarted(engine: Engine, containerId: string, address: string, running: boolean, signal: AbortSignal): Promise<ClockerError> {
  let output = "";
  await engine.containerLogs(containerId, { tail: 20 }, (_stream, chunk) => void (output += chunk), signal);
  const reason = running ? `no sshd answers at ${address}:22 after ${LIMIT / 1000} s` : "its main process ended";
  return new ClockerError("start-failed", `Cannot start a local machine: ${reason}${output === "" ? "" : `: ${output.trim()}`}`, { details: { address, output } });
}
