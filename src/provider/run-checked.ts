import { ClockerError } from "../model/errors.ts";
import type { Work } from "../model/work.ts";
import type { Command, Machine, RunOptions } from "../machine/machine.ts";

export interface CheckedOptions extends Pick<RunOptions, "env" | "timeout" | "stdin"> {
  /** What to do when it fails. */
  remedy?: string;
}

/**
 * Runs a command that must succeed; its output streams to the task. Gives back what it wrote to standard output.
 * @param action completes "Cannot …" in the error: `install Docker Engine`.
 * @throws ClockerError `command-failed` holding the last lines of the output, and what `Machine.run` throws.
 */
export async function runChecked(machine: Machine, action: string, command: Command, work: Work, options: CheckedOptions = {}): Promise<string> {
  const { remedy, ...runOptions } = options;
  const result = await machine.run(command, {
    ...runOptions,
    signal: work.signal,
    onStdout: (chunk) => work.write("stdout", chunk),
    onStderr: (chunk) => work.write("stderr", chunk),
  });
  if (result.exitCode === 0) return result.stdout;
  const output = lastLines(`${result.stdout}\n${result.stderr}`);
  throw new ClockerError("command-failed", `Cannot ${action} on "${machine.name}": exit code ${result.exitCode}${output === "" ? "" : `: ${output}`}`, {
    ...(remedy === undefined ? {} : { remedy }),
    details: { machine: machine.name, exitCode: result.exitCode, output },
  });
}

const LINES = 12;

function lastLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-LINES)
    .join("\n");
}
