import type { ContainerSummary } from "../../engine/engine.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { entitySpec } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";
import { expectedState, setExpected, setNotUp } from "../../software/stock/service-state.ts";
import { DockerCloud } from "../cloud.ts";
import { publishRunning, publishState } from "../container/container-state.ts";
import { joinCloud } from "../container/join-cloud.ts";
import { containersOf } from "../container/relations.ts";
import * as keys from "../keys.ts";
import type { HostRuntime } from "./host-runtime.ts";

/**
 * Compares what the engine has with what is managed, in one listing a host (Clocker's container scanner): states are published, containers
 * that others made are adopted and adopted ones that are gone are forgotten; those labelled as ours whose entity is gone were half-made, and are removed.
 */
export function scanContainers(runtime: HostRuntime, work: Work): Promise<void> {
  return runtime.scanning.run(() => scan(runtime, work), work.signal);
}

async function scan(runtime: HostRuntime, work: Work): Promise<void> {
  const { host, engine } = runtime;
  // Those known before the listing must be in it; one that is made meanwhile may not be.
  const known = new Map<string, Entity>();
  for (const container of containersOf(host).children) {
    const id = container.get(keys.CONTAINER_ID);
    if (id !== undefined) known.set(id, container);
  }
  for (const summary of await engine.listContainers({}, work.signal)) {
    const container = known.get(summary.id);
    known.delete(summary.id);
    try {
      if (container !== undefined) await update(runtime, container, summary, work);
      else await unknown(runtime, summary, work);
    } catch (error) {
      // It went between the listing and the look at it.
      if (!(error instanceof ClockerError && error.code === "not-found")) throw error;
    }
  }
  for (const container of known.values()) gone(container);
}

async function update(runtime: HostRuntime, container: Entity, summary: ContainerSummary, work: Work): Promise<void> {
  if (container.get(keys.CONTAINER_RUNNING) === (summary.state === "running" || summary.state === "paused") && container.get(keys.CONTAINER_PAUSED) === (summary.state === "paused")) {
    publishRunning(container, summary);
    return;
  }
  publishState(container, await runtime.engine.inspectContainer(summary.id, work.signal));
}

async function unknown(runtime: HostRuntime, summary: ContainerSummary, work: Work): Promise<void> {
  const { host, engine } = runtime;
  const { management } = host;
  if (summary.labels[keys.OWNER_LABEL] === management.planeId) {
    // The plane's, but no container of a cloud: a machine made on this computer, say. Who made it looks after it.
    const id = summary.labels[keys.CONTAINER_LABEL];
    if (id === undefined) return;
    const container = management.entity(id);
    if (container === undefined && management.knows(id)) return;
    if (container !== undefined && (container.get(keys.CONTAINER_ID) === summary.id || isBeingMade(container))) return;
    work.log(`Removing ${summary.name}: it was half-made`);
    await engine.removeContainer(summary.id, work.signal);
    return;
  }
  // A builder's own containers carry no label; what is really foreign is still there at the next scan.
  if (summary.state !== "running" || runtime.imagesUnderWay.size > 0) return;
  work.log(`Adopting ${summary.name} (${summary.image})`);
  const state = await engine.inspectContainer(summary.id, work.signal);
  const container = management.create(entitySpec(keys.DOCKER_CONTAINER, { displayName: summary.name }), containersOf(host));
  container.set(keys.ADOPTED, true);
  container.set(keys.CONTAINER_ID, summary.id);
  publishState(container, state);
  setExpected(container, "RUNNING");
  DockerCloud.get(host).pool.containerAdded(host.id, container.id);
  joinCloud(container);
}

/** Its id comes with the engine's answer. */
function isBeingMade(container: Entity): boolean {
  const state = expectedState(container);
  return state === undefined || state === "STARTING";
}

function gone(container: Entity): void {
  if (container.get(keys.ADOPTED) === true) {
    container.management.unmanage(container);
    return;
  }
  if (expectedState(container) !== "RUNNING") return;
  container.set(keys.CONTAINER_RUNNING, false);
  setNotUp(container, "container", "The container is gone: it was removed on the host, not by Clocker");
}
