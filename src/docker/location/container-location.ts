import type { Engine } from "../../engine/engine.ts";
import { ContainerMachine } from "../../machine/container-machine.ts";
import type { Machine } from "../../machine/machine.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Location } from "../../model/location.ts";
import type { Json } from "../../model/spec.ts";
import type { HostEngineLocation, MachineLocation } from "../../provider/location.ts";
import { DockerCloud } from "../cloud.ts";
import { CONTAINER_ADDRESSES, CONTAINER_ID, CONTAINER_NAME_SENSOR, CONTAINER_PORTS } from "../keys.ts";

/** A container as a machine: commanded through its engine, reached by its host's address and published ports. */
class DockerContainerLocation implements MachineLocation, HostEngineLocation {
  readonly id: string;
  readonly name: string;
  readonly spec: string;
  readonly type = "clocker.docker.location.DockerContainerLocation";
  readonly parent: Location;
  readonly config: Readonly<Record<string, Json>>;
  readonly machine: Machine;
  readonly address: string;
  readonly hostname: string;
  readonly sshAddress = undefined;
  readonly isBehindMapping = true;
  readonly isLent = false;
  readonly #container: Entity;

  constructor(container: Entity, containerId: string) {
    const host = container.parent?.parent;
    if (host === undefined) throw new ClockerError("internal", `Container "${container.displayName}" is not on a host`);
    const cloud = DockerCloud.get(container);
    const runtime = cloud.host(host.id);
    this.#container = container;
    this.id = container.id;
    this.name = `${host.displayName}/${container.displayName}`;
    this.parent = cloud.location;
    this.spec = `docker:${cloud.infrastructure.id}:${host.id}`;
    this.address = runtime.location.address;
    this.hostname = container.get(CONTAINER_NAME_SENSOR) ?? containerId.slice(0, 12);
    this.config = { containerId, host: host.id };
    this.machine = new ContainerMachine({ engine: runtime.engine, containerId, name: `container ${this.hostname} on ${host.displayName}`, address: this.address });
  }

  /** Another one each time that the container is started. */
  get subnetAddress(): string {
    return this.#container.get(CONTAINER_ADDRESSES)?.[0] ?? this.address;
  }

  hostEngine(): Engine | undefined {
    const host = this.#container.parent?.parent;
    return host === undefined ? undefined : DockerCloud.get(this.#container).host(host.id).engine;
  }

  mappedPort(port: number): { host: string; port: number } | undefined {
    const hostPort = this.#container.get(CONTAINER_PORTS)?.[`${port}/tcp`];
    return hostPort === undefined ? undefined : { host: this.address, port: hostPort };
  }
}

const made = new WeakMap<Entity, DockerContainerLocation>();

/** The location of a container that is there; the same one each time. */
export function containerLocation(container: Entity): MachineLocation {
  const containerId = container.get(CONTAINER_ID);
  if (containerId === undefined) throw new ClockerError("conflict", `Container "${container.displayName}" is not there: it was stopped`);
  let location = made.get(container);
  if (location === undefined || location.config["containerId"] !== containerId) made.set(container, (location = new DockerContainerLocation(container, containerId)));
  return location;
}

export function forgetContainerLocation(container: Entity): void {
  const location = made.get(container);
  if (location !== undefined) container.management.locations.forget(location);
  made.delete(container);
}
