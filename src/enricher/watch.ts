import type { Entity } from "../model/entity.ts";
import { together } from "../model/follow-entities.ts";
import { valueOf } from "./sensors.ts";

/** Calls `onChange` at once when any of the sensors has a value, and whenever one changes. Returns the way to stop. */
export function watchSensors(producer: Entity, names: readonly string[], onChange: (name: string) => void): () => void {
  const { events } = producer.management;
  const stop = together([...new Set(names)].map((name) => events.subscribeSensor(producer.id, name, () => onChange(name))));
  const first = names.find((name) => valueOf(producer, name) !== undefined);
  if (first !== undefined) onChange(first);
  return stop;
}
