import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import { openEngine } from "../../engine/docker-engine.ts";
import type { EngineVersion } from "../../engine/engine.ts";
import type { Machine, MachineFacts } from "../../machine/machine.ts";
import { ENGINE_SOCKET, engineSocketOn } from "../engine-socket.ts";
import { runChecked } from "../run-checked.ts";
import { type DaemonConfig, type DaemonOptions, mergeDaemonConfig, parseDaemonConfig, wantedDaemonConfig } from "./daemon-config.ts";
import { type HostProbe, probeHost } from "./host-probe.ts";
import { setupScript } from "./setup-script.ts";

export interface DockerHostOptions extends DaemonOptions {
  /** How Docker Engine is installed where there is none: the distribution's package (default), the script at `scriptUrl`, or not at all. */
  install?: "package" | "script" | "none";
  scriptUrl?: string;
}

/** What is known of a Docker host once its engine answers. */
export interface DockerHostFacts extends MachineFacts {
  /** The engine's socket on the machine. */
  socket: string;
  engine: EngineVersion;
  /** Whether it was Clocker that installed the engine, now or earlier. */
  brought: boolean;
}

const DAEMON_CONFIG = "/etc/docker/daemon.json";
const RESTART_DUE = "/etc/clocker/docker-restart-due";
const INSTALL_LIMIT = 30 * 60_000;
const START_LIMIT = 3 * 60_000;
const LOG_LIMIT = 60_000;
const ANSWER_LIMIT = 60_000;
const ETHERNET_MTU = 1500;

/**
 * Makes any machine a Docker host: the one path for all providers. An engine that is there is used as it is, its configuration kept but for what is asked;
 * else it is installed. Doing it again changes nothing. Never restarts the machine, upgrades its kernel or removes a package.
 * @throws ClockerError `command-failed` with the last lines of what failed; `invalid-request` when there is no engine and none may be installed; `unreachable`.
 */
export async function setUpDockerHost(machine: Machine, options: DockerHostOptions, work: Work): Promise<DockerHostFacts> {
  const facts = await work.step("Read facts", async (step) => machine.facts({ signal: step.signal }));
  const before = await work.step("Look for Docker Engine", async (step) => probeHost(machine, step));
  const socket = engineSocketOn(machine);
  const isElsewhere = socket !== ENGINE_SOCKET;
  if (!before.engine || isElsewhere) {
    const answer = await ask(machine, work.signal);
    if (!(answer instanceof ClockerError)) return { ...facts, socket, engine: usedAsItIs(answer, options, work), brought: before.brought };
    if (isElsewhere) throw new ClockerError("unreachable", `Cannot use "${machine.name}" as a Docker host: no engine answers at "${socket}", which DOCKER_HOST names`, { cause: answer, remedy: "Start that engine, or unset DOCKER_HOST" });
    await work.step("Install Docker Engine", async (step) => install(machine, facts, options, before, step));
  }
  const host = before.engine ? before : await probeHost(machine, work);
  const isChanged = await work.step("Configure Docker Engine", async (step) => configure(machine, { ...wantedFor(host), ...wantedDaemonConfig(options) }, step));
  const engine = await work.step("Start Docker Engine", async (step) => start(machine, host, isChanged, step));
  return { ...facts, socket, engine, brought: host.brought };
}

/** An engine that answers without a `dockerd` of the system's (a snap, Docker Desktop) reads its configuration elsewhere, and is started by others. */
function usedAsItIs(engine: EngineVersion, options: DockerHostOptions, work: Work): EngineVersion {
  const unmet = Object.keys(wantedDaemonConfig(options));
  work.log(`Docker Engine ${engine.version} answers and is used as it is${unmet.length === 0 ? "" : `: ${unmet.join(", ")} must be configured there by hand`}`);
  return engine;
}

async function install(machine: Machine, facts: MachineFacts, options: DockerHostOptions, host: HostProbe, work: Work): Promise<void> {
  const method = options.install ?? "package";
  if (method === "none") {
    throw new ClockerError("invalid-request", `Cannot use "${machine.name}" as a Docker host: it has no Docker Engine, and none may be installed`, {
      remedy: "Install Docker Engine there, or let Clocker install the distribution's package",
    });
  }
  if (!host.root) {
    throw new ClockerError("command-failed", `Cannot install Docker Engine on "${machine.name}": commands do not run as root there`, {
      remedy: 'Give a user who may use sudo without a password, or user "root"',
    });
  }
  if (method === "script" && !options.scriptUrl) throw new ClockerError("invalid-value", "Cannot install Docker Engine by script: no URL of a script is configured");
  // Written first: should the work be interrupted after the installation, the engine is still known as ours.
  await machine.upload("Docker Engine was installed by Clocker\n", "/etc/clocker/brought-docker", { signal: work.signal });
  const script = await setupScript(method === "script" ? "install-by-script.sh" : "install-package.sh");
  await runChecked(machine, `install Docker Engine (${facts.os} ${facts.osVersion})`, script, work, {
    env: { SCRIPT_URL: options.scriptUrl ?? "" },
    timeout: INSTALL_LIMIT,
    remedy: "Look at the output; install Docker Engine by hand, or configure another method of installation",
  });
}

/** Containers' packets must fit where the machine's own do; Docker takes Ethernet's size for granted. */
function wantedFor(host: HostProbe): DaemonConfig {
  return host.brought && host.mtu > 0 && host.mtu < ETHERNET_MTU ? { mtu: host.mtu } : {};
}

/** Whether the file changed. */
async function configure(machine: Machine, wanted: DaemonConfig, work: Work): Promise<boolean> {
  if (Object.keys(wanted).length === 0) return false;
  const existing = parseDaemonConfig(await daemonConfigText(machine, work), `${DAEMON_CONFIG} on ${machine.name}`);
  const merged = mergeDaemonConfig(existing, wanted);
  if (merged === existing) return false;
  work.log(`Changing ${Object.keys(wanted).join(", ")} in ${DAEMON_CONFIG}`);
  // Written first: should the work be interrupted before the restart, the next try makes up for it.
  await machine.upload("", RESTART_DUE, { signal: work.signal });
  await machine.upload(`${JSON.stringify(merged, null, 2)}\n`, DAEMON_CONFIG, { signal: work.signal });
  return true;
}

async function daemonConfigText(machine: Machine, work: Work): Promise<string> {
  try {
    return (await machine.download(DAEMON_CONFIG, { signal: work.signal })).toString();
  } catch (error) {
    if (error instanceof ClockerError && error.code === "not-found") return "";
    throw error;
  }
}

async function start(machine: Machine, host: HostProbe, isChanged: boolean, work: Work): Promise<EngineVersion> {
  const running = await ask(machine, work.signal);
  if (!(running instanceof ClockerError || isChanged || host.restartDue)) return running;
  const env = { ACTION: running instanceof ClockerError ? "start" : "restart", INIT: host.init, RESTART_DUE };
  await runChecked(machine, `${env.ACTION} Docker Engine`, await setupScript("service.sh"), work, { env, timeout: START_LIMIT });
  const answer = await ask(machine, AbortSignal.any([work.signal, AbortSignal.timeout(ANSWER_LIMIT)]));
  if (!(answer instanceof ClockerError)) return answer;
  throw await notStarted(machine, host, answer, work);
}

async function notStarted(machine: Machine, host: HostProbe, answer: ClockerError, work: Work): Promise<ClockerError> {
  const log = await runChecked(machine, "read the log of Docker Engine", await setupScript("service.sh"), work, { env: { ACTION: "explain", INIT: host.init, RESTART_DUE }, timeout: LOG_LIMIT });
  return new ClockerError("command-failed", `Cannot start Docker Engine on "${machine.name}": it does not answer; last lines of its log: ${log.trim()}`, {
    cause: answer,
    details: { machine: machine.name, output: log },
  });
}

/** What the engine answers, or why it does not. */
async function ask(machine: Machine, signal: AbortSignal): Promise<EngineVersion | ClockerError> {
  const engine = openEngine({ name: machine.name, connect: (aborted) => machine.forward({ socket: engineSocketOn(machine) }, { signal: aborted }) });
  try {
    return await engine.version(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ClockerError && (error.code === "unreachable" || error.code === "engine-error")) return error;
    throw error;
  } finally {
    await engine.close();
  }
}
