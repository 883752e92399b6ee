import { configKey } from "../model/config-key.ts";
import { types } from "../model/types/index.ts";

/** Keys that most enrichers have (Brooklyn's `AbstractEnricher` and `Enrichers`). */
export const PRODUCER = configKey("enricher.producer", types.entity, "The entity that has the source sensors; the enricher's own when unset", { flag: "producer" });
export const SOURCE_SENSOR = configKey("enricher.sourceSensor", types.sensorRef, "The sensor that is read", { flag: "sourceSensor", aliases: ["fromSensor", "source"] });
export const SOURCE_SENSORS = configKey("enricher.sourceSensors", types.list(types.sensorRef), "The sensors that are read", { flag: "sourceSensors", aliases: ["fromSensors"] });
export const TARGET_SENSOR = configKey("enricher.targetSensor", types.sensorRef, "The sensor that is set on the enricher's entity", { flag: "targetSensor", aliases: ["target"] });
/** Taken, and without effect: a sensor never changes to a value that it has. */
export const SUPPRESS_DUPLICATES = configKey("enricher.suppressDuplicates", types.boolean, "Whether a value equal to the last one is not published again; it never is", { flag: "suppressDuplicates" });
