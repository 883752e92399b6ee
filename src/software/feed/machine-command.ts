import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import type { RunResult } from "../../machine/machine.ts";
import { environmentOf } from "../process/environment.ts";
import { machineOf } from "../process/provision.ts";
import { runScript, type Script, tryScript } from "../process/run-script.ts";
import { siteOf } from "../process/site.ts";

export interface MachineCommand {
  /** What it does, for messages: `read sensor "load" of`. */
  readonly phase: string;
  readonly text: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The run folder, else the home of the user, when absent. */
  readonly cwd?: string | undefined;
  /** Milliseconds. */
  readonly timeout?: number;
}

/**
 * Runs a command on the entity's machine, however that is reached, with the environment of the entity's own commands.
 * @returns what it wrote to standard output
 * @throws ClockerError `no-machine` when there is none, `command-failed` when it exits other than 0
 */
export async function runOnMachine(entity: Entity, command: MachineCommand, work: Work): Promise<string> {
  const { stdout } = await runScript(await scriptOf(entity, command, work), work);
  return stdout;
}

/** As `runOnMachine`, where an exit code other than 0 is an answer. */
export async function tryOnMachine(entity: Entity, command: MachineCommand, work: Work): Promise<RunResult> {
  return tryScript(await scriptOf(entity, command, work), work);
}

async function scriptOf(entity: Entity, { phase, text, env, cwd, timeout }: MachineCommand, work: Work): Promise<Script> {
  const location = machineOf(entity);
  if (location === undefined) throw new ClockerError("no-machine", `Cannot ${phase} "${entity.displayName}": it has no machine`, { remedy: "Start it first" });
  const site = siteOf(entity, location);
  const own = site === undefined ? {} : await environmentOf(site, work);
  return {
    entity,
    machine: location.machine,
    phase,
    text,
    env: { ...own, ...env },
    cwd: cwd ?? site?.runDir ?? "/",
    key: "its command",
    ...(timeout === undefined ? {} : { timeout }),
  };
}
