import { Duplex } from "node:stream";
import { ClockerError } from "../model/errors.ts";
import { abortError } from "./abort.ts";
import type { Engine, ExecSpec } from "./engine.ts";
import { ExecSession } from "./exec-session.ts";
import { openExec } from "./exec-open.ts";
import { watchForLeftovers } from "./leftovers.ts";
import { TextStreams } from "./text-streams.ts";
import type { EngineTransport } from "./transport.ts";

/** Commands in containers: over the engine's exec, which works with every image that has /bin/sh. */
export function execCalls(transport: EngineTransport): Pick<Engine, "exec" | "execStream" | "openExec"> {
  return {
    exec: (id, spec, signal) => exec(transport, id, spec, signal),
    execStream: (id, argv, signal) => execStream(transport, id, argv, signal),
    openExec: (id, spec) => openExec(transport, id, spec),
  };
}

async function exec(transport: EngineTransport, id: string, spec: ExecSpec, signal?: AbortSignal): Promise<{ exitCode: number }> {
  const text = new TextStreams((stream, chunk) => (stream === "stdout" ? spec.onStdout?.(chunk) : spec.onStderr?.(chunk)));
  const withStdin = spec.stdin !== undefined;
  const session = await ExecSession.start(transport, id, { ...spec, withStdin }, (stream, bytes) => text.write(stream, bytes), signal);
  const action = `run a command in container "${id}"`;
  if (withStdin) session.socket.end(spec.stdin);
  await outputEnds(session, action, signal);
  session.endOfOutput();
  text.end();
  return { exitCode: await session.exitCode(signal) };
}

/** Reads the output to its end. When the signal aborts, the command is killed first. */
async function outputEnds(session: ExecSession, action: string, signal?: AbortSignal): Promise<void> {
  let killed: Promise<void> | undefined;
  const onAbort = (): void => {
    killed = session.kill();
    // Awaited below; it may fail before anyone gets there.
    killed.catch(() => undefined);
  };
  const ended = endOf(session);
  const leaveLeftovers = watchForLeftovers(session);
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const broken = await ended;
  leaveLeftovers();
  signal?.removeEventListener("abort", onAbort);
  if (signal?.aborted) {
    await killed;
    throw abortError(signal, action);
  }
  // A command may end without reading its input: the engine then cuts the connection in the middle of what we write.
  if (broken !== undefined && !(await session.hasEnded(signal))) throw session.failure(broken);
}

/** Waits until the connection has ended, and tells why when it broke. */
function endOf(session: ExecSession): Promise<unknown> {
  const { socket } = session;
  return new Promise((resolve) => {
    socket.on("data", (chunk: Buffer) => session.read(chunk));
    socket.on("error", resolve);
    socket.once("end", () => resolve(undefined));
    socket.once("close", () => resolve(new Error("the connection was closed")));
  });
}

const STDERR_KEPT = 2_000;

async function execStream(transport: EngineTransport, id: string, argv: readonly string[], signal?: AbortSignal): Promise<Duplex> {
  let stderr = "";
  const stream = new Duplex({
    read: () => void session.socket.resume(),
    write: (chunk, encoding, done) => void session.socket.write(chunk, encoding, done),
    final: (done) => void session.socket.end(done),
    destroy: (error, done) => {
      signal?.removeEventListener("abort", onAbort);
      session.kill().then(() => done(error), (failure: unknown) => done(error ?? asError(failure)));
    },
  });
  const onAbort = (): void => void (signal && stream.destroy(abortError(signal, `go on with a stream of container "${id}"`)));
  const session = await ExecSession.start(transport, id, { argv, withStdin: true }, (from, bytes) => {
    if (from === "stderr") stderr = (stderr + bytes.toString("utf8")).slice(-STDERR_KEPT);
    else if (!stream.push(bytes)) session.socket.pause();
  }, signal);
  session.socket.on("data", (chunk: Buffer) => session.read(chunk));
  session.socket.on("error", (error) => stream.destroy(session.failure(error)));
  let ended = false;
  session.socket.once("end", () => {
    ended = true;
    void endStream(session, stream, id, () => stderr);
  });
  session.socket.once("close", () => ended || stream.destroy(session.failure(new Error("the connection was closed"))));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  return stream;
}

/** Ends the readable side; a command that failed makes it an error, with what it said. */
async function endStream(session: ExecSession, stream: Duplex, id: string, stderr: () => string): Promise<void> {
  try {
    session.endOfOutput();
    const exitCode = await session.exitCode();
    if (exitCode === 0) stream.push(null);
    else stream.destroy(new ClockerError("unreachable", `A stream of container "${id}" broke off: exit code ${exitCode}: ${stderr().trim() || "no message"}`));
  } catch (error) {
    stream.destroy(asError(error));
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
