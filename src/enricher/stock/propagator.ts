import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { together } from "../../model/follow-entities.ts";
import { types } from "../../model/types/index.ts";
import { computing, stockEnricher } from "../enricher-type.ts";
import { PRODUCER } from "../keys.ts";
import { copySensor, valueOf } from "../sensors.ts";

export const PROPAGATING_ALL = configKey("enricher.propagating.propagatingAll", types.boolean, "Whether every sensor is copied, service.* included", { flag: "propagatingAll", defaultValue: false });
export const PROPAGATING_ALL_BUT = configKey("enricher.propagating.propagatingAllBut", types.list(types.sensorRef), "Every sensor is copied but these", { flag: "propagatingAllBut" });
export const PROPAGATING = configKey("enricher.propagating.inclusions", types.list(types.sensorRef), "The sensors to copy", { flag: "propagating" });
export const SENSOR_MAPPING = configKey("enricher.propagating.sensorMapping", types.map(types.sensorRef), "The sensors to copy, and under which name each", { flag: "sensorMapping" });

export const propagator = stockEnricher({
  name: "Propagator",
  displayName: "Propagator",
  description: "Copies sensors of one entity to another",
  config: [PRODUCER, PROPAGATING_ALL, PROPAGATING_ALL_BUT, PROPAGATING, SENSOR_MAPPING],
  begin: (settings) => {
    const producer = settings.entity(PRODUCER);
    const excluded = settings.get(PROPAGATING_ALL_BUT);
    const isAll = settings.get(PROPAGATING_ALL) || excluded !== undefined;
    const mapping = mappingOf(settings);
    check(settings, producer, isAll, mapping);
    return isAll ? copyAll(settings, producer, new Set(excluded)) : copyMapped(settings, producer, mapping);
  },
});

function mappingOf(settings: Settings): Map<string, string> {
  const mapping = new Map((settings.get(PROPAGATING) ?? []).map((name) => [name, name] as const));
  for (const [source, target] of Object.entries(settings.get(SENSOR_MAPPING) ?? {})) mapping.set(source, target);
  return mapping;
}

function check(settings: Settings, producer: Entity, isAll: boolean, mapping: ReadonlyMap<string, string>): void {
  const where = `"${settings.adjunct.displayName}" on "${settings.owner.displayName}"`;
  if (isAll && mapping.size > 0) throw new ClockerError("invalid-value", `Cannot begin ${where}: it is to copy all sensors and certain ones at once`, { remedy: `Give either "${PROPAGATING_ALL.name}" or "${PROPAGATING.name}"` });
  if (!isAll && mapping.size === 0) throw new ClockerError("invalid-value", `Cannot begin ${where}: nothing to copy is configured`, { remedy: `Give "${PROPAGATING.name}", "${SENSOR_MAPPING.name}" or "${PROPAGATING_ALL.name}"` });
  const isLoop = producer === settings.owner && (isAll || [...mapping].some(([source, target]) => source === target));
  if (isLoop) throw new ClockerError("invalid-value", `Cannot begin ${where}: it would copy sensors of "${producer.displayName}" to themselves`, { remedy: `Give another entity as "${PRODUCER.name}"` });
}

function copyMapped({ adjunct, owner }: Settings, producer: Entity, mapping: ReadonlyMap<string, string>): () => void {
  const { events } = producer.management;
  const copy = (source: string, target: string): void => computing(adjunct, () => copySensor(producer, source, owner, target));
  for (const [source, target] of mapping) if (valueOf(producer, source) !== undefined) copy(source, target);
  return together([...mapping].map(([source, target]) => events.subscribeSensor(producer.id, source, () => copy(source, target))));
}

function copyAll({ adjunct, owner }: Settings, producer: Entity, excluded: ReadonlySet<string>): () => void {
  const copy = (name: string): void => {
    if (!excluded.has(name)) computing(adjunct, () => copySensor(producer, name, owner, name));
  };
  for (const name of [...producer.sensorValues().keys()]) copy(name);
  return producer.management.events.subscribeEntity(producer.id, (event) => {
    if (event.kind === "sensor") copy(event.name);
  });
}
