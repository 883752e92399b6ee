import type { ConfigKey } from "../../model/config-key.ts";
import type { Work } from "../../model/work.ts";
import { copyResources } from "./copy-resources.ts";
import { DOWNLOAD_UNPACK } from "./download-keys.ts";
import { bringAddons, bringArchive } from "./download.ts";
import { environmentOf } from "./environment.ts";
import { oneAtATime } from "./keyed-lock.ts";
import { SKIP_INSTALL } from "./keys.ts";
import { behindLatch } from "./latch.ts";
import {
  CUSTOMIZE_COMMAND,
  INSTALL_COMMAND,
  LATCHES,
  LAUNCH_COMMAND,
  PHASE_WORKFLOWS,
  POST_CUSTOMIZE_COMMAND,
  POST_INSTALL_COMMAND,
  POST_LAUNCH_COMMAND,
  PRE_CUSTOMIZE_COMMAND,
  PRE_INSTALL_COMMAND,
  PRE_LAUNCH_COMMAND,
} from "./phase-keys.ts";
import { runPhaseWorkflow } from "./phase-workflow.ts";
import { runScript } from "./run-script.ts";
import type { Site } from "./site.ts";
import { unpackInto } from "./unpack.ts";

/**
 * The phases of a start, with the names, the order and the latches of Brooklyn's `AbstractSoftwareProcessDriver` (reference, 7.3): install,
 * customize, launch. A step shows only where there is something to do.
 */
export async function installCustomizeLaunch(site: Site, work: Work): Promise<void> {
  const archive = await work.step("install", (step) => install(site, step));
  await work.step("customize", (step) => customize(site, archive, step));
  await work.step("launch", (step) => launch(site, step));
}

/** Written when an installation is whole: with it, installing again does nothing. */
const MARKER = ".installed";

/** Resolves to the archive's path on the machine, if one was brought. */
async function install(site: Site, work: Work): Promise<string | undefined> {
  const { entity, installDir, location } = site;
  if ((await entity.config.get(SKIP_INSTALL, work)) ?? location.config[SKIP_INSTALL.name] === true) {
    work.log(`Skipped: ${SKIP_INSTALL.name} is set`);
    return undefined;
  }
  // Entities that install the same share the folder: one of them installs, the others wait and find it done.
  return await behindLatch(entity, LATCHES.setup, work, () => oneAtATime(`${location.machine.name}:${installDir}`, work, async () => {
    const before = await installedBefore(site, work);
    if (before !== undefined) {
      work.log(`Already installed in ${installDir}`);
      return before === "" ? undefined : before;
    }
    const archive = await installAnew(site, work);
    await location.machine.upload(`${archive ?? ""}\n`, `${installDir}/${MARKER}`, { signal: work.signal });
    return archive;
  }));
}

async function installAnew(site: Site, work: Work): Promise<string | undefined> {
  const { entity } = site;
  await behindLatch(entity, LATCHES.preInstallResources, work, () => copyResources(site, "preinstall", work));
  await runCommand(site, "pre-install", PRE_INSTALL_COMMAND, "pre-install-command", site.installDir, work);
  await behindLatch(entity, LATCHES.installResources, work, () => copyResources(site, "install", work));
  const archive = await behindLatch(entity, LATCHES.install, work, async () => {
    const brought = await bringArchive(site, work);
    const addons = await bringAddons(site, work);
    await runCommand(site, "install", INSTALL_COMMAND, "install (main)", site.installDir, work, { DOWNLOAD_FILE: brought ?? "", ...addons });
    await runPhaseWorkflow(entity, PHASE_WORKFLOWS.install, "install (workflow)", work);
    return brought;
  });
  await runCommand(site, "post-install", POST_INSTALL_COMMAND, "post-install-command", site.installDir, work);
  return archive;
}

async function customize(site: Site, archive: string | undefined, work: Work): Promise<void> {
  const { entity } = site;
  await behindLatch(entity, LATCHES.customizeResources, work, () => copyResources(site, "customize", work));
  await runCommand(site, "pre-customize", PRE_CUSTOMIZE_COMMAND, "pre-customize-command", site.runDir, work);
  await behindLatch(entity, LATCHES.customize, work, async () => {
    if (archive !== undefined && (await entity.config.get(DOWNLOAD_UNPACK, work))) await unpackInto(site, archive, site.runDir, work);
    await runCommand(site, "customize", CUSTOMIZE_COMMAND, "customize (main)", site.runDir, work);
    await runPhaseWorkflow(entity, PHASE_WORKFLOWS.customize, "customize (workflow)", work);
  });
  await runCommand(site, "post-customize", POST_CUSTOMIZE_COMMAND, "post-customize-command", site.runDir, work);
}

async function launch(site: Site, work: Work): Promise<void> {
  const { entity } = site;
  await behindLatch(entity, LATCHES.launchResources, work, () => copyResources(site, "runtime", work));
  await runCommand(site, "pre-launch", PRE_LAUNCH_COMMAND, "pre-launch-command", site.runDir, work);
  await behindLatch(entity, LATCHES.launch, work, async () => {
    await runCommand(site, "launch", LAUNCH_COMMAND, "launch (main)", site.runDir, work);
    await runPhaseWorkflow(entity, PHASE_WORKFLOWS.launch, "launch (workflow)", work);
  });
  await runCommand(site, "post-launch", POST_LAUNCH_COMMAND, "post-launch-command", site.runDir, work);
}

async function runCommand(site: Site, phase: string, key: ConfigKey<string>, step: string, cwd: string, work: Work, extra: Record<string, string> = {}): Promise<void> {
  const { entity, location } = site;
  if (entity.config.find(key) === undefined) return;
  await work.step(step, async (inner) => {
    const text = await entity.config.get(key, inner);
    if (text === undefined || text.trim() === "") return inner.log(`${key.name} is empty`);
    const env = { ...(await environmentOf(site, inner)), ...extra };
    await runScript({ entity, machine: location.machine, phase, text, env, cwd, key: key.name }, inner);
  });
}

/** What the marker holds, the archive's path or nothing; undefined where there is none. */
async function installedBefore({ installDir, location }: Site, work: Work): Promise<string | undefined> {
  const { exitCode, stdout } = await location.machine.run({ argv: ["cat", `${installDir}/${MARKER}`] }, { signal: work.signal, timeout: 60_000 });
  return exitCode === 0 ? stdout.trim() : undefined;
}
