import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { computing, stockEnricher } from "../enricher-type.ts";
import { transformationType } from "../functions.ts";
import { PRODUCER, SOURCE_SENSOR, TARGET_SENSOR } from "../keys.ts";
import { publish, valueOf } from "../sensors.ts";
import { watchSensors } from "../watch.ts";

export const TARGET_VALUE = configKey("enricher.targetValue", types.json, "The value to publish; $brooklyn: expressions in it are resolved whenever a trigger changes", { flag: "targetValue" });
export const TRANSFORM = configKey("enricher.transformation", transformationType, "A function of the source sensor's value", { flag: "transformation" });
export const TRANSFORM_EVENT = configKey("enricher.transformation.fromevent", transformationType, "A function of the change of the source sensor; it is given the new value", { flag: "transformationFromEvent" });
export const TRIGGER_SENSORS = configKey("enricher.triggerSensors", types.list(types.sensorRef), "Sensors whose change has the target computed anew", { flag: "triggerSensors" });
export const ALLOW_CYCLIC = configKey("enricher.allowCyclicPublishing", types.boolean, "Whether the target may be the source itself", { flag: "allowCyclicPublishing", defaultValue: false });
export const TARGET_TYPE = configKey("enricher.targetType", types.string, "Type of the target, when the entity does not declare it", { flag: "targetType" });

export const transformer = stockEnricher({
  name: "Transformer",
  displayName: "Transformer",
  description: "Computes a sensor from another one, or from an expression",
  config: [PRODUCER, SOURCE_SENSOR, TARGET_SENSOR, TARGET_VALUE, TRANSFORM, TRANSFORM_EVENT, TRIGGER_SENSORS, ALLOW_CYCLIC, TARGET_TYPE],
  unresolved: [TARGET_VALUE],
  begin: (settings) => {
    const producer = settings.entity(PRODUCER);
    const source = settings.get(SOURCE_SENSOR);
    const target = settings.require(TARGET_SENSOR);
    const triggers = [...(source === undefined ? [] : [source]), ...(settings.get(TRIGGER_SENSORS) ?? [])];
    if (producer === settings.owner && triggers.includes(target) && !settings.get(ALLOW_CYCLIC)) {
      throw new ClockerError("invalid-value", `Cannot begin "${settings.adjunct.displayName}" on "${settings.owner.displayName}": sensor "${target}" would be computed from itself`, { remedy: `Set "${ALLOW_CYCLIC.name}" when that is meant` });
    }
    declareTarget(settings, target);
    return settings.adjunct.config[TARGET_VALUE.name] === undefined ? transforming(settings, source, target) : evaluating(settings, triggers, target);
  },
});

/** Makes a sensor that the entity does not declare, of the wanted type. */
function declareTarget(settings: Settings, target: string): void {
  const { owner } = settings;
  const name = settings.get(TARGET_TYPE);
  if (name === undefined || owner.sensor(target) !== undefined) return;
  const type = owner.management.types.valueType(name);
  if (type === undefined) throw new ClockerError("unknown-type", `Cannot begin "${settings.adjunct.displayName}" on "${owner.displayName}": there is no type "${name}"`);
  owner.dynamicSensors.set(target, { name: target, type, description: "Computed by an enricher", transient: false });
}

function transforming(settings: Settings, source: string | undefined, target: string): () => void {
  const { adjunct, owner } = settings;
  const transform = settings.get(TRANSFORM_EVENT) ?? settings.get(TRANSFORM);
  const name = source ?? settings.require(SOURCE_SENSOR);
  if (transform === undefined) throw new ClockerError("invalid-value", `"${adjunct.displayName}" on "${owner.displayName}" needs "${TARGET_VALUE.name}" or "${TRANSFORM.name}"`);
  const producer = settings.entity(PRODUCER);
  let isPublishing = false;
  return watchSensors(producer, [name, ...(settings.get(TRIGGER_SENSORS) ?? [])], () => {
    // Its own change of a sensor that it also reads.
    if (isPublishing) return;
    isPublishing = true;
    computing(adjunct, () => publish(owner, target, transform(valueOf(producer, name))));
    isPublishing = false;
  });
}

/** Resolves the target's expression at each trigger, without waiting: what is not ready leaves the target as it is. */
function evaluating(settings: Settings, triggers: readonly string[], target: string): () => void {
  const { adjunct, owner } = settings;
  let isStopped = false;
  let runs = 0;
  const evaluate = async (): Promise<void> => {
    const run = ++runs;
    const value = await owner.management.resolve(adjunct.config[TARGET_VALUE.name], owner, undefined);
    // A later trigger has the later value.
    if (isStopped || run !== runs || value === undefined) return;
    computing(adjunct, () => publish(owner, target, value));
  };
  const update = (): void => void evaluate().catch((error: unknown) => adjunct.highlight("lastError", messageOf(error)));
  const stop = watchSensors(settings.entity(PRODUCER), triggers, update);
  if (triggers.length === 0) update();
  return () => {
    isStopped = true;
    stop();
  };
}
