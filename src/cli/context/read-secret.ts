import { readFile } from "node:fs/promises";
import { bytesOf } from "../commands/read-input.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";

export interface SecretSource {
  readonly stdin?: boolean | undefined;
  readonly file?: string | undefined;
  /** The variable that holds it. */
  readonly env: string;
  /** What a terminal asks. */
  readonly prompt: string;
}

/** A secret from standard input, a file, the environment, or asked for at a terminal without showing it; a line's end is no part of it. */
export async function readSecret(io: Io, { stdin, file, env, prompt }: SecretSource): Promise<string | undefined> {
  if (stdin === true) return chomp((await bytesOf(io.stdin)).toString("utf8"));
  if (file !== undefined) {
    try {
      return chomp(await readFile(file, "utf8"));
    } catch (error) {
      throw new CliError(exitCodes.usage, `Cannot read "${file}"`, { cause: error });
    }
  }
  const given = io.env[env];
  if (given) return given;
  return io.stdin.isTTY === true ? ask(io, prompt) : undefined;
}

/** Reads a line without echo. */
function ask(io: Io, prompt: string): Promise<string> {
  const { stdin, stderr } = io;
  stderr.write(prompt);
  stdin.setRawMode?.(true);
  return new Promise((resolve, reject) => {
    let text = "";
    const end = (settle: () => void): void => {
      stdin.off("data", onData);
      stdin.setRawMode?.(false);
      stdin.pause();
      stderr.write("\n");
      settle();
    };
    const onData = (chunk: Buffer | string): void => {
      for (const character of String(chunk)) {
        if (character === "\r" || character === "\n") return end(() => resolve(text));
        if (character === "\u0003") return end(() => reject(new CliError(exitCodes.interrupted, "Interrupted")));
        text = character === "\u007F" || character === "\b" ? text.slice(0, -1) : text + character;
      }
    };
    stdin.on("data", onData);
    stdin.resume();
  });
}

function chomp(text: string): string {
  return text.replace(/\r?\n$/, "");
}
