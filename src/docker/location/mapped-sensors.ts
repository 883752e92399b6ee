import type { Entity } from "../../model/entity.ts";
import { sensor, type Sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { HOST_ADDRESS, HOST_SUBNET_ADDRESS } from "../../software/stock/attributes.ts";
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
  container.addWatch(() => {
    stops.forEach((stop) => stop());
    for (const name of [...entity.sensorValues().keys()].filter((each) => each.startsWith("mapped.") || each.startsWith("docker.port."))) entity.set(mappedSensor(name, ""), undefined);
  });
  updateAll();
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
