import { configKey, type ConfigKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";
import { START_TIMEOUT } from "../stock/attributes.ts";

/** Config of every software process, under Brooklyn's names and flags (`SoftwareProcess`, `BrooklynConfigKeys`; reference, A.1). */

export const INSTALL_VERSION = configKey("install.version", types.string, "The version of the software to install", { flag: "version" });
export const INSTALL_LABEL = configKey("install.unique_label", types.string, "Label that keeps this installation apart from others on the same machine", { flag: "installLabel", inherited: false });
export const INSTALL_DIR_KEY = configKey("install.dir", types.string, "Folder on the machine that the software is installed in", { flag: "installDir", inherited: false });
export const RUN_DIR_KEY = configKey("run.dir", types.string, "Folder on the machine that the software runs in", { flag: "runDir", inherited: false });
export const EXPANDED_INSTALL_DIR_KEY = configKey("expandedinstall.dir", types.string, "Folder of the unpacked software, where the install folder is not it", { flag: "expandedInstallDir", inherited: false });
export const ONBOX_BASE_DIR = configKey("onbox.base.dir", types.string, "Folder on the machine under which install and run folders are made");
export const ONBOX_BASE_DIR_SKIP_RESOLUTION = configKey("onbox.base.dir.skipResolution", types.boolean, "Whether the base folder is taken as it is written, links and ~ included", { defaultValue: false });

export const SHELL_ENV = configKey("shell.env", types.map(), "Environment variables of all commands of the process", { flag: "env", merge: "deep_merge", defaultValue: {} });
export const PROVISIONING_PROPERTIES = configKey("provisioning.properties", types.map(), "What to ask of the location when the machine is obtained: minRam, minCores, ...", {
  flag: "provisioningProperties",
  merge: "deep_merge",
  defaultValue: {},
});
export const INBOUND_PORTS_AUTO_INFER = configKey("inboundPorts.autoInfer", types.boolean, "Whether ports among the config are opened for others to reach", { defaultValue: true });
export const INBOUND_PORTS_REGEX = configKey("inboundPorts.configRegex", types.string, "Names of config keys whose ports others must reach", { defaultValue: ".*\\.port" });
export const REQUIRED_OPEN_LOGIN_PORTS = configKey("requiredOpenLoginPorts", types.list(types.integer), "Ports to open for logging in to the machine", { defaultValue: [22] });

export const SKIP_START = configKey("skip.start", types.boolean, "Whether the processes are taken as started, so that nothing is installed or launched", { flag: "skipStart", aliases: ["entity.started"], inherited: false });
export const SKIP_START_IF_RUNNING = configKey("skip.start.ifRunning", types.boolean, "Whether nothing is installed or launched when the process runs already", {
  flag: "skipStartIfRunning",
  aliases: ["entity.running"],
  inherited: false,
});
export const SKIP_INSTALL = configKey("skip.install", types.boolean, "Whether the software is taken as installed", { flag: "skipInstall", aliases: ["install.skip"], inherited: false });

export const childStartModes = ["NONE", "FOREGROUND", "FOREGROUND_LATE", "BACKGROUND", "BACKGROUND_LATE"] as const;
export const CHILDREN_STARTABLE_MODE = configKey<(typeof childStartModes)[number]>("children.startable.mode", types.enumOf("org.apache.brooklyn.entity.software.base.SoftwareProcess$ChildStartableMode", childStartModes), "Whether and when children are started with the process", {
  flag: "childStartMode",
  defaultValue: "NONE",
});
export const METRICS_USAGE_RETRIEVE = configKey("metrics.usage.retrieve", types.boolean, "Whether metrics of the process are read", { flag: "retrieveUsageMetrics", defaultValue: true });
export const IS_RUNNING_POLL_PERIOD = configKey("softwareProcess.serviceProcessIsRunningPollPeriod", types.duration, "How often it is checked that the process runs", {
  flag: "serviceProcessIsRunningPollPeriod",
  defaultValue: 5_000,
});
export const MAX_SENSOR_REBIND_DELAY = configKey("softwareProcess.maxSensorRebindDelay", types.duration, "Time over which the polls of all processes are spread after a restart of the server", {
  flag: "maxRebindSensorsDelay",
  aliases: ["maxSensorRebindDelay"],
  defaultValue: 10_000,
});
export const PROCESS_STOP_TIMEOUT = configKey("process.stop.timeout", types.duration, "How long the process may take to stop, its children included", { defaultValue: 120_000 });
export const STOP_WAIT_PROVISIONING_TIMEOUT = configKey("stop.wait.provisioning.timeout", types.duration, "How long a stop waits for a start that is under way to give up", { defaultValue: 600_000 });
/** Clocker's own: nothing waits without a bound. */
export const SCRIPT_TIMEOUT = configKey("softwareProcess.scriptTimeout", types.duration, "How long one command of a phase may take", { defaultValue: 1_800_000 });

/** Brooklyn has a sensor of this name; software whose files lie elsewhere than usual says so here. */
export const LOG_LOCATION = configKey("log.location", types.list(types.string), "Log files, as seen from the run folder; patterns such as logs/*.log are allowed (default: the usual places in the run folder)", {
  flag: "logLocation",
  inherited: false,
});

/** Keys of Brooklyn that blueprints may set and that change nothing here: the firewall and the sudo settings of a machine are its owner's. */
const acceptedKeys = ["openIptables", "stopIptables", "dontRequireTtyForSudo", "effector.add.openInboundPorts"].map((name) =>
  configKey(name, types.boolean, "Accepted from blueprints of Apache Brooklyn; the machine's firewall and sudo settings are left as they are", { defaultValue: false }),
);

export const softwareKeys: readonly ConfigKey[] = [
  INSTALL_VERSION,
  INSTALL_LABEL,
  INSTALL_DIR_KEY,
  RUN_DIR_KEY,
  EXPANDED_INSTALL_DIR_KEY,
  ONBOX_BASE_DIR,
  ONBOX_BASE_DIR_SKIP_RESOLUTION,
  START_TIMEOUT,
  SHELL_ENV,
  PROVISIONING_PROPERTIES,
  INBOUND_PORTS_AUTO_INFER,
  INBOUND_PORTS_REGEX,
  REQUIRED_OPEN_LOGIN_PORTS,
  SKIP_START,
  SKIP_START_IF_RUNNING,
  SKIP_INSTALL,
  CHILDREN_STARTABLE_MODE,
  METRICS_USAGE_RETRIEVE,
  IS_RUNNING_POLL_PERIOD,
  MAX_SENSOR_REBIND_DELAY,
  PROCESS_STOP_TIMEOUT,
  STOP_WAIT_PROVISIONING_TIMEOUT,
  SCRIPT_TIMEOUT,
  LOG_LOCATION,
  ...acceptedKeys,
];
