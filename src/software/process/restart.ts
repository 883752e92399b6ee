import type { EffectorCall, EffectorParameter } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { stopping } from "../stock/application.ts";
import { startChildren, stopChildren } from "../stock/startable.ts";
import { asTheOnlyOne } from "./one-at-a-time.ts";
import { machineOf } from "./provision.ts";
import { startOnMachine } from "./start.ts";
import { stopOnMachine, stopProcess } from "./stop.ts";

const restartMachine = types.enumOf("org.apache.brooklyn.entity.software.base.SoftwareProcess$RestartSoftwareParameters$RestartMachineMode", ["true", "false", "auto"]);

/** Brooklyn's `RestartSoftwareParameters`. */
export const RESTART_PARAMETERS: readonly EffectorParameter[] = [
  { name: "restartChildren", type: types.boolean, description: "Whether children are restarted too", defaultValue: false },
  { name: "restartMachine", type: restartMachine, description: "Whether the machine is released and another obtained; auto: when it cannot be reached", defaultValue: "auto" },
];

/**
 * The effector `restart`: stops the process and starts it again on the same machine, or on a new one when that is asked for or, with `auto`, when the
 * machine cannot be reached any more.
 */
export async function restartSoftware({ entity, parameters, work }: EffectorCall): Promise<void> {
  const mode = restartMachine.coerce(parameters["restartMachine"] ?? "auto");
  const withChildren = types.boolean.coerce(parameters["restartChildren"] ?? false);
  await asTheOnlyOne(entity, "restart", work, async (only) => {
    if (withChildren) await stopChildren(entity, only);
    const replace = mode === "true" || (mode === "auto" && !(await isReachable(entity, only)));
    if (replace) await stopOnMachine(entity, { process: "ALWAYS", machine: "ALWAYS" }, only);
    else await stopKeepingMachine(entity, only);
    await startOnMachine(entity, undefined, only, { isStopped: true });
    if (withChildren) await startChildren(entity, only);
  });
}

async function stopKeepingMachine(entity: Entity, work: Work): Promise<void> {
  await stopping(entity, async () => {
    entity.stopFeeds();
    await stopProcess(entity, false, work);
  });
}

const REACH_TIMEOUT = 20_000;

/** Whether commands still run on the machine. An entity without a machine counts as reachable: the start obtains one. */
async function isReachable(entity: Entity, work: Work): Promise<boolean> {
  const location = machineOf(entity);
  if (location === undefined) return true;
  try {
    await location.machine.run({ argv: ["true"] }, { signal: work.signal, timeout: REACH_TIMEOUT });
    return true;
  } catch (error) {
    if (work.signal.aborted || !(error instanceof ClockerError)) throw error;
    work.log(`${error.message}: the machine is replaced`);
    return false;
  }
}
