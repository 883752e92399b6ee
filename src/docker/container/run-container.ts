import type { ContainerSpec, Engine } from "../../engine/engine.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { sensor, type Sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { HOST_ADDRESS, HOST_NAME, HOST_SUBNET_ADDRESS, HOST_SUBNET_HOSTNAME } from "../../software/stock/attributes.ts";
import type { HostRuntime } from "../host/host-runtime.ts";
import { ensureImage } from "../image/ensure-image.ts";
import * as keys from "../keys.ts";
import { containerLocation, forgetContainerLocation } from "../location/container-location.ts";
import { setNotUp } from "../../software/stock/service-state.ts";
import type { PortWish } from "../ports/port-allocator.ts";
import { containerSpec, namedPorts, optionReader, portWishes } from "./container-options.ts";
import { hostVolumes, removeVolumes } from "./host-volumes.ts";
import { linksOf } from "./links.ts";
import { publishState } from "./container-state.ts";
import { DockerCloud } from "../cloud.ts";
import { hostOf, runningIn, runtimeOf } from "./relations.ts";

/** How often another host port is tried where a process of the host itself has the chosen one. */
const PORT_TRIES = 10;
/** Bounds the cleaning up after a failure. */
const CLEAN_UP_LIMIT = 30_000;

/** Ports that the entity in a container listens on, told when the container is made for it. */
const inboundPorts = new WeakMap<Entity, readonly number[]>();

export function expectPorts(container: Entity, ports: readonly number[]): void {
  inboundPorts.set(container, ports);
}

/** Makes and starts a container as its entity asks for. A failure leaves no container and no port behind. */
export async function runContainer(container: Entity, runtime: HostRuntime, work: Work): Promise<void> {
  const { management } = container;
  const entity = runningIn(container);
  const option = optionReader(entity, container, work);
  const image = await ensureImage(runtime, entity ?? container, option, work);
  const links = await linksOf(container, entity, option, work);
  const wishes = await portWishes(inboundPorts.get(container) ?? [], option);
  try {
    const binds = await hostVolumes(container, option, work);
    const spec = await containerSpec({ container, entity, image, hostName: runtime.location.hostname, links, binds, option });
    const id = await work.step("create and start container", (step) => createAndStart(container, runtime, spec, wishes, step), { entityId: container.id });
    container.set(keys.CONTAINER_ID, id);
    container.set(keys.CONTAINER_IMAGE_ID, (await runtime.engine.inspectImage(image.name, work.signal)).id);
    const state = await runtime.engine.inspectContainer(id, work.signal);
    publishState(container, state);
    if (!state.running) throw new ClockerError("engine-error", `Container "${state.name}" of image "${spec.image}" ended at once with exit code ${state.exitCode}${await lastLogs(runtime, id)}`);
    publishAddresses(container);
    for (const port of await namedPorts(option)) entity?.set(dockerPort(port), port);
    management.locations.add(containerLocation(container));
  } catch (error) {
    await removeFromEngine(container, work);
    throw error;
  }
}

/** The sensor of a port that the blueprint names by its number (Clocker 1.1). */
function dockerPort(port: number): Sensor<number> {
  return sensor(`docker.port.${port}`, types.integer, `Port ${port} of the container`);
}

async function createAndStart(container: Entity, runtime: HostRuntime, spec: ContainerSpec, wishes: readonly PortWish[], work: Work): Promise<string> {
  const { engine, ports } = runtime;
  let lastError: unknown;
  for (let attempt = 0; attempt < PORT_TRIES; attempt++) {
    const published = ports.allocate(container.id, wishes);
    work.log(`image ${spec.image}, ports ${Object.entries(published).map(([port, hostPort]) => `${hostPort}->${port}`).join(", ") || "none"}`);
    const id = await create(container, engine, { ...spec, ports: published }, work);
    try {
      await engine.startContainer(id, work.signal);
      return id;
    } catch (error) {
      lastError = error;
      const busy = busyPort(error, Object.values(published));
      if (busy === undefined || wishes.some((wish) => wish.hostPort === busy)) throw error;
      await engine.removeContainer(id, AbortSignal.timeout(CLEAN_UP_LIMIT));
      work.log(`Host port ${busy} is in use on ${engine.name}: another one is taken`);
      ports.taken(busy);
    }
  }
  throw new ClockerError("no-port", `Cannot publish the ports of "${container.displayName}" on "${engine.name}": ${PORT_TRIES} ports in turn are in use by other processes`, { cause: lastError });
}

/** A name that was asked for may be taken, where a blueprint is deployed twice or members of a cluster are made alike: then the entity's id makes it one of its own. */
async function create(container: Entity, engine: Engine, spec: ContainerSpec, work: Work): Promise<string> {
  try {
    return await engine.createContainer(spec, work.signal);
  } catch (error) {
    const ending = `_${runningIn(container)?.id ?? container.id}`;
    if (!(error instanceof ClockerError && error.code === "conflict") || spec.name === undefined || spec.name.endsWith(ending)) throw error;
    const name = `${spec.name}${ending}`;
    work.log(`The name ${spec.name} is taken on ${engine.name}: it is ${name}`);
    return await engine.createContainer({ ...spec, name, hostname: name.slice(0, 63) }, work.signal);
  }
}

/** The host port that the engine says another process has. */
function busyPort(error: unknown, published: readonly number[]): number | undefined {
  const message = messageOf(error);
  if (!/port is already allocated|address already in use/i.test(message)) return undefined;
  const found = [...message.matchAll(/:(\d+)\b/g)].map((match) => Number(match[1]));
  return found.find((port) => published.includes(port)) ?? published[0];
}

/**
 * Removes what was made of a container, found by its label: also one whose id never arrived. Also when the work was cancelled, in its own bound of
 * time. What can't be removed now, since the engine is away, the scan of the host's containers removes when it is back.
 */
export async function removeFromEngine(container: Entity, work: Work): Promise<void> {
  const signal = AbortSignal.timeout(CLEAN_UP_LIMIT);
  try {
    const { engine } = runtimeOf(container);
    const left = await engine.listContainers({ labels: { [keys.CONTAINER_LABEL]: container.id } }, signal);
    for (const { id } of left) await engine.removeContainer(id, signal);
  } catch (error) {
    work.write("stderr", `Cannot clean up on ${hostOf(container).displayName} now: ${messageOf(error)}\n`);
  }
  await removeVolumes(container, work);
  markRemoved(container);
}

/** The container is no more: its ports are free, and it is no location. */
export function markRemoved(container: Entity): void {
  // A host that has left its cloud has taken its ports along.
  DockerCloud.find(container)?.hosts.get(hostOf(container).id)?.ports.release(container.id);
  forgetContainerLocation(container);
  container.set(keys.CONTAINER_ID, undefined);
  container.set(keys.CONTAINER_RUNNING, false);
  container.set(keys.CONTAINER_PORTS, undefined);
  setNotUp(container, "container", "The container was removed");
}

async function lastLogs(runtime: HostRuntime, id: string): Promise<string> {
  let logs = "";
  await runtime.engine.containerLogs(id, { tail: 20 }, (_stream, chunk) => void (logs += chunk), AbortSignal.timeout(CLEAN_UP_LIMIT));
  return logs.trim() === "" ? "" : `:\n${logs.trim()}`;
}

/** Where the container is reached: at its host, and among its neighbours at its own address, which is another one each time that it is started. */
export function publishAddresses(container: Entity): void {
  const { address } = runtimeOf(container).location;
  const own = container.get(keys.CONTAINER_ADDRESSES)?.[0];
  container.set(HOST_NAME, address);
  container.set(HOST_ADDRESS, address);
  container.set(HOST_SUBNET_ADDRESS, own);
  container.set(HOST_SUBNET_HOSTNAME, own);
}
