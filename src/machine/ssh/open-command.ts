import { PassThrough, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CommandSession, CommandSessionOptions, TerminalSize } from "../../engine/command-session.ts";
import { ClockerError } from "../../model/errors.ts";
import { exitCodeOfSignal } from "../command.ts";
import type { SshLink } from "./link.ts";
import { type OpenedChannel, runSession } from "./session.ts";

export interface SshPlace {
  /** Made for this command alone: it may run for days, and must not take a place from those that Clocker itself runs. */
  readonly link: SshLink;
  readonly name: string;
  readonly sudo: boolean;
}

/** Starts a command over SSH and leaves its standard streams open. The connection is closed with it. */
export async function openCommand(place: SshPlace, argv: readonly string[], options: CommandSessionOptions, action: string): Promise<CommandSession> {
  const { env, cwd, terminal, onStdout, onStderr, signal } = options;
  const stop = new AbortController();
  const opened = Promise.withResolvers<OpenedChannel>();
  const stdin = new PassThrough();
  const end = AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [opening(signal, opened.promise)])]);
  // A command may end before its input does.
  const send = (to: Writable, over: AbortSignal): Promise<void> => pipeline(stdin, to, { signal: over }).catch(() => {});
  const session = { argv, env: terminal === undefined ? env : { TERM: "xterm-256color", ...env }, cwd, terminal, send, onOpen: opened.resolve, onStdout, onStderr };
  const run = async (): Promise<number> => {
    try {
      return await runSession(place, session, action, end);
    } catch (error) {
      if (stop.signal.aborted) return exitCodeOfSignal("TERM");
      throw error;
    } finally {
      stdin.destroy();
      await place.link.close();
    }
  };
  const ended = run();
  // A command that could not be opened fails the opening; one that is open tells its end there.
  ended.catch(opened.reject);
  stdin.on("error", () => {});
  const { channel, outputs } = await opened.promise;
  return {
    stdin,
    ended,
    pause: () => outputs.forEach((output) => output.pause()),
    resume: () => outputs.forEach((output) => output.resume()),
    resize: async ({ columns, rows }: TerminalSize) => {
      if (terminal !== undefined) channel.setWindow(rows, columns, 0, 0);
    },
    kill: async () => {
      stop.abort(new ClockerError("cancelled", `Cannot ${action}: it was ended`));
      await ended.catch(() => {});
    },
  };
}

/** Aborts with the caller's signal for as long as the command is not open. */
function opening(signal: AbortSignal, opened: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  const done = (): void => signal.removeEventListener("abort", onAbort);
  opened.then(done, done);
  return controller.signal;
}
