import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { entitySpec } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { setUpDockerHost, type DockerHostOptions } from "../../provider/docker-host-setup/docker-host-setup.ts";
import { isMachineLocation, isProvisioning, type MachineLocation } from "../../provider/location.ts";
import { CLUSTER_MEMBER_ID } from "../../software/group/cluster-keys.ts";
import { basicGroup, entityReference } from "../../software/group/group.ts";
import { entityBase, starting, stopping } from "../../software/stock/application.ts";
import { HOST_ADDRESS, HOST_NAME, HOST_SSH_ADDRESS, HOST_SUBNET_ADDRESS, HOST_SUBNET_HOSTNAME, machineSensors, PROVISIONING_LOCATION, SERVICE_STATE, SERVICE_UP, START_TIMEOUT } from "../../software/stock/attributes.ts";
import { expectedState, setNotUp } from "../../software/stock/service-state.ts";
import { LOCATIONS_PARAMETER, locationsFor, STARTABLE } from "../../software/stock/startable.ts";
import { restartOnFailure } from "../infrastructure/high-availability.ts";
import { DockerCloud } from "../cloud.ts";
import { CONTAINERS, containersOf } from "../container/relations.ts";
import { hostLocation } from "../location/docker-location.ts";
import * as keys from "../keys.ts";
import { formatName } from "../name-format.ts";
import { withinTimeout } from "../within-timeout.ts";
import { scanContainers } from "./container-scan.ts";
import { feedHost } from "./host-feed.ts";
import { readHost } from "./host-readings.ts";
import { HostRuntime } from "./host-runtime.ts";
import { execCommand, runDockerCommand } from "./host-commands.ts";

const DEFAULT_START_TIMEOUT = 30 * 60_000;
const COMMAND = { name: "command", type: types.string, description: "The command" };
const TIMEOUT = { name: "timeout", type: types.duration, description: "How long it may take", defaultValue: 300_000 };

/** A machine with a Docker Engine (Clocker's DockerHost): provisioned, set up, read and scanned; its containers are below it. */
export const dockerHost = defineEntityType({
  name: keys.DOCKER_HOST,
  displayName: "Docker Host",
  description: "A machine with a Docker Engine, which takes containers",
  aliases: ["brooklyn.entity.container.docker.DockerHost", "docker-host"],
  extends: [entityBase],
  traits: [STARTABLE, "org.apache.brooklyn.entity.machine.MachineEntity"],
  config: [
    keys.DOCKER_VERSION, keys.MAX_CONTAINERS, keys.MAX_CPU, keys.HA_POLICIES, keys.CONTAINER_SPEC, keys.HOST_NAME_FORMAT, keys.SCAN_INTERVAL, keys.HOST_POLL_PERIOD, keys.STORAGE_DRIVER,
    keys.INSTALL_METHOD, keys.INSTALL_SCRIPT_URL, keys.REGISTRY_MIRRORS, keys.INSECURE_REGISTRIES, keys.REGISTRY_URL, keys.REGISTRY_USERNAME, keys.REGISTRY_PASSWORD, keys.HOST_FLAGS, keys.SECURITY_GROUP, keys.OPEN_IPTABLES, keys.HOST_PORTS, keys.HOST_VOLUMES, keys.AFFINITY_RULES, keys.IMAGE_ID, keys.HARDWARE_ID, keys.REGISTER_HOSTS, START_TIMEOUT,
  ],
  sensors: [
    ...machineSensors, keys.DOCKER_HOST_NAME, keys.CONTAINERS_GROUP, keys.ENGINE_VERSION, keys.ENGINE_STORAGE, keys.HOST_CONTAINERS, keys.CONTAINER_COUNTER, keys.CONTAINER_INFRASTRUCTURE,
    keys.MACHINE_UPTIME, keys.MACHINE_LOAD, keys.MACHINE_CPU, keys.MACHINE_MEMORY_FREE, keys.MACHINE_MEMORY_TOTAL, keys.MACHINE_MEMORY_USED,
    keys.DOCKER_MACHINE_UPTIME, keys.DOCKER_MACHINE_LOAD, keys.DOCKER_MACHINE_CPU, keys.DOCKER_MACHINE_MEMORY_FREE, keys.DOCKER_MACHINE_MEMORY_TOTAL, keys.DOCKER_MACHINE_MEMORY_USED,
  ],
  effectors: [
    effector("start", "Gets a machine, makes it a Docker host, and takes containers", start, { parameters: [LOCATIONS_PARAMETER] }),
    effector("stop", "Removes the host's containers and gives its machine back", stop),
    effector("restart", "Sets the machine up again and connects to its engine again; containers are left alone", restart),
    effector("runDockerCommand", "Runs a docker command on the host: `ps -a`, `info`, ...", runDockerCommand, { parameters: [COMMAND], returnType: "java.lang.String" }),
    effector("runDockerCommandTimeout", "Runs a docker command on the host, with a limit of time", runDockerCommand, { parameters: [COMMAND, TIMEOUT], returnType: "java.lang.String" }),
    effector("execCommand", "Runs a shell command on the host", execCommand, { parameters: [COMMAND], returnType: "java.lang.String" }),
    effector("execCommandTimeout", "Runs a shell command on the host, with a limit of time", execCommand, { parameters: [COMMAND, TIMEOUT], returnType: "java.lang.String" }),
  ],
  hooks: { init, manage, reconnect, unmanage },
});

function init(host: Entity): void {
  const group = host.management.create(entitySpec(basicGroup.name, { displayName: CONTAINERS, config: { "brooklyn.BasicGroup.childrenAsMembers": true } }), host);
  host.set(keys.CONTAINERS_GROUP, entityReference(group));
  host.set(keys.HOST_CONTAINERS, 0);
  setNotUp(host, "engine", "The host has not been started");
  restartOnFailure(host);
}

/** Makes the host known to its cloud; whether it takes containers follows its state. */
function manage(host: Entity): void {
  const cloud = DockerCloud.find(host);
  if (cloud === undefined) return;
  cloud.hosts.set(host.id, new HostRuntime(host));
  host.management.locations.add(hostLocation(host));
  host.set(keys.CONTAINER_INFRASTRUCTURE, entityReference(cloud.infrastructure));
  cloud.pool.addHost({ id: host.id, order: cloud.nextOrder(), labels: {}, ...willingness(host) });
  const { events } = host.management;
  const update = () => cloud.pool.updateHost(host.id, willingness(host));
  const group = containersOf(host);
  const stops = [
    events.subscribeSensor(host.id, SERVICE_STATE.name, update),
    events.subscribeSensor(host.id, SERVICE_UP.name, update),
    events.subscribeEntity(group.id, (event) => {
      if (event.kind === "member-added" || event.kind === "member-removed") host.set(keys.HOST_CONTAINERS, group.members.size);
    }),
  ];
  host.addWatch(() => stops.forEach((stop) => stop()));
}

function willingness(host: Entity): { accepting: boolean; notAccepting?: string; arriving?: boolean; maxContainers: number; name: string; hostname: string } {
  const common = { name: host.displayName, hostname: host.get(HOST_NAME) ?? host.displayName, maxContainers: host.config.peek(keys.MAX_CONTAINERS) };
  const state = host.get(SERVICE_STATE);
  if (state === "RUNNING" && host.get(SERVICE_UP) === true) return { ...common, accepting: true };
  return { ...common, accepting: false, notAccepting: (state ?? "CREATED").toLowerCase().replace("_", " "), arriving: state === "STARTING" };
}

async function start({ entity: host, parameters, work }: EffectorCall): Promise<void> {
  await starting(host, async () => {
    nameHost(host);
    const runtime = DockerCloud.get(host).host(host.id);
    await withinTimeout(host, "Docker host", startTimeout(host), START_TIMEOUT.name, work, async (bounded) => {
      const location = host.locations.find(isMachineLocation) ?? (await provision(host, parameters["locations"], bounded));
      publishMachine(host, location);
      await setUp(host, bounded);
      await bounded.step("read machine and containers", async (step) => {
        await readHost(runtime, step);
        await scanContainers(runtime, step);
        takePorts(runtime);
      });
    });
    feedHost(runtime);
    host.addLocation(hostLocation(host));
    if (host.config.peek(keys.REGISTER_HOSTS) && !host.management.locations.isTaken(registeredName(host))) host.management.locations.register(registeredName(host), hostLocation(host));
  });
}

/** Half an hour unless configured. A bare number is seconds: Clocker's sample of 2014 says 900, which Brooklyn took for milliseconds. */
function startTimeout(host: Entity): number {
  const raw = host.config.find(START_TIMEOUT)?.raw;
  if (raw === undefined) return DEFAULT_START_TIMEOUT;
  return /^\d+$/.test(String(raw)) ? Number(raw) * 1_000 : host.config.peek(START_TIMEOUT);
}

/** The ports that containers on the host have, adopted ones included, are not given out. */
function takePorts({ host, ports }: HostRuntime): void {
  const there = containersOf(host).children.filter((container) => container.get(keys.CONTAINER_ID) !== undefined);
  ports.rebuild(there.map((container) => ({ owner: container.id, ports: container.get(keys.CONTAINER_PORTS) ?? {} })));
}

/** Under `docker.host.register` each host is a location of its own: `docker-INFRASTRUCTURE-HOST` (Clocker 1.1). */
function registeredName(host: Entity): string {
  return `docker-${DockerCloud.get(host).infrastructure.id}-${host.id}`;
}

function leaveRegistry(host: Entity): void {
  host.management.locations.unregister(registeredName(host));
  host.management.locations.forget(hostLocation(host));
}

/** The machine, recorded durably before it is asked for. */
async function provision(host: Entity, given: unknown, work: Work): Promise<MachineLocation> {
  const [location] = locationsFor(host, given);
  if (location === undefined) throw new ClockerError("invalid-request", `Cannot start Docker host "${host.displayName}": no location was given`, { remedy: "Start the cloud in a location" });
  if (!isProvisioning(location)) throw new ClockerError("invalid-request", `Cannot start Docker host "${host.displayName}": location "${location.name}" does not give out machines`);
  host.set(PROVISIONING_LOCATION, { type: "org.apache.brooklyn.api.location.Location", id: location.id });
  const properties = (await host.config.get(keys.HOST_FLAGS, work)) ?? {};
  return work.step(`provisioning (${location.name})`, async (step) => {
    const machine = await location.obtain({ entity: host, inboundPorts: [22], properties }, step);
    host.addLocation(machine);
    await host.management.documents.flush();
    return machine;
  });
}

async function setUp(host: Entity, work: Work): Promise<void> {
  const runtime = DockerCloud.get(host).host(host.id);
  const options = await setUpOptions(host, work);
  await work.step("set up Docker host", (step) => setUpDockerHost(runtime.location.machine, options, step));
  await work.step("connect to the engine", async (step) => {
    const version = await runtime.engine.version(step.signal);
    const info = await runtime.engine.info(step.signal);
    host.set(keys.ENGINE_VERSION, version.version);
    host.set(keys.ENGINE_STORAGE, info.storageDriver);
    setNotUp(host, "engine", undefined);
    step.log(`Docker Engine ${version.version}, API ${version.apiVersion}, ${info.storageDriver}, ${info.cpus} CPUs, ${Math.round(info.memoryBytes / 2 ** 20)} MiB`);
  });
}

async function setUpOptions(host: Entity, work: Work): Promise<DockerHostOptions> {
  const install = await host.config.get(keys.INSTALL_METHOD, work);
  const scriptUrl = await host.config.get(keys.INSTALL_SCRIPT_URL, work);
  const storageDriver = await host.config.get(keys.STORAGE_DRIVER, work);
  if (install !== "package" && install !== "script" && install !== "none") {
    throw new ClockerError("invalid-value", `Cannot read config "${keys.INSTALL_METHOD.name}" of "${host.displayName}": "${install}" is not one of package, script, none`);
  }
  const insecureRegistries = await host.config.get(keys.INSECURE_REGISTRIES, work);
  const registryMirrors = await host.config.get(keys.REGISTRY_MIRRORS, work);
  const registries = { ...(insecureRegistries === undefined ? {} : { insecureRegistries }), ...(registryMirrors === undefined ? {} : { registryMirrors }) };
  return { install, ...registries, ...(scriptUrl === undefined ? {} : { scriptUrl }), ...(storageDriver === undefined ? {} : { storageDriver }) };
}

async function stop({ entity: host, work }: EffectorCall): Promise<void> {
  await stopping(host, async () => {
    host.stopFeeds();
    host.management.locations.unregister(registeredName(host));
    host.removeLocation(hostLocation(host));
    const containers = [...containersOf(host).children];
    const runtime = DockerCloud.get(host).host(host.id);
    const location = host.locations.find(isMachineLocation);
    // Containers on a machine that goes away go with it; they are removed one by one where the machine stays (this computer, a given host).
    await inParallel(containers, async (container) => {
      if (container.get(keys.ADOPTED) !== true && location !== undefined) {
        await work.step(`remove ${container.displayName}`, (step) => container.invoke("stop", {}, step), { inessential: true });
      }
      host.management.unmanage(container);
    });
    await runtime.disconnect();
    setNotUp(host, "engine", "The host was stopped");
    setNotUp(host, "machine", undefined);
    if (location === undefined) return;
    const { parent } = location;
    if (!isProvisioning(parent)) throw new ClockerError("internal", `Location "${parent.name}" of "${host.displayName}" does not take machines back`);
    await work.step(`release machine ${location.name}`, (step) => parent.release(location, step));
    host.removeLocation(location);
  });
}

async function restart({ entity: host, work }: EffectorCall): Promise<void> {
  if (host.locations.find(isMachineLocation) === undefined) return start({ entity: host, parameters: {}, work });
  host.stopFeeds();
  await starting(host, async () => {
    await DockerCloud.get(host).host(host.id).disconnect();
    await setUp(host, work);
    await resume(host, work);
  });
}

/** After a restart of the server: the engine is reached again, and what is on it compared with what is managed. */
async function reconnect(host: Entity, work: Work): Promise<void> {
  if (expectedState(host) !== "RUNNING" || host.locations.find(isMachineLocation) === undefined) return;
  try {
    await resume(host, work);
    setNotUp(host, "engine", undefined);
  } catch (error) {
    setNotUp(host, "engine", `The engine does not answer: ${messageOf(error)}`);
    feedHost(DockerCloud.get(host).host(host.id));
  }
}

async function resume(host: Entity, work: Work): Promise<void> {
  const runtime = DockerCloud.get(host).host(host.id);
  takePorts(runtime);
  await readHost(runtime, work);
  await scanContainers(runtime, work);
  takePorts(runtime);
  feedHost(runtime);
}

function unmanage(host: Entity): void {
  const cloud = DockerCloud.find(host);
  if (cloud !== undefined) leaveRegistry(host);
  cloud?.pool.removeHost(host.id);
  const runtime = cloud?.hosts.get(host.id);
  cloud?.hosts.delete(host.id);
  host.management.locations.forget(hostLocation(host));
  void runtime?.disconnect().catch(() => {});
}

function publishMachine(host: Entity, location: MachineLocation): void {
  host.set(HOST_NAME, location.hostname);
  host.set(HOST_ADDRESS, location.address);
  host.set(HOST_SUBNET_HOSTNAME, location.hostname);
  host.set(HOST_SUBNET_ADDRESS, location.subnetAddress);
  host.set(HOST_SSH_ADDRESS, location.sshAddress);
  host.set(keys.DOCKER_HOST_NAME, host.displayName);
}

/** `docker-1`: by the host's name format, where nobody named it. */
function nameHost(host: Entity): void {
  const number = host.get(CLUSTER_MEMBER_ID);
  if (number === undefined || host.get(keys.DOCKER_HOST_NAME) !== undefined) return;
  const format = host.config.peek(keys.HOST_NAME_FORMAT);
  host.rename(formatName(format, host.id, number));
}
