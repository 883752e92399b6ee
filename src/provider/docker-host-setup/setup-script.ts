import { readFile } from "node:fs/promises";
import type { Command } from "../../machine/machine.ts";

/** One of the scripts beside this file, to be run on the machine. */
export async function setupScript(name: string): Promise<Command> {
  return { script: await readFile(new URL(`scripts/${name}`, import.meta.url), "utf8") };
}
