import { createInterface } from "node:readline/promises";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, say } from "../io.ts";
import { styleOf } from "../output/style.ts";
import type { ServerAddress } from "./client.ts";

export interface GuardOptions {
  readonly io: Io;
  /** `--yes`. */
  readonly isConfirmed: boolean;
  /** The command, as the question names it: `clocker delete`. */
  readonly what: string;
}

/**
 * What stands before the first change that a command asks a protected context for: a question on a terminal, elsewhere the flag `--yes`.
 * Undefined where nothing is protected.
 */
export function guardOf(address: ServerAddress, { io, isConfirmed, what }: GuardOptions): (() => Promise<void>) | undefined {
  if (address.protected !== true || isConfirmed) return undefined;
  let asked: Promise<void> | undefined;
  return () => (asked ??= ask(address, io, what));
}

async function ask({ context = "", url }: ServerAddress, io: Io, what: string): Promise<void> {
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) {
    throw new CliError(exitCodes.usage, `Cannot go on with "${what}": context "${context}" (${url}) is protected, and there is no terminal to ask at`, { remedy: "Add --yes" });
  }
  const questions = createInterface({ input: io.stdin });
  try {
    io.stderr.write(`${styleOf(io).yellow(`${what} changes "${context}"`)} (${url}). Go on? [y/N] `);
    // Input that ends is no answer.
    const answer = await Promise.race([questions.question("", { signal: io.signal }), new Promise<string>((resolve) => questions.once("close", () => resolve("")))]);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    questions.close();
  }
  say(io, "Nothing was changed");
  throw new CliError(exitCodes.refused, `"${what}" was not confirmed`);
}
