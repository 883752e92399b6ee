import { SERVICE_NOT_UP_INDICATORS, SERVICE_PROBLEMS, SERVICE_STATE_EXPECTED } from "../model/attributes.ts";
import type { Entity } from "../model/entity.ts";
import { ClockerError } from "../model/errors.ts";
import { sensor, type Sensor } from "../model/sensor.ts";
import { recompute } from "../model/service-state.ts";
import { types } from "../model/types/index.ts";
import { CoercionError } from "../model/value-type.ts";

/** Sensors from which `service.isUp` and `service.state` follow. */
const causes: ReadonlySet<string> = new Set([SERVICE_NOT_UP_INDICATORS.name, SERVICE_PROBLEMS.name, SERVICE_STATE_EXPECTED.name]);

export function valueOf(entity: Entity, name: string): unknown {
  return entity.sensorValue(name)?.value;
}

/**
 * Publishes what an enricher computed: coerced to the sensor's type; null and undefined clear it. A sensor that the entity does not declare
 * is made. What is computed into the causes of the service state takes effect on it.
 * @throws ClockerError `invalid-value` when it is not of the sensor's type
 */
export function publish(entity: Entity, name: string, value: unknown): void {
  if (!entity.isManaged) return;
  const target = entity.sensor(name) ?? sensor(name, types.json, "Computed by an enricher");
  entity.set(target, value === undefined || value === null ? undefined : coercedTo(target, value, entity));
  if (causes.has(name)) recompute(entity);
}

/** Copies a sensor as it is, under another name or not; one that the target does not declare gets the source's type. */
export function copySensor(from: Entity, name: string, to: Entity, targetName: string): void {
  const source = from.sensor(name);
  const value = valueOf(from, name);
  if (to.sensor(targetName) === undefined && source !== undefined) to.dynamicSensors.set(targetName, { ...source, name: targetName });
  publish(to, targetName, value === undefined ? undefined : (source?.type.toJson(value) ?? value));
}

function coercedTo(target: Sensor, value: unknown, entity: Entity): unknown {
  try {
    return target.type.coerce(value);
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
    throw new ClockerError("invalid-value", `Cannot publish sensor "${target.name}" of "${entity.displayName}": ${error.message}`, { cause: error });
  }
}

/** A number, also one written as text; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
