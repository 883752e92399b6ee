import type { EffectorCall, EffectorParameter } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { stopping } from "../stock/application.ts";
import { SERVICE_PROCESS_IS_RUNNING, SERVICE_STATE } from "../stock/attributes.ts";
import { setNotUp } from "../stock/service-state.ts";
import { stopChildren } from "../stock/startable.ts";
import { environmentOf } from "./environment.ts";
import { CHILDREN_STARTABLE_MODE, PROCESS_STOP_TIMEOUT, SKIP_START } from "./keys.ts";
import { waitForLatch } from "./latch.ts";
import { asTheOnlyOne } from "./one-at-a-time.ts";
import { LATCHES, STOP_COMMAND } from "./phase-keys.ts";
import { freePorts } from "./ports.ts";
import { leaveMachine, machineOf } from "./provision.ts";
import { runScript } from "./run-script.ts";
import { siteOf, type Site } from "./site.ts";
import { HAS_PROCESS } from "./start.ts";

export const stopModes = ["ALWAYS", "IF_NOT_STOPPED", "NEVER"] as const;
export type StopMode = (typeof stopModes)[number];

const stopMode = types.enumOf("org.apache.brooklyn.entity.software.base.SoftwareProcess$StopSoftwareParameters$StopMode", stopModes);

/** Brooklyn's `StopSoftwareParameters`. */
export const STOP_PARAMETERS: readonly EffectorParameter[] = [
  { name: "stopProcessMode", type: stopMode, description: "When to stop the process", defaultValue: "IF_NOT_STOPPED" },
  { name: "stopMachineMode", type: stopMode, description: "When to release the machine", defaultValue: "IF_NOT_STOPPED" },
];

/** The effector `stop` (Brooklyn's `MachineLifecycleEffectorTasks.stop`). It ends a start that is under way. Idempotent. */
export async function stopSoftware({ entity, parameters, work }: EffectorCall): Promise<void> {
  const modes = { process: stopMode.coerce(parameters["stopProcessMode"] ?? "IF_NOT_STOPPED"), machine: stopMode.coerce(parameters["stopMachineMode"] ?? "IF_NOT_STOPPED") };
  await asTheOnlyOne(entity, "stop", work, (only) => stopOnMachine(entity, modes, only));
}

/**
 * Stops the process, gives the machine and the ports back. With `IF_NOT_STOPPED` a stopped process is left alone; a machine that is still there is
 * released all the same: nothing in the cloud is orphaned.
 */
export async function stopOnMachine(entity: Entity, modes: { process: StopMode; machine: StopMode }, work: Work): Promise<void> {
  const wasStopped = entity.get(SERVICE_STATE) === "STOPPED";
  await stopping(entity, async () => {
    await waitForLatch(entity, LATCHES.stop, work);
    entity.stopFeeds();
    if ((await entity.config.get(CHILDREN_STARTABLE_MODE, work)) !== "NONE") await stopChildren(entity, work);
    const leaves = modes.machine !== "NEVER";
    if (modes.process === "ALWAYS" || (modes.process === "IF_NOT_STOPPED" && !wasStopped)) await stopProcess(entity, leaves, work);
    if (leaves) await releaseMachine(entity, work);
  });
}

/** Stops the process and keeps the machine. */
export async function stopProcess(entity: Entity, machineGoesToo: boolean, work: Work): Promise<void> {
  const location = machineOf(entity);
  const site = location === undefined ? undefined : siteOf(entity, location);
  if (site !== undefined && entity.is(HAS_PROCESS) && (await entity.config.get(SKIP_START, work)) !== true) {
    // A machine that cannot be reached any more must not keep the entity from giving it back.
    await work.step("stop (process)", (step) => endProcess(site, step), { inessential: machineGoesToo });
  }
  entity.set(SERVICE_PROCESS_IS_RUNNING, location === undefined ? undefined : false);
  setNotUp(entity, SERVICE_PROCESS_IS_RUNNING.name, "The process has been stopped");
}

async function releaseMachine(entity: Entity, work: Work): Promise<void> {
  const location = machineOf(entity);
  if (location === undefined) return;
  await work.step(`releasing (${location.name})`, async (step) => {
    await leaveMachine(entity, step);
    freePorts(entity, location);
  });
}

/** Asks the process to end, then ends it. */
const END_PROCESS = `
[ -f "$PID_FILE" ] || { echo "There is no $PID_FILE: nothing to stop"; exit 0; }
pid=$(cat "$PID_FILE")
case "$pid" in "" | *[!0-9]*) echo "$PID_FILE does not hold the id of a process"; rm -f "$PID_FILE"; exit 0 ;; esac
lives() { kill -0 "$pid" 2>/dev/null && [ "$(sed -n 's/^State:[[:space:]]*\\(.\\).*/\\1/p' "/proc/$pid/status" 2>/dev/null)" != Z ]; }
await_end() { for _ in $(seq 1 "$1"); do lives || return 0; sleep 0.2; done; ! lives; }
if lives; then
  kill "$pid"
  await_end "$PATIENCE" || { echo "Process $pid does not end when asked: killing it"; kill -9 "$pid"; await_end 50; } || { echo "process $pid cannot be ended"; exit 1; }
fi
rm -f "$PID_FILE"
`;

/** Part of `process.stop.timeout` given to the process to end by itself. */
const PATIENCE_SHARE = 0.5;
const LONGEST_PATIENCE = 30_000;

async function endProcess(site: Site, work: Work): Promise<void> {
  const { entity, location } = site;
  const timeout = await entity.config.get(PROCESS_STOP_TIMEOUT, work);
  const command = await entity.config.get(STOP_COMMAND, work);
  const patience = Math.min(timeout * PATIENCE_SHARE, LONGEST_PATIENCE);
  const env = { ...(await environmentOf(site, work)), PATIENCE: String(Math.max(1, Math.round(patience / 200))) };
  await runScript({ entity, machine: location.machine, phase: "stop", text: command ?? END_PROCESS, env, cwd: site.runDir, timeout, key: STOP_COMMAND.name }, work);
}
