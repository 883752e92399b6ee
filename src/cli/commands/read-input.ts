import { readFile } from "node:fs/promises";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";

/** A file's text, or standard input's for `-`. */
export async function readInput(file: string, io: Io): Promise<string> {
  if (file !== "-") {
    try {
      return await readFile(file, "utf8");
    } catch (error) {
      const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
      throw new CliError(exitCodes.usage, isAbsent ? `Cannot read "${file}": there is no such file` : `Cannot read "${file}"`, { cause: isAbsent ? undefined : error });
    }
  }
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Buffer));
  return Buffer.concat(chunks).toString("utf8");
}
