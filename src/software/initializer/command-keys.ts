import type { InitializerConfig } from "../../model/adjunct.ts";
import { configKey, type ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import type { MachineCommand } from "../feed/machine-command.ts";
import { asVariables } from "../process/environment.ts";
import { RUN_DIR } from "../process/sensors.ts";
import { resolved } from "./sensor-keys.ts";

/** Keys of initializers that run a command on the entity's machine (Brooklyn's `SshCommandSensor`, `SshCommandEffector`). */
export const COMMAND = configKey("command", types.string, "The command to run on the entity's machine");
export const COMMAND_URL = configKey("commandUrl", types.string, "URL of a script to run instead");
export const EXECUTION_DIR = configKey("executionDir", types.string, "Folder to run in: the run folder when not set; a relative one lies in it");
export const COMMAND_ENV = configKey("shell.env", types.map(), "Environment variables of the command, beside those of the entity", { flag: "env", defaultValue: {} });

export const commandKeys: readonly ConfigKey[] = [COMMAND, COMMAND_URL, EXECUTION_DIR, COMMAND_ENV];

/** @throws ClockerError `invalid-blueprint` when there is nothing to run */
export function requireCommand(entity: Entity, config: InitializerConfig, initializer: string): void {
  if (config.raw[COMMAND.name] !== undefined || config.raw[COMMAND_URL.name] !== undefined) return;
  throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": ${initializer} needs a command`, { remedy: 'Give "command" or "commandUrl" in its brooklyn.config' });
}

/** The command as it is to be run now. @param phase what it does, for messages */
export async function commandOf(entity: Entity, config: InitializerConfig, phase: string, work: Work): Promise<MachineCommand> {
  const url = await resolved(entity, config, COMMAND_URL, work);
  const text = (await resolved(entity, config, COMMAND, work)) ?? (url === undefined ? "" : (await entity.management.resources.read(url, work)).toString("utf8"));
  const folder = await resolved(entity, config, EXECUTION_DIR, work);
  const runDir = entity.get(RUN_DIR);
  const cwd = folder === undefined || folder.startsWith("/") || runDir === undefined ? folder : `${runDir}/${folder}`;
  const env = asVariables((await resolved(entity, config, COMMAND_ENV, work)) ?? {}, `"${COMMAND_ENV.name}" of a command of "${entity.displayName}"`);
  return { phase, text, env, cwd };
}
