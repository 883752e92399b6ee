import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import type { Sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { Links, links, segment } from "./links.ts";
import { shownValue } from "./values.ts";

export const SensorSummary = z.object({ name: z.string(), type: z.string(), description: z.string().optional(), links: Links }).meta({ id: "SensorSummary" });
export type SensorSummary = z.infer<typeof SensorSummary>;

const URL_TYPES: ReadonlySet<string> = new Set([types.uri.name, types.url.name]);

/** A sensor as REST lists it; one that holds a URL has a link that opens it (reference, 2.4). */
export function sensorSummary(entity: Entity, sensor: Sensor): SensorSummary {
  const owner = links.entity(entity.application.id, entity.id);
  const self = `${owner}/sensors/${segment(sensor.name)}`;
  const open = URL_TYPES.has(sensor.type.name) ? sensorJson(entity, sensor.name) : undefined;
  return {
    name: sensor.name,
    type: sensor.type.name,
    ...(sensor.description === "" ? {} : { description: sensor.description }),
    links: {
      self,
      application: links.application(entity.application.id),
      entity: owner,
      "action:json": self,
      ...(typeof open === "string" ? { "action:open": open } : {}),
    },
  };
}

/** Declared and dynamic sensors, by name. */
export function sensorsOf(entity: Entity): Sensor[] {
  return [...new Map([...entity.type.sensors, ...entity.dynamicSensors]).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** How values are asked for: `raw` and without display hints what the server has, else what people read. */
export interface ValueHints {
  readonly raw?: boolean;
  readonly useDisplayHints?: boolean;
}

/** A sensor's value as JSON; undefined when it is not set. */
export function sensorJson(entity: Entity, name: string, hints: ValueHints = {}): unknown {
  const value = entity.sensorValue(name)?.value;
  const type = entity.sensor(name)?.type;
  const isBare = hints.raw === true || hints.useDisplayHints === false;
  // The one type of Brooklyn's that is shown in other words than it has.
  if (isBare && type?.name === types.transition.name && isTransition(value)) return { state: value.state, timestampUtc: value.at };
  return shownValue(name, value, type);
}

function isTransition(value: unknown): value is { state: string; at: number } {
  return typeof value === "object" && value !== null && "state" in value && "at" in value;
}

/** All sensors that have a value, by name. */
export function currentSensors(entity: Entity, accepts: (name: string) => boolean = () => true, hints: ValueHints = {}): Record<string, unknown> {
  const names = [...entity.sensorValues().keys()].filter((name) => accepts(name)).sort();
  return Object.fromEntries(names.map((name) => [name, sensorJson(entity, name, hints)] as const).filter(([, value]) => value !== undefined));
}
