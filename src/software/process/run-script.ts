import { ClockerError } from "../../model/errors.ts";
import type { Entity } from "../../model/entity.ts";
import type { Work } from "../../model/work.ts";
import type { Machine, RunResult } from "../../machine/machine.ts";
import { SCRIPT_TIMEOUT } from "./keys.ts";

export interface Script {
  readonly entity: Entity;
  readonly machine: Machine;
  /** What it does, as messages say it: `install`, `pre-launch`. */
  readonly phase: string;
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The config key that holds it, for the remedy. */
  readonly key?: string;
  /** Milliseconds; the entity's `softwareProcess.scriptTimeout` when absent. */
  readonly timeout?: number;
}

/** Lines of output that an error carries. */
const SHOWN_LINES = 12;

/**
 * Runs a script on the entity's machine, with its text, environment and output on the task's streams `stdin`, `env`, `stdout`, `stderr`.
 * @throws ClockerError `command-failed` when it exits other than 0, with the last lines of its output; those of `Machine.run`
 */
export async function runScript(script: Script, work: Work): Promise<RunResult> {
  const result = await tryScript(script, work);
  if (result.exitCode === 0) return result;
  const { entity, machine, phase } = script;
  const output = lastLines(`${result.stdout}\n${result.stderr}`);
  const shown = output === "" ? "and wrote nothing" : `and its last lines were: ${output}`;
  throw new ClockerError("command-failed", `Cannot ${phase} "${entity.displayName}" on "${machine.name}": the script exited with ${result.exitCode}, ${shown}`, {
    remedy: `See stdin, stdout and stderr of the task, mend ${script.key ?? "the script"}, then restart or delete "${entity.displayName}"`,
    details: { entity: entity.id, phase, machine: machine.name, exitCode: result.exitCode, output },
  });
}

/** As `runScript`, where an exit code other than 0 is an answer. */
export async function tryScript(script: Script, work: Work): Promise<RunResult> {
  const { entity, machine, text, env, cwd } = script;
  work.write("stdin", text.endsWith("\n") ? text : `${text}\n`);
  work.write("env", shownEnvironment(env));
  const timeout = script.timeout ?? (await entity.config.get(SCRIPT_TIMEOUT, work));
  return await machine.run(
    { script: text },
    {
      env,
      cwd,
      ...(Number.isFinite(timeout) && timeout > 0 ? { timeout } : {}),
      signal: work.signal,
      onStdout: (chunk) => work.write("stdout", chunk),
      onStderr: (chunk) => work.write("stderr", chunk),
    },
  );
}

/** The last lines that hold anything. */
export function lastLines(output: string, count = SHOWN_LINES): string {
  return output
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "")
    .slice(-count)
    .join("\n");
}

/** Names of variables whose values are not shown: Brooklyn's `Sanitizer`. */
const SECRET_NAME = /pass(word|wd|phrase)?|credential|secret|private|token|(access|api|auth)[._-]?(key|cert)|authorization|identity/i;

function shownEnvironment(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${SECRET_NAME.test(name) ? "<suppressed>" : value}\n`)
    .join("");
}
