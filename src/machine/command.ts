import { constants } from "node:os";
import { abortError } from "../engine/abort.ts";
import { ClockerError } from "../model/errors.ts";
import type { Command, CommandSessionOptions, RunOptions } from "./machine.ts";

/**
 * Reads the script to its end before the first line runs, so that commands which read standard input (apt-get, ssh) find it at its end
 * instead of eating the rest of the script. As one shell evaluates it, its length has no limit.
 */
const SCRIPT_RUNNER = `if command -v bash >/dev/null 2>&1; then exec bash -c 'eval "$(cat)"' bash; else exec sh -c 'eval "$(cat)"' sh; fi`;

/** A command as every machine runs it: arguments, and what it gets on standard input. */
export interface PlainCommand {
  argv: readonly string[];
  stdin: string | Buffer | undefined;
}

/** Turns a script into a shell that gets it on standard input, and checks what no machine can pass on. */
export function plainCommand(command: Command, options: Pick<RunOptions, "env" | "cwd" | "stdin">): PlainCommand {
  if ("argv" in command) for (const argument of command.argv) refuseNul(argument, "an argument");
  for (const [name, value] of Object.entries(options.env ?? {})) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new ClockerError("invalid-value", `Cannot set environment variable "${name}": a name has letters, digits and underscores, and no digit at its start`);
    }
    refuseNul(value, `environment variable "${name}"`);
  }
  if (options.cwd !== undefined) refuseNul(options.cwd, "the working folder");
  if ("argv" in command) return { argv: command.argv, stdin: options.stdin };
  return { argv: ["/bin/sh", "-c", SCRIPT_RUNNER], stdin: command.script };
}

/** Checks what a command of open standard streams gets, as plainCommand does for others. */
export function checkOpened(argv: readonly [string, ...string[]], { env, cwd }: CommandSessionOptions): void {
  plainCommand({ argv }, { ...(env && { env }), ...(cwd !== undefined && { cwd }) });
}

/** What a command is called in messages: never its arguments, which may hold secrets. */
export function nameOf(command: Command): string {
  return "argv" in command ? `"${command.argv[0]}"` : "a script";
}

/**
 * Runs `body` with a signal that aborts when the caller's does or when the time is over; the reason is a ClockerError `cancelled` or
 * `timeout`, and `body` rejects with it once the command is gone.
 */
export async function withBounds<T>(action: string, options: Pick<RunOptions, "timeout" | "signal">, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { timeout, signal } = options;
  if (signal?.aborted) throw abortError(signal, action);
  const controller = new AbortController();
  const onAbort = (): void => void (signal && controller.abort(abortError(signal, action)));
  const onTimeout = (): void => controller.abort(new ClockerError("timeout", `Cannot ${action}: it took longer than ${(timeout ?? 0) / 1000} s`, { details: { timeout } }));
  const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await body(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The exit code of a command that a signal ended (`SIGKILL` or `KILL` → 137), as shells count. */
export function exitCodeOfSignal(signal: string): number {
  const name = signal.startsWith("SIG") ? signal : `SIG${signal}`;
  const number = Object.entries(constants.signals).find(([known]) => known === name)?.[1];
  return 128 + (number ?? 0);
}

function refuseNul(value: string, what: string): void {
  if (value.includes("\0")) throw new ClockerError("invalid-value", `Cannot pass ${what} with a NUL character`);
}
