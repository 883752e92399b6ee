import { containerOf, machineLocationOf } from "../../docker/machine-of.ts";
import { runningIn, runtimeOf } from "../../docker/container/relations.ts";
import * as docker from "../../docker/keys.ts";
import type { ContainerStats } from "../../engine/engine.ts";
import type { Plane } from "../../management/plane.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { atMost } from "../../software/group/at-most.ts";
import { healthOf } from "../overview/health.ts";
import { figuresOf } from "../overview/host-figures.ts";
import { pathOf } from "../shapes/found.ts";
import type { Workload, WorkloadHost, WorkloadProcess } from "../shapes/workload.ts";

/** Containers that are read at once, and milliseconds that one may take: an engine that does not answer leaves a gap. */
const AT_ONCE = 16;
const READING_TIMEOUT = 5_000;
/** Entities that are looked at. */
const MOST = 5_000;

interface Options {
  /** Only what is below this entity. */
  readonly below: Entity | undefined;
  /** Whether containers are read; it takes a second or two the first time. */
  readonly readings: boolean;
}

/** What runs, and on which hosts. */
export async function workload(plane: Plane, { below, readings }: Options): Promise<Workload> {
  const entities = below === undefined ? [...plane.entities.all()] : [...below.descendants()];
  const rows = rowsOf(entities.slice(0, MOST), below);
  const stats = readings ? await readContainers(rows.flatMap(({ container }) => container ?? [])) : new Map<string, ContainerStats>();
  const processes = rows.map(({ entity, container }) => processOf(entity, container, container === undefined ? undefined : stats.get(container.id)));
  const used = new Set(processes.flatMap(({ hostId }) => hostId ?? []));
  const hosts = [...plane.entitiesOf(docker.DOCKER_HOST)].filter((host) => below === undefined || used.has(host.id) || isBelow(below, host)).map((host) => hostOf(host));
  return { at: plane.clock.now(), hosts, processes };
}

/** Each thing that runs once: software by its entity, and containers that hold none. */
function rowsOf(entities: readonly Entity[], below: Entity | undefined): { entity: Entity; container: Entity | undefined }[] {
  const rows = new Map<string, { entity: Entity; container: Entity | undefined }>();
  for (const entity of entities) {
    if (entity.is(docker.DOCKER_HOST)) continue;
    const container = containerOf(entity);
    if (container === entity) {
      const held = runningIn(entity);
      // Asked of a host or a cloud, a container stands for what is in it.
      if (held === undefined || (below !== undefined && !isBelow(below, held))) rows.set(held?.id ?? entity.id, { entity: held ?? entity, container });
    } else if (machineLocationOf(entity) !== undefined) rows.set(entity.id, { entity, container });
  }
  return [...rows.values()];
}

function processOf(entity: Entity, container: Entity | undefined, stats: ContainerStats | undefined): WorkloadProcess {
  const host = container?.parent?.parent;
  const location = machineLocationOf(entity);
  return {
    id: entity.id,
    name: entity.displayName,
    path: pathOf(entity),
    applicationId: entity.application.id,
    application: entity.application.displayName,
    type: entity.typeName,
    ...healthOf(entity),
    machine: host?.displayName ?? location?.hostname ?? location?.name ?? "",
    ...(host === undefined ? {} : { hostId: host.id }),
    ...(container === undefined ? {} : { containerId: container.id, container: container.displayName, image: container.get(docker.CONTAINER_IMAGE_NAME), ports: container.get(docker.CONTAINER_PORTS) ?? {} }),
    ...(stats === undefined ? {} : { cpu: stats.cpu, memoryBytes: stats.memoryBytes, memoryLimitBytes: stats.memoryLimitBytes }),
  };
}

function hostOf(host: Entity): WorkloadHost {
  return {
    id: host.id,
    name: host.displayName,
    cloud: host.application.displayName,
    ...healthOf(host),
    ...figuresOf(host),
  };
}

async function readContainers(containers: readonly Entity[]): Promise<Map<string, ContainerStats>> {
  const found = new Map<string, ContainerStats>();
  await atMost(AT_ONCE, [...new Set(containers)], async (container) => {
    const id = container.get(docker.CONTAINER_ID);
    if (id === undefined) return;
    try {
      found.set(container.id, await runtimeOf(container).engine.containerStats(id, AbortSignal.timeout(READING_TIMEOUT)));
    } catch (error) {
      // One that does not run, or whose host does not answer, has no reading.
      if (!(error instanceof ClockerError)) throw error;
    }
  });
  return found;
}

function isBelow(ancestor: Entity, entity: Entity): boolean {
  for (let each: Entity | undefined = entity; each !== undefined; each = each.parent) if (each === ancestor) return true;
  return false;
}
