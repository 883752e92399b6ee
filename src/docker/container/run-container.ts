import type { ContainerSpec } from "../../engine/engine.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import { HOST_ADDRESS, HOST_NAME, HOST_SUBNET_ADDRESS, HOST_SUBNET_HOSTNAME } from "../../software/stock/attributes.ts";
import type { HostRuntime } from "../host/host-runtime.ts";
import { ensureImage } from "../image/ensure-image.ts";
import * as keys from "../keys.ts";
import { containerLocation } from "../location/container-location.ts";
import type { PortWish } from "../ports/port-allocator.ts";
import { containerSpec, optionReader, portWishes } from "./container-options.ts";
import { publishState } from "./container-state.ts";

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
  const entityId = referencedId(container.get(keys.CONTAINER_ENTITY));
  const entity = entityId === undefined ? undefined : management.entity(entityId);
  const option = optionReader(entity, container, work);
  const image = await ensureImage(runtime, entity ?? container, option, work);
  const spec = await containerSpec({ container, entity, image, hostName: runtime.location.hostname, option });
  const wishes = await portWishes(inboundPorts.get(container) ?? [], option);
  try {
    const id = await work.step("create and start container", (step) => createAndStart(container, runtime, spec, wishes, step), { entityId: container.id });
    container.set(keys.CONTAINER_ID, id);
    container.set(keys.CONTAINER_IMAGE_ID, (await runtime.engine.inspectImage(image.name, work.signal)).id);
    const state = await runtime.engine.inspectContainer(id, work.signal);
    publishState(container, state);
    if (!state.running) throw new ClockerError("engine-error", `Container "${state.name}" of image "${spec.image}" ended at once with exit code ${state.exitCode}${await lastLogs(runtime, id)}`);
    publishAddresses(container, runtime);
    management.locations.add(containerLocation(container));
  } catch (error) {
    await cleanUp(container, runtime, work);
    throw error;
  }
}

async function createAndStart(container: Entity, runtime: HostRuntime, spec: ContainerSpec, wishes: readonly PortWish[], work: Work): Promise<string> {
  const { engine, ports } = runtime;
  let lastError: unknown;
  for (let attempt = 0; attempt < PORT_TRIES; attempt++) {
    const published = ports.allocate(container.id, wishes);
    work.log(`image ${spec.image}, ports ${Object.entries(published).map(([port, hostPort]) => `${hostPort}->${port}`).join(", ") || "none"}`);
    const id = await engine.createContainer({ ...spec, ports: published }, work.signal);
    try {
      await engine.startContainer(id, work.signal);
      return id;
    } catch (error) {
      lastError = error;
      await engine.removeContainer(id, AbortSignal.timeout(CLEAN_UP_LIMIT));
      const busy = busyPort(error, Object.values(published));
      if (busy === undefined || wishes.some((wish) => wish.hostPort === busy)) throw error;
      work.log(`Host port ${busy} is in use on ${engine.name}: another one is taken`);
      ports.taken(busy);
    }
  }
  throw new ClockerError("no-port", `Cannot publish the ports of "${container.displayName}" on "${engine.name}": ${PORT_TRIES} ports in turn are in use by other processes`, { cause: lastError });
}

/** The host port that the engine says another process has. */
function busyPort(error: unknown, published: readonly number[]): number | undefined {
  const message = messageOf(error);
  if (!/port is already allocated|address already in use/i.test(message)) return undefined;
  const found = [...message.matchAll(/:(\d+)\b/g)].map((match) => Number(match[1]));
  return found.find((port) => published.includes(port)) ?? published[0];
}

/** Removes what was made, found by its label: also a container whose id never arrived. */
async function cleanUp(container: Entity, runtime: HostRuntime, work: Work): Promise<void> {
  const signal = AbortSignal.timeout(CLEAN_UP_LIMIT);
  try {
    const left = await runtime.engine.listContainers({ labels: { [keys.CONTAINER_LABEL]: container.id } }, signal);
    for (const { id } of left) await runtime.engine.removeContainer(id, signal);
  } catch (error) {
    // The engine is gone: the scan of its containers removes what is left when it is back.
    work.write("stderr", `Cannot clean up on ${runtime.engine.name} now: ${messageOf(error)}\n`);
  }
  runtime.ports.release(container.id);
  container.set(keys.CONTAINER_ID, undefined);
  container.set(keys.CONTAINER_RUNNING, false);
}

async function lastLogs(runtime: HostRuntime, id: string): Promise<string> {
  let logs = "";
  await runtime.engine.containerLogs(id, { tail: 20 }, (_stream, chunk) => (logs += chunk), AbortSignal.timeout(CLEAN_UP_LIMIT));
  return logs.trim() === "" ? "" : `:\n${logs.trim()}`;
}

function publishAddresses(container: Entity, runtime: HostRuntime): void {
  const own = container.get(keys.CONTAINER_ADDRESSES)?.[0];
  container.set(HOST_NAME, runtime.location.address);
  container.set(HOST_ADDRESS, runtime.location.address);
  container.set(HOST_SUBNET_ADDRESS, own);
  container.set(HOST_SUBNET_HOSTNAME, own);
}

export function referencedId(reference: unknown): string | undefined {
  return typeof reference === "object" && reference !== null && "id" in reference && typeof reference.id === "string" ? reference.id : undefined;
}
