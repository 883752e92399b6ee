import type { ContainerSummary } from "../../engine/engine.ts";
import type { Entity } from "../../model/entity.ts";
import { entitySpec } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";
import { entityReference } from "../../software/group/group.ts";
import { expectedState, setExpected, setNotUp } from "../../software/stock/service-state.ts";
import { DockerCloud } from "../cloud.ts";
import { publishRunning, publishState } from "../container/container-state.ts";
import { joinGroups } from "../infrastructure/container-groups.ts";
import * as keys from "../keys.ts";
import type { HostRuntime } from "./host-runtime.ts";

export const CONTAINERS = "Docker Containers";

/** The group of a host's containers. */
export function containersOf(host: Entity): Entity | undefined {
  return host.children.find((child) => child.displayName === CONTAINERS);
}

/**
 * Compares what the engine has with what is managed, in one listing a host (Clocker's container scanner): states are published, containers
 * that others made are adopted and adopted ones that are gone are forgotten; those labelled as ours whose entity is gone were half-made, and are removed.
 */
export async function scanContainers(runtime: HostRuntime, work: Work): Promise<void> {
  const { host, engine } = runtime;
  const group = containersOf(host);
  if (group === undefined) return;
  const found = await engine.listContainers({}, work.signal);
  const known = new Map<string, Entity>();
  for (const container of group.children) {
    const id = container.get(keys.CONTAINER_ID);
    if (id !== undefined) known.set(id, container);
  }
  for (const summary of found) {
    const container = known.get(summary.id);
    known.delete(summary.id);
    if (container !== undefined) await update(runtime, container, summary, work);
    else await unknown(runtime, group, summary, work);
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

async function unknown(runtime: HostRuntime, group: Entity, summary: ContainerSummary, work: Work): Promise<void> {
  const { host, engine } = runtime;
  const { management } = host;
  if (summary.labels[keys.OWNER_LABEL] === management.planeId) {
    const entity = management.entity(summary.labels[keys.CONTAINER_LABEL] ?? "");
    // One that is being started has no id yet.
    if (entity !== undefined && expectedState(entity) !== "STOPPED") return;
    work.log(`Removing ${summary.name}: it was half-made`);
    await engine.removeContainer(summary.id, work.signal);
    return;
  }
  if (summary.state !== "running") return;
  work.log(`Adopting ${summary.name} (${summary.image})`);
  const container = management.create(entitySpec(keys.DOCKER_CONTAINER, { displayName: summary.name }), group);
  container.set(keys.ADOPTED, true);
  container.set(keys.CONTAINER_ID, summary.id);
  container.set(keys.CONTAINER_HOST, entityReference(host));
  setExpected(container, "RUNNING");
  publishState(container, await engine.inspectContainer(summary.id, work.signal));
  const cloud = DockerCloud.get(host);
  cloud.pool.containerAdded(host.id, container.id);
  joinGroups(cloud, container, undefined);
}

function gone(container: Entity): void {
  if (container.get(keys.ADOPTED) === true) {
    container.management.unmanage(container);
    return;
  }
  const state = expectedState(container);
  if (state !== "RUNNING") return;
  container.set(keys.CONTAINER_RUNNING, false);
  setNotUp(container, "container", "The container is gone: it was removed on the host, not by Clocker");
}
