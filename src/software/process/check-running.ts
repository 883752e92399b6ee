import type { Entity } from "../../model/entity.ts";
import type { Work } from "../../model/work.ts";
import { SERVICE_PROCESS_IS_RUNNING } from "../stock/attributes.ts";
import { setNotUp } from "../stock/service-state.ts";
import { environmentOf } from "./environment.ts";
import { CHECK_RUNNING_COMMAND, PHASE_WORKFLOWS } from "./phase-keys.ts";
import { runPhaseWorkflow } from "./phase-workflow.ts";
import { lastLines, tryScript } from "./run-script.ts";
import type { Site } from "./site.ts";

/** What a check found: whether the process runs, and whether it serves. */
export interface Finding {
  readonly isRunning: boolean;
  /** Why it is not up; undefined when it is. */
  readonly notUp: string | undefined;
}

/** Brooklyn's default of a vanilla process. */
const PROCESS_LIVES = `
pid=$(cat "$PID_FILE" 2>/dev/null) || { echo "there is no file $PID_FILE, which launch.command should write"; exit 1; }
case "$pid" in "" | *[!0-9]*) echo "$PID_FILE does not hold the id of a process"; exit 1 ;; esac
kill -0 "$pid" 2>/dev/null || [ -d "/proc/$pid" ] || { echo "process $pid has ended"; exit 1; }
if [ "$(sed -n 's/^State:[[:space:]]*\\(.\\).*/\\1/p' "/proc/$pid/status" 2>/dev/null)" = Z ]; then echo "process $pid has ended"; exit 1; fi
`;

/** Milliseconds that one check may take. */
export const CHECK_TIMEOUT = 30_000;

/** Exit code of a check whose process runs but does not serve yet (`EX_TEMPFAIL`): Clocker's own; to Brooklyn everything but 0 means not running. */
const RUNS_BUT_DOES_NOT_SERVE = 75;

/** Asks on the machine whether the process runs: `checkRunning.command`, else the process in `$PID_FILE` must live. */
export async function checkRunning(site: Site, work: Work): Promise<Finding> {
  const { entity, location } = site;
  const said = await runPhaseWorkflow(entity, PHASE_WORKFLOWS.checkRunning, "check-running (workflow)", work);
  if (said !== undefined) return isTrue(said.output) ? { isRunning: true, notUp: undefined } : { isRunning: false, notUp: `${PHASE_WORKFLOWS.checkRunning.name} says that it does not run` };
  const text = (await entity.config.get(CHECK_RUNNING_COMMAND, work)) ?? PROCESS_LIVES;
  const env = await environmentOf(site, work);
  const { exitCode, stdout, stderr } = await tryScript({ entity, machine: location.machine, phase: "check", text, env, cwd: site.runDir, timeout: CHECK_TIMEOUT }, work);
  if (exitCode === 0) return { isRunning: true, notUp: undefined };
  const reason = lastLines(`${stdout}\n${stderr}`, 5) || `the check exited with ${exitCode}`;
  return { isRunning: exitCode === RUNS_BUT_DOES_NOT_SERVE, notUp: reason };
}

function isTrue(output: unknown): boolean {
  return output === true || (typeof output === "string" && /^\s*(true|yes)\s*$/i.test(output));
}

const PROCESS_HAS_ENDED = `
pid=$(cat "$PID_FILE" 2>/dev/null) || exit 1
case "$pid" in "" | *[!0-9]*) exit 1 ;; esac
state=$(sed -n 's/^State:[[:space:]]*\\(.\\).*/\\1/p' "/proc/$pid/status" 2>/dev/null)
[ -d /proc/self ] && { [ -z "$state" ] || [ "$state" = Z ]; }
`;

/** Whether a process was launched, as `$PID_FILE` says, and is no more. */
export async function hasEnded({ location, pidFile }: Site, work: Work): Promise<boolean> {
  const { exitCode } = await location.machine.run({ script: PROCESS_HAS_ENDED }, { env: { PID_FILE: pidFile }, signal: work.signal, timeout: CHECK_TIMEOUT });
  return exitCode === 0;
}

/** Puts a finding on the entity: the sensor, and why it is not up. */
export function publishFinding(entity: Entity, { isRunning, notUp }: Finding): void {
  entity.set(SERVICE_PROCESS_IS_RUNNING, isRunning);
  setNotUp(entity, SERVICE_PROCESS_IS_RUNNING.name, notUp === undefined ? undefined : isRunning ? `The process runs but does not serve: ${notUp}` : `The process does not run: ${notUp}`);
}
