import type { CommandSession, TerminalSize } from "./command-session.ts";
import type { OpenExecSpec } from "./engine.ts";
import { ExecSession } from "./exec-session.ts";
import { watchForLeftovers } from "./leftovers.ts";
import type { EngineTransport } from "./transport.ts";

/** Starts a command in a container and leaves its standard streams open. */
export async function openExec(transport: EngineTransport, container: string, spec: OpenExecSpec): Promise<CommandSession> {
  const { argv, env, user, cwd, terminal, onStdout, onStderr, signal } = spec;
  const session = await ExecSession.start(transport, container, { argv, env, user, workingDir: cwd, terminal, withStdin: true }, (stream, bytes) => (stream === "stdout" ? onStdout(bytes) : onStderr(bytes)), signal);
  const { socket } = session;
  // That nobody reads the input is no failure; a lost connection is told by its end.
  socket.on("error", () => {});
  const ended = endOf(session);
  // Whoever opened it may only want to kill it.
  ended.catch(() => {});
  if (terminal !== undefined) await session.resize(terminal);
  let killed: Promise<void> | undefined;
  return {
    stdin: socket,
    ended,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    resize: async (size: TerminalSize) => (terminal === undefined ? undefined : session.resize(size)),
    kill: () => (killed ??= session.kill()),
  };
}

async function endOf(session: ExecSession): Promise<number> {
  const { socket } = session;
  const leaveLeftovers = watchForLeftovers(session);
  const broken = await new Promise<unknown>((resolve) => {
    socket.on("data", (chunk: Buffer) => session.read(chunk));
    socket.once("error", resolve);
    socket.once("end", () => resolve(undefined));
    socket.once("close", () => resolve(new Error("the connection was closed")));
  });
  leaveLeftovers();
  session.endOfOutput();
  if (broken !== undefined && !(await session.hasEnded())) throw session.failure(broken);
  return session.exitCode();
}
