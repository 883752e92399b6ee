import { buffer } from "node:stream/consumers";
import { PassThrough } from "node:stream";
import type { CommandSession, CommandSessionOptions } from "../command-session.ts";

interface Reply {
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Exit code of what was killed: 128 + SIGKILL. */
const KILLED = 137;

/**
 * A session with a command that answers once its input has ended, for machines and engines in memory.
 * @param answer gives the reply; its signal aborts when the command is killed
 */
export function repliedSession({ onStdout, onStderr }: Pick<CommandSessionOptions, "onStdout" | "onStderr">, answer: (stdin: Buffer, signal: AbortSignal) => Reply | Promise<Reply>): CommandSession {
  const stdin = new PassThrough();
  const killed = new AbortController();
  const gone = new Promise<number>((resolve) => killed.signal.addEventListener("abort", () => resolve(KILLED), { once: true }));
  const replied = async (): Promise<number> => {
    const reply = await answer(await buffer(stdin), killed.signal);
    if (killed.signal.aborted) return KILLED;
    if (reply.stdout) onStdout(Buffer.from(reply.stdout));
    if (reply.stderr) onStderr(Buffer.from(reply.stderr));
    return reply.exitCode ?? 0;
  };
  const ended = Promise.race([gone, replied()]);
  ended.catch(() => {});
  return {
    stdin,
    ended,
    pause: () => {},
    resume: () => {},
    resize: async () => {},
    kill: async () => {
      killed.abort(new Error("killed"));
      stdin.destroy();
    },
  };
}
