import type { InitializerConfig } from "../../model/adjunct.ts";
import { configKey, type ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { sensor, type Sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { CoercionError, show, type ValueType } from "../../model/value-type.ts";
import type { Work } from "../../model/work.ts";

/** Keys of initializers that add a sensor (Brooklyn's `AddSensorInitializer` and `AbstractAddTriggerableSensor`; reference, 8.3). */
export const NAME = configKey("name", types.string, "Name of the sensor", { aliases: ["sensor.name", "sensorName"], constraints: ["required"] });
export const TARGET_TYPE = configKey("targetType", types.string, "Type of the sensor's value", { aliases: ["sensor.type", "sensorType", "type"], defaultValue: "string" });
export const PERIOD = configKey("period", types.duration, "How often the value is read", { aliases: ["sensor.period"], defaultValue: 300_000 });
export const ONLY_IF_SERVICE_UP = configKey("onlyIfServiceUp", types.boolean, "Whether the value is read only while the service is up", { defaultValue: false });
export const SKIP_INITIAL_RUN = configKey("skip_initial_run", types.boolean, "Whether a period passes before the value is first read", { defaultValue: false });
export const SUPPRESS_DUPLICATES = configKey("suppressDuplicates", types.boolean, "Accepted: an equal value never makes an event", { defaultValue: true });
export const TRIGGERS = configKey("triggers", types.list(types.sensorRef), "Sensors of the entity whose changes have the value read at once", { defaultValue: [] });
export const CONDITION = configKey("condition", types.json, "A predicate on the entity: while it does not hold, the value is not read");
export const VALUE_ON_ERROR = configKey("value.on.error", types.json, "The value when reading fails; none when not set");

export const sensorKeys: readonly ConfigKey[] = [NAME, TARGET_TYPE];
export const pollKeys: readonly ConfigKey[] = [PERIOD, ONLY_IF_SERVICE_UP, SKIP_INITIAL_RUN, SUPPRESS_DUPLICATES, TRIGGERS, CONDITION, VALUE_ON_ERROR];

/** Declares the sensor that an initializer is configured to add. @throws ClockerError `invalid-blueprint`, `unknown-type` */
export function declareSensor(entity: Entity, config: InitializerConfig, initializer: string): Sensor {
  const name = config.get(NAME);
  if (name === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": ${initializer} needs a name for its sensor`, { remedy: 'Give "name" in its brooklyn.config' });
  return declare(entity, name, config.get(TARGET_TYPE), "");
}

/** Declares a sensor by the name of its type, so that a stored value comes back as it was. A sensor that the type has already stays. */
export function declare(entity: Entity, name: string, typeName: string, description: string): Sensor {
  const known = entity.type.sensors.get(name);
  if (known !== undefined) return known;
  const type: ValueType<unknown> | undefined = entity.management.types.valueType(typeName);
  if (type === undefined) throw new ClockerError("unknown-type", `Cannot add sensor "${name}" to "${entity.displayName}": there is no type "${typeName}"`);
  const declared = sensor(name, type, description);
  entity.dynamicSensors.set(name, declared);
  return declared;
}

/** Sets a sensor from what was read. @throws ClockerError `invalid-value` when it is not of the sensor's type */
export function publish(entity: Entity, target: Sensor, value: unknown): void {
  if (value === undefined || value === null) return entity.set(target, undefined);
  try {
    entity.set(target, target.type.coerce(value));
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
    throw new ClockerError("invalid-value", `Cannot set sensor "${target.name}" of "${entity.displayName}": ${show(value)} is not ${error.expected}`, { cause: error });
  }
}

/** A key's value with its `$brooklyn:` expressions resolved in the entity's scope, in the task that uses it. */
export async function resolved<T>(entity: Entity, config: InitializerConfig, key: ConfigKey<T>, work: Work): Promise<T | undefined> {
  const name = [key.name, ...key.aliases].find((candidate) => config.raw[candidate] !== undefined);
  if (name === undefined) return key.defaultValue;
  const value = await entity.management.resolve(config.raw[name], entity, work);
  return value === undefined || value === null ? key.defaultValue : entity.config.coerce(key, value);
}
