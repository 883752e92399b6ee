import { configKey, type ConfigKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";

/** What runs and what is copied in the phases of a start, under Brooklyn's names and flags (reference, 7.3 and A.1). */

export const PRE_INSTALL_COMMAND = command("pre.install.command", "preInstallCommand", "Command to run before the software is installed");
export const INSTALL_COMMAND = command("install.command", "installCommand", "Command that installs the software, run in the install folder");
export const POST_INSTALL_COMMAND = command("post.install.command", "postInstallCommand", "Command to run after the software is installed");
export const PRE_CUSTOMIZE_COMMAND = command("pre.customize.command", "preCustomizeCommand", "Command to run before the software is configured");
export const CUSTOMIZE_COMMAND = command("customize.command", "customizeCommand", "Command that configures the software, run in the run folder");
export const POST_CUSTOMIZE_COMMAND = command("post.customize.command", "postCustomizeCommand", "Command to run after the software is configured");
export const PRE_LAUNCH_COMMAND = command("pre.launch.command", "preLaunchCommand", "Command to run before the process is launched");
export const LAUNCH_COMMAND = command("launch.command", "launchCommand", "Command that launches the process in the background and writes its id to $PID_FILE");
export const POST_LAUNCH_COMMAND = command("post.launch.command", "postLaunchCommand", "Command to run after the process is launched");
export const CHECK_RUNNING_COMMAND = command(
  "checkRunning.command",
  "checkRunningCommand",
  "Command that exits 0 when the process runs and serves, 75 when it runs but does not serve yet; its last line of output says why not. Without it, the process in $PID_FILE must live",
);
export const STOP_COMMAND = command("stop.command", "stopCommand", "Command that stops the process. Without it, the process in $PID_FILE is ended");
/** Brooklyn's `sshMonitoring.enabled`: the machine is commanded however it is reached. */
export const MONITORING_ENABLED = configKey("sshMonitoring.enabled", types.boolean, "Whether it is checked, by commands on the machine, that the process runs", { defaultValue: true });

/** Brooklyn's `WorkflowSoftwareProcess`: a phase may be a workflow. */
export const PHASE_WORKFLOWS = {
  install: workflow("install.workflow", "Workflow that installs the software"),
  customize: workflow("customize.workflow", "Workflow that configures the software"),
  launch: workflow("launch.workflow", "Workflow that launches the process"),
  checkRunning: workflow("checkRunning.workflow", "Workflow that returns whether the process runs. Without it, the process in the file $PID_FILE must live"),
  stop: workflow("stop.workflow", "Workflow that stops the process. Without it, the process in the file $PID_FILE is ended"),
} as const;

export const phases = ["preinstall", "install", "customize", "runtime"] as const;
export type CopyPhase = (typeof phases)[number];

export const FILES: Readonly<Record<CopyPhase, ConfigKey<Record<string, string>> & { readonly defaultValue: Record<string, string> }>> = {
  preinstall: copied("files.preinstall", "preInstallFiles", "Files to copy before the software is installed"),
  install: copied("files.install", "installFiles", "Files to copy for the installation"),
  customize: copied("files.customize", "customizeFiles", "Files to copy before the software is configured"),
  runtime: copied("files.runtime", "runtimeFiles", "Files to copy before the process is launched"),
};

export const TEMPLATES: typeof FILES = {
  preinstall: copied("templates.preinstall", "preInstallTemplates", "Templates to fill in and copy before the software is installed"),
  install: copied("templates.install", "installTemplates", "Templates to fill in and copy for the installation"),
  customize: copied("templates.customize", "customizeTemplates", "Templates to fill in and copy before the software is configured"),
  runtime: copied("templates.runtime", "runtimeTemplates", "Templates to fill in and copy before the process is launched"),
};

export const TEMPLATE_SUBSTITUTIONS = configKey("template.substitutions", types.map(), "Values for templates, by name", { flag: "substitutions", merge: "deep_merge", defaultValue: {} });

export const LATCHES = {
  provision: latch("latch.provision", "provisionLatch", "provision.latch"),
  start: latch("latch.start", "startLatch", "start.latch"),
  stop: latch("latch.stop", "stopLatch", "stop.latch"),
  setup: latch("latch.setup", "setupLatch", "setup.latch"),
  preInstallResources: latch("latch.preInstall.resources", "preInstallResourcesLatch", "resources.preInstall.latch"),
  installResources: latch("latch.install.resources", "installResourcesLatch", "resources.install.latch"),
  install: latch("latch.install", "installLatch", "install.latch"),
  customizeResources: latch("latch.customize.resources", "customizeResourcesLatch", "resources.customize.latch"),
  customize: latch("latch.customize", "customizeLatch", "customize.latch"),
  launchResources: latch("latch.launch.resources", "runtimeResourcesLatch", "resources.runtime.latch"),
  launch: latch("latch.launch", "launchLatch", "launch.latch"),
} as const;

export const phaseKeys: readonly ConfigKey[] = [
  PRE_INSTALL_COMMAND,
  POST_INSTALL_COMMAND,
  PRE_CUSTOMIZE_COMMAND,
  POST_CUSTOMIZE_COMMAND,
  PRE_LAUNCH_COMMAND,
  POST_LAUNCH_COMMAND,
  ...Object.values(FILES),
  ...Object.values(TEMPLATES),
  TEMPLATE_SUBSTITUTIONS,
  ...Object.values(LATCHES),
];

/** Brooklyn's `VanillaSoftwareProcess`: the phases themselves are commands. */
export const vanillaKeys: readonly ConfigKey[] = [INSTALL_COMMAND, CUSTOMIZE_COMMAND, LAUNCH_COMMAND, CHECK_RUNNING_COMMAND, STOP_COMMAND, MONITORING_ENABLED];

/** A process's commands, files and latches are its own: its children do not see them. */
function command(name: string, flag: string, description: string): ConfigKey<string> {
  return configKey(name, types.string, description, { flag, inherited: false });
}

function workflow(name: string, description: string): ConfigKey {
  return configKey(name, types.json, description, { inherited: false });
}

function copied(name: string, flag: string, description: string): ConfigKey<Record<string, string>> & { readonly defaultValue: Record<string, string> } {
  return configKey(name, types.map(types.string), `${description}: source URL to destination; a relative destination lies in the phase's folder`, { flag, merge: "deep_merge", inherited: false, defaultValue: {} });
}

function latch(name: string, flag: string, formerName: string): ConfigKey<boolean> {
  return configKey(name, types.boolean, `What to wait for before this step of the start or stop: usually $brooklyn:attributeWhenReady`, { flag, aliases: [formerName], inherited: false });
}
