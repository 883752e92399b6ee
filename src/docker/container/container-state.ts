import type { ContainerState, ContainerSummary } from "../../engine/engine.ts";
import type { Entity } from "../../model/entity.ts";
import { setNotUp } from "../../software/stock/service-state.ts";
import * as keys from "../keys.ts";

/** Publishes what the engine says of a container; one that doesn't run is not up. */
export function publishState(container: Entity, state: ContainerState): void {
  publishRunning(container, state);
  container.set(keys.CONTAINER_NAME_SENSOR, state.name);
  container.set(keys.CONTAINER_IMAGE_NAME, state.image);
  container.set(keys.CONTAINER_ADDRESSES, Object.values(state.addresses).filter((address) => address !== ""));
  container.set(keys.CONTAINER_PORTS, state.ports);
  container.set(keys.CONTAINER_OPEN_PORTS, Object.keys(state.ports));
  container.set(keys.CONTAINER_VOLUMES, Object.fromEntries(state.mounts.map(({ source, target }) => [source, target])));
}

/** What a listing of the host's containers tells of one. */
export function publishRunning(container: Entity, summary: Pick<ContainerSummary, "state">): void {
  const running = summary.state === "running" || summary.state === "paused";
  container.set(keys.CONTAINER_RUNNING, running);
  container.set(keys.CONTAINER_PAUSED, summary.state === "paused");
  setNotUp(container, "container", summary.state === "running" ? undefined : `The container is ${summary.state}`);
}
