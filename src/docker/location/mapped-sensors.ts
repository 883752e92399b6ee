import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { CONTAINER_ADDRESSES, CONTAINER_NAME_SENSOR, CONTAINER_PORTS } from "../keys.ts";
import { DockerCloud } from "../cloud.ts";
import { mappedName, mappedValue, type MappedAddress } from "../ports/mapped.ts";

/**
 * Keeps `mapped.*` sensors on the entity that runs in a container: each of its port and URL sensors as seen from outside (Clocker, 6).
 * Recomputed when the sensor or the container's ports change; ends with the container.
 */
export function followMappedSensors(container: Entity, entity: Entity): void {
  const { events } = container.management;
  const update = (name: string, value: unknown) => publish(container, entity, name, value);
  const updateAll = () => entity.sensorValues().forEach(({ value }, name) => update(name, value));
  const stops = [
    events.subscribeEntity(entity.id, (event) => {
      if (event.kind === "sensor") update(event.name, event.value);
    }),
    events.subscribeSensor(container.id, CONTAINER_PORTS.name, updateAll),
  ];
  container.addWatch(() => stops.forEach((stop) => stop()));
  updateAll();
}

function publish(container: Entity, entity: Entity, name: string, value: unknown): void {
  if (name.startsWith("mapped.")) return;
  const declared = entity.sensor(name);
  if (declared === undefined) return;
  const mapped = value === undefined ? undefined : mappedValue({ name, typeName: declared.type.name, value }, addressOf(container));
  const target = mappedName(name);
  if (mapped === undefined && entity.sensor(target) === undefined) return;
  entity.set(sensor(target, types.string, `${declared.description}, as reached from outside`), mapped);
}

function addressOf(container: Entity): MappedAddress {
  const host = container.parent?.parent;
  const ports = container.get(CONTAINER_PORTS) ?? {};
  const own = [...(container.get(CONTAINER_ADDRESSES) ?? []), container.get(CONTAINER_NAME_SENSOR), "localhost", "127.0.0.1"].filter((name) => name !== undefined);
  const runtime = host === undefined ? undefined : DockerCloud.find(container)?.hosts.get(host.id);
  return { host: runtime?.location.address ?? "localhost", ports, own };
}
