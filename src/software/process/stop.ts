import type { EffectorCall, EffectorParameter } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { simpleName } from "../../model/entity-type.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { stopping } from "../stock/application.ts";
import { SERVICE_PROCESS_IS_RUNNING, SERVICE_STATE } from "../stock/attributes.ts";
import { setNotUp } from "../stock/service-state.ts";
import { stopChildren } from "../stock/startable.ts";
import { environmentOf } from "./environment.ts";
import { CHILDREN_STARTABLE_MODE, PROCESS_STOP_TIMEOUT, SKIP_START } from "./keys.ts";
import { behindLatch } from "./latch.ts";
import { asTheOnlyOne } from "./one-at-a-time.ts";
import { LATCHES, PHASE_WORKFLOWS, STOP_COMMAND } from "./phase-keys.ts";
import { runPhaseWorkflow } from "./phase-workflow.ts";
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
    await behindLatch(entity, LATCHES.stop, work, async () => {
      entity.stopFeeds();
      if ((await entity.config.get(CHILDREN_STARTABLE_MODE, work)) !== "NONE") await stopChildren(entity, work);
      const leaves = modes.machine !== "NEVER";
      if (modes.process === "ALWAYS" || (modes.process === "IF_NOT_STOPPED" && !wasStopped)) await stopProcess(entity, leaves, work);
      if (leaves) await releaseMachine(entity, work);
    });
  });
}

/** Stops the process and keeps the machine. */
export async function stopProcess(entity: Entity, machineGoesToo: boolean, work: Work): Promise<void> {
  const location = machineOf(entity);
  const site = location === undefined ? undefined : siteOf(entity, location);
  if (site !== undefined && entity.is(HAS_PROCESS) && (await entity.config.get(SKIP_START, work)) !== true) {
    // A machine that cannot be reached any more must not keep the entity from giving it back.
    await work.step("stop (process)", (step) => endProcess(site, !machineGoesToo, step), { inessential: machineGoesToo });
  }
  entity.set(SERVICE_PROCESS_IS_RUNNING, location === undefined ? undefined : false);
  setNotUp(entity, SERVICE_PROCESS_IS_RUNNING.name, "The process has been stopped");
}

async function releaseMachine(entity: Entity, work: Work): Promise<void> {
  const location = machineOf(entity);
  if (location === undefined) return;
  const site = siteOf(entity, location);
  if (location.isLent && site !== undefined) await work.step("remove the run folder", (step) => removeRunFolder(site, step), { inessential: true });
  await work.step(`releasing (${location.name})`, async (step) => {
    await leaveMachine(entity, step);
    freePorts(entity, location);
  });
}

const PROCESS_FUNCTIONS = `
lives() { kill -0 "$1" 2>/dev/null && [ "$(sed -n 's/^State:[[:space:]]*\\(.\\).*/\\1/p' "/proc/$1/status" 2>/dev/null)" != Z ]; }
await_end() { for _ in $(seq 1 "$2"); do lives "$1" || return 0; sleep 0.2; done; ! lives "$1"; }
`;

/** Asks the process to end, then ends it, and then those that it started. */
const END_PROCESS = `
[ -f "$PID_FILE" ] || { echo "There is no $PID_FILE: nothing to stop"; exit 0; }
pid=$(cat "$PID_FILE")
case "$pid" in "" | *[!0-9]*) echo "$PID_FILE does not hold the id of a process"; rm -f "$PID_FILE"; exit 0 ;; esac
${PROCESS_FUNCTIONS}
# Of every process its parent, before any of them ends: an orphan's is not known any more.
descendants() {
  pairs=
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    id=\${line%% *}
    set -- \${line##*) }
    pairs="$pairs $id:$2"
  done
  found=" $pid "
  grown=1
  while [ "$grown" = 1 ]; do
    grown=0
    for pair in $pairs; do
      case "$found" in *" \${pair%%:*} "*) continue ;; esac
      case "$found" in *" \${pair#*:} "*) found="$found\${pair%%:*} "; grown=1 ;; esac
    done
  done
  echo "\${found#" $pid "}"
}
if lives "$pid"; then
  started=$(descendants)
  kill "$pid"
  await_end "$pid" "$PATIENCE" || { echo "Process $pid does not end when asked: killing it"; kill -9 "$pid"; await_end "$pid" 50; } || { echo "process $pid cannot be ended"; exit 1; }
  # They mostly end with it.
  for id in $started; do ! lives "$id" || kill "$id" 2>/dev/null; done
  rounds=10
  for id in $started; do
    while lives "$id" && [ "$rounds" -gt 0 ]; do sleep 0.2; rounds=$((rounds - 1)); done
    ! lives "$id" || { echo "Process $id, which it started, does not end when asked: killing it"; kill -9 "$id"; }
  done
fi
rm -f "$PID_FILE"
`;

/** A command of the user may return before the process has ended, which is then taken for the next one. */
const AWAIT_END = `
pid=$(cat "$PID_FILE" 2>/dev/null) || exit 0
case "$pid" in "" | *[!0-9]*) exit 0 ;; esac
${PROCESS_FUNCTIONS}
await_end "$pid" "$PATIENCE" || echo "Process $pid still lives after stop.command"
`;

/** Clocker's own folder for the entity, and those of its application when it was the last; one that was given with `run.dir` stays. */
async function removeRunFolder({ entity, location, runDir }: Site, work: Work): Promise<void> {
  if (!runDir.endsWith(`/apps/${entity.application.id}/entities/${simpleName(entity.typeName)}_${entity.id}`)) return work.log(`${runDir} is left as it is`);
  await location.machine.run({ script: REMOVE_FOLDER }, { env: { RUN_DIR: runDir }, signal: work.signal, timeout: REMOVE_TIMEOUT });
}

const REMOVE_FOLDER = `
rm -rf -- "$RUN_DIR"
rmdir -- "\${RUN_DIR%/*}" "\${RUN_DIR%/*/*}" 2>/dev/null || true
`;
const REMOVE_TIMEOUT = 60_000;

/** Part of `process.stop.timeout` given to the process to end by itself. */
const PATIENCE_SHARE = 0.5;
const LONGEST_PATIENCE = 30_000;

async function endProcess(site: Site, isKept: boolean, work: Work): Promise<void> {
  const { entity, location } = site;
  if ((await runPhaseWorkflow(entity, PHASE_WORKFLOWS.stop, "stop (workflow)", work)) !== undefined) return;
  const timeout = await entity.config.get(PROCESS_STOP_TIMEOUT, work);
  const command = await entity.config.get(STOP_COMMAND, work);
  const patience = Math.min(timeout * PATIENCE_SHARE, LONGEST_PATIENCE);
  const env = { ...(await environmentOf(site, work)), PATIENCE: String(Math.max(1, Math.round(patience / 200))) };
  await runScript({ entity, machine: location.machine, phase: "stop", text: command ?? END_PROCESS, env, cwd: site.runDir, timeout, key: STOP_COMMAND.name }, work);
  if (command === undefined || !isKept) return;
  const { stdout } = await location.machine.run({ script: AWAIT_END }, { env, signal: work.signal, timeout });
  if (stdout !== "") work.log(stdout.trimEnd());
}
