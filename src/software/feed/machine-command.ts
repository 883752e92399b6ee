import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import { environmentOf } from "../process/environment.ts";
import { machineOf } from "../process/provision.ts";
import { runScript } from "../process/run-script.ts";
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
  const location = machineOf(entity);
  if (location === undefined) throw new ClockerError("no-machine", `Cannot ${command.phase} "${entity.displayName}": it has no machine`, { remedy: "Start it first" });
  const site = siteOf(entity, location);
  const own = site === undefined ? {} : await environmentOf(site, work);
  const { phase, text, timeout } = command;
  const { stdout } = await runScript(
    {
      entity,
      machine: location.machine,
      phase,
      text,
      env: { ...own, ...command.env },
      cwd: command.cwd ?? site?.runDir ?? "/",
      key: "its command",
      ...(timeout === undefined ? {} : { timeout }),
    },
    work,
  );
  return stdout;
}
