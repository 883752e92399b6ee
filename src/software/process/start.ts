import type { EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { showDuration } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { starting } from "../stock/application.ts";
import { SERVICE_NOT_UP_INDICATORS, SERVICE_PROCESS_IS_RUNNING, START_TIMEOUT } from "../stock/attributes.ts";
import { isUp, setNotUp } from "../stock/service-state.ts";
import { startChildren } from "../stock/startable.ts";
import { checkRunning, hasEnded, publishFinding, type Finding } from "./check-running.ts";
import { CHILDREN_STARTABLE_MODE, SKIP_START, SKIP_START_IF_RUNNING } from "./keys.ts";
import { behindLatch } from "./latch.ts";
import { monitorProcess } from "./monitor.ts";
import { asTheOnlyOne } from "./one-at-a-time.ts";
import { CHECK_RUNNING_COMMAND, LATCHES, LAUNCH_COMMAND, PHASE_WORKFLOWS } from "./phase-keys.ts";
import { installCustomizeLaunch } from "./phases.ts";
import { planPorts, takePorts } from "./ports.ts";
import { machineOf, publishHost, standOnMachine } from "./provision.ts";
import { prepareSite, siteOf, type Site } from "./site.ts";

/** Trait of the types whose entities have a process of their own on the machine. */
export const HAS_PROCESS = "org.apache.brooklyn.entity.software.base.AbstractVanillaProcess";

/** The effector `start` (Brooklyn's `MachineLifecycleEffectorTasks.start`; reference, 7.3). */
export async function startSoftware({ entity, parameters, work }: EffectorCall): Promise<void> {
  await asTheOnlyOne(entity, "start", work, (only) => startOnMachine(entity, parameters["locations"], only));
}

/**
 * Obtains a machine if there is none yet, then installs, configures and launches the process there and waits until it is up. A failure leaves
 * the machine with the entity, for people to look at; `stop` releases it.
 * @param options `isStopped`: the process was just stopped, so that one that still answers is not taken for what was asked for
 */
export async function startOnMachine(entity: Entity, locations: unknown, work: Work, { isStopped = false } = {}): Promise<void> {
  await starting(entity, async () => {
    setNotUp(entity, SERVICE_PROCESS_IS_RUNNING.name, "The process has not been started");
    const mayRunAlready = machineOf(entity) !== undefined && !isStopped;
    await behindLatch(entity, LATCHES.start, work, () => startBehindLatch(entity, locations, mayRunAlready, work));
  });
}

async function startBehindLatch(entity: Entity, locations: unknown, mayRunAlready: boolean, work: Work): Promise<void> {
  const { location, plan } = await behindLatch(entity, LATCHES.provision, work, async () => {
    const planned = await planPorts(entity, work);
    return { plan: planned, location: await standOnMachine(entity, locations, planned.inbound, work) };
  });
  const site = await work.step("pre-start", async (step) => {
    publishHost(entity, location);
    await takePorts(entity, location, plan, step);
    return await prepareSite(entity, location, step);
  });
  const mode = entity.children.length === 0 ? "NONE" : await entity.config.get(CHILDREN_STARTABLE_MODE, work);
  if (mode === "BACKGROUND") startChildrenInBackground(entity);
  await inParallel([() => runProcess(site, mayRunAlready, work), ...(mode === "FOREGROUND" ? [() => startChildren(entity, work)] : [])], (each) => each());
  if (mode === "FOREGROUND_LATE") await startChildren(entity, work);
  if (mode === "BACKGROUND_LATE") startChildrenInBackground(entity);
}

/** Brooklyn's `BACKGROUND` modes: the entity's start neither waits for its children nor fails with them. */
function startChildrenInBackground(entity: Entity): void {
  entity.management.submit(entity, "start (children, in the background)", (work) => startChildren(entity, work));
}

async function runProcess(site: Site, mayRunAlready: boolean, work: Work): Promise<void> {
  const { entity, location } = site;
  if (!entity.is(HAS_PROCESS)) return setNotUp(entity, SERVICE_PROCESS_IS_RUNNING.name, undefined);
  await work.step("start (processes)", async (step) => {
    const reason = await reasonToSkip(site, mayRunAlready, step);
    if (reason === undefined) await installCustomizeLaunch(site, step);
    else step.log(`Nothing is installed or launched: ${reason}`);
  });
  // From here the entity is watched: a process that comes up late, after the start has failed, shows.
  await work.step("post-launch", async () => monitorProcess(entity, location));
  await work.step("post-start", (step) => waitUntilUp(site, step), { description: "Waiting until the service is up" });
}

async function reasonToSkip(site: Site, mayRunAlready: boolean, work: Work): Promise<string | undefined> {
  const { entity, location } = site;
  const isSet = async (key: typeof SKIP_START): Promise<boolean> => (await entity.config.get(key, work)) ?? location.config[key.name] === true;
  if (await isSet(SKIP_START)) return `${SKIP_START.name} is set`;
  const mayRun = mayRunAlready || (await isSet(SKIP_START_IF_RUNNING));
  if (mayRun && (await work.step("check-running", (step) => checkRunning(site, step))).isRunning) return "the process runs already";
  return undefined;
}

/** Milliseconds between checks: short first, as many processes are up at once. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 2_000;
/** A process that was seen running and is gone in this many checks in a row has ended: the rest of the time-out would be lost. */
const GONE_CHECKS = 2;
/** One that never was may still be coming up, until then. */
const GRACE = 5_000;

/** Checks until the service is up, or `start.timeout` has passed, or the process has ended. */
async function waitUntilUp(site: Site, work: Work): Promise<void> {
  const { entity } = site;
  const { clock } = entity.management;
  const timeout = await entity.config.get(START_TIMEOUT, work);
  const begin = clock.now();
  let wasRunning = false;
  let gone = 0;
  let said: string | undefined;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    const finding = await checkRunning(site, pause === FIRST_PAUSE ? work : quiet(work));
    publishFinding(entity, finding);
    if (isUp(entity)) return;
    if (finding.notUp !== said) work.log(finding.notUp ?? "It runs and serves");
    said = finding.notUp;
    wasRunning ||= finding.isRunning;
    gone = finding.isRunning ? 0 : gone + 1;
    const passed = clock.now() - begin;
    if (passed >= GRACE && !finding.isRunning && launchesNothing(entity)) throw notUp(site, finding, `it has no ${LAUNCH_COMMAND.name}, and no ${CHECK_RUNNING_COMMAND.name} that says otherwise`);
    if (gone >= GONE_CHECKS && (wasRunning || (passed >= GRACE && (await hasEnded(site, work))))) throw notUp(site, finding, "its process has ended");
    if (passed >= timeout) throw notUp(site, finding, `it is not up ${showDuration(timeout)} after its launch`);
    work.waitFor(`"${entity.displayName}" to be up: ${Object.values(entity.get(SERVICE_NOT_UP_INDICATORS) ?? {}).join("; ")}`);
    await clock.sleep(Math.min(pause, Math.max(1, timeout - passed)), work.signal);
  }
}

/** Only a launch writes the file that is looked for where no other check is given: the rest of the time-out would be lost. */
function launchesNothing({ config }: Entity): boolean {
  return [LAUNCH_COMMAND, CHECK_RUNNING_COMMAND, PHASE_WORKFLOWS.launch, PHASE_WORKFLOWS.checkRunning].every((key) => config.find(key) === undefined);
}

/** The same check many times: its text, environment, output and steps are shown once, and then what it found where that changes. */
function quiet(work: Work): Work {
  const silent: Work = { ...work, write: () => {}, log: () => {}, step: (_name, body) => body(silent) };
  return silent;
}

function notUp({ entity, location }: Site, finding: Finding, what: string): ClockerError {
  const reason = finding.notUp ?? Object.values(entity.get(SERVICE_NOT_UP_INDICATORS) ?? {}).join("; ");
  return new ClockerError("start-failed", `Cannot start "${entity.displayName}" on "${location.machine.name}": ${what}: ${reason}`, {
    remedy: `See the task "launch (main)" and the logs in ${siteOf(entity, location)?.runDir ?? "the run folder"} on the machine, then restart or delete "${entity.displayName}"; if it only needs longer, raise ${START_TIMEOUT.name}`,
    details: { entity: entity.id, machine: location.machine.name },
  });
}
