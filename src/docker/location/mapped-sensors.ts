import type { Entity } from "../../model/entity.ts";
import type { Relation } from "../../model/predicate/targets.ts";
import { sensor, type Sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { watchTree } from "../../software/group/watch-tree.ts";
import { HOST_ADDRESS, HOST_SUBNET_ADDRESS } from "../../software/stock/attributes.ts";
import { CONTAINER_ADDRESSES, CONTAINER_NAME_SENSOR, CONTAINER_OF, CONTAINER_PORTS } from "../keys.ts";
import { DockerCloud } from "../cloud.ts";
import { mappedName, mappedValue, type MappedAddress } from "../ports/mapped.ts";

/**
 * Keeps `mapped.*` sensors on what runs in a container, its entity and those below that share it (the children of a `SameServerEntity`): each of their
 * port and URL sensors as seen from outside (Clocker, 6). Recomputed when the sensor or the container's ports change; ends with the container.
 */
export function followMappedSensors(container: Entity, entity: Entity): void {
  const { events } = container.management;
  const followed = new Map<Entity, { stop: () => void; isMapped: boolean }>();
  const changed = (each: Entity, known: { isMapped: boolean }): void => {
    const isHere = standsIn(container, entity, each);
    if (isHere && !known.isMapped) updateAll(container, each);
    if (!isHere && known.isMapped) clear(each);
    known.isMapped = isHere;
  };
  const follow = (each: Entity): void => {
    const stop = events.subscribeEntity(each.id, (event) => {
      if (event.kind === "sensor" && standsIn(container, entity, each)) publish(container, each, event.name, event.value);
    });
    const isHere = standsIn(container, entity, each);
    if (isHere) updateAll(container, each);
    // After a restart of the server those below are not on their machine yet, but have their sensors.
    followed.set(each, { stop, isMapped: isHere || isMappedBefore(each) });
  };
  const stopWatching = watchTree(entity, NO_SENSORS, NO_RELATIONS, {
    look: (each) => {
      const known = followed.get(each);
      if (known === undefined) follow(each);
      else changed(each, known);
    },
    gone: (each) => {
      followed.get(each)?.stop();
      followed.delete(each);
    },
  });
  const stopPorts = events.subscribeSensor(container.id, CONTAINER_PORTS.name, () => {
    for (const each of followed.keys()) if (standsIn(container, entity, each)) updateAll(container, each);
  });
  container.addWatch(() => {
    stopWatching();
    stopPorts();
    followed.forEach(({ stop, isMapped }, each) => {
      stop();
      if (isMapped && (each === entity || !hasOwnContainer(each))) clear(each);
    });
  });
}

const NO_SENSORS: ReadonlySet<string> = new Set();
const NO_RELATIONS: ReadonlySet<Relation> = new Set();

function standsIn(container: Entity, entity: Entity, each: Entity): boolean {
  return each === entity || each.locations.some(({ id }) => id === container.id);
}

function hasOwnContainer(entity: Entity): boolean {
  return entity.sensorValue(CONTAINER_OF.name) !== undefined;
}

function isMappedBefore(entity: Entity): boolean {
  return !hasOwnContainer(entity) && [...entity.sensorValues().keys()].some((name) => name.startsWith("mapped."));
}

function updateAll(container: Entity, entity: Entity): void {
  entity.sensorValues().forEach(({ value }, name) => publish(container, entity, name, value));
}

function clear(entity: Entity): void {
  for (const name of [...entity.sensorValues().keys()].filter((each) => each.startsWith("mapped.") || each.startsWith("docker.port."))) entity.set(mappedSensor(name, ""), undefined);
}

function publish(container: Entity, entity: Entity, name: string, value: unknown): void {
  if (name.startsWith("mapped.")) return;
  const declared = entity.sensor(name);
  if (declared === undefined) return;
  const mapped = value === undefined ? undefined : mappedValue({ name, typeName: declared.type.name, value }, addressOf(container, entity));
  const target = mappedName(name);
  if (mapped === undefined && entity.sensor(target) === undefined) return;
  entity.set(mappedSensor(target, `${declared.description}, as reached from outside`), mapped);
}

function mappedSensor(name: string, description: string): Sensor<string> {
  return sensor(name, types.string, description);
}

function addressOf(container: Entity, entity: Entity): MappedAddress {
  const host = container.parent?.parent;
  const ports = container.get(CONTAINER_PORTS) ?? {};
  const runtime = host === undefined ? undefined : DockerCloud.find(container)?.hosts.get(host.id);
  const address = runtime?.location.address ?? "localhost";
  // Software takes its machine's address for its own: the host's, or the one that the container had when the software was started.
  const published = [entity.get(HOST_ADDRESS), entity.get(HOST_SUBNET_ADDRESS)];
  const own = [...(container.get(CONTAINER_ADDRESSES) ?? []), ...published, container.get(CONTAINER_NAME_SENSOR), address, "localhost", "127.0.0.1"].filter((name) => name !== undefined);
  return { host: address, ports, own };
}
