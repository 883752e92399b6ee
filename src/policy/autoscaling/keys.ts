import { configKey, type ConfigKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";

const LARGEST = 2 ** 31 - 1;

const reconfigurable = <T>(name: string, type: ConfigKey<T>["type"], description: string, defaultValue: T): ConfigKey<T> & { readonly defaultValue: T } =>
  configKey(`autoscaler.${name}`, type, description, { flag: name, reconfigurable: true, defaultValue });

/** Keys of Brooklyn's AutoScalerPolicy (reference, A.6). */
export const METRIC = configKey("autoscaler.metric", types.sensorRef, "The sensor, a number per member, to keep within the bounds", { flag: "metric" });
export const ENTITY_WITH_METRIC = configKey("autoscaler.entityWithMetric", types.entity, "The entity with the metric; the policy's own when unset", { flag: "entityWithMetric" });
export const METRIC_LOWER_BOUND = configKey("autoscaler.metricLowerBound", types.number, "Below this the pool shrinks", { flag: "metricLowerBound", reconfigurable: true });
export const METRIC_UPPER_BOUND = configKey("autoscaler.metricUpperBound", types.number, "Above this the pool grows", { flag: "metricUpperBound", reconfigurable: true });
export const MIN_POOL_SIZE = reconfigurable("minPoolSize", types.integer, "The pool is never made smaller than this, and is made this large", 1);
export const MAX_POOL_SIZE = reconfigurable("maxPoolSize", types.integer, "The pool is never made larger than this, and is made this small", LARGEST);
export const UP_INCREMENT = reconfigurable("resizeUpIterationIncrement", types.integer, "The pool grows by multiples of this", 1);
export const UP_MAX = reconfigurable("resizeUpIterationMax", types.integer, "The most that the pool grows at once", LARGEST);
export const DOWN_INCREMENT = reconfigurable("resizeDownIterationIncrement", types.integer, "The pool shrinks by multiples of this", 1);
export const DOWN_MAX = reconfigurable("resizeDownIterationMax", types.integer, "The most that the pool shrinks at once", LARGEST);
export const UP_DELAY = reconfigurable("resizeUpStabilizationDelay", types.duration, "How long the load must have been high before the pool grows", 0);
export const DOWN_DELAY = reconfigurable("resizeDownStabilizationDelay", types.duration, "How long the load must have been low before the pool shrinks", 0);
export const MIN_PERIOD = configKey("autoscaler.minPeriodBetweenExecs", types.duration, "The least time between two looks at the desired size", { flag: "minPeriodBetweenExecs", defaultValue: 100 });
/** Stored: it holds after a restart of the server. */
export const HIGH_WATER_MARK = configKey("autoscaler.insufficientCapacityHighWaterMark", types.integer, "Size above which there was no capacity: set when a resize fails for want of it; unset it to try again", { reconfigurable: true });
export const POOL_HOT = configKey("autoscaler.poolHotSensor", types.sensorRef, "Notification that the pool has too much to do", { flag: "poolHotSensor", defaultValue: "resizablepool.hot" });
export const POOL_COLD = configKey("autoscaler.poolColdSensor", types.sensorRef, "Notification that the pool has too little to do", { flag: "poolColdSensor", defaultValue: "resizablepool.cold" });
/** Named like that of the cold pool in Brooklyn too; as there, such a notification means cold. */
export const POOL_OK = configKey("autoscaler.poolOkSensor", types.sensorRef, "Notification that the pool is right", { flag: "poolOkSensor", defaultValue: "resizablepool.cold" });
export const MAX_SIZE_REACHED = configKey("autoscaler.maxSizeReachedSensor", types.sensorRef, "Notification sent when the pool should be larger than it may be", { flag: "maxSizeReachedSensor", defaultValue: "resizablepool.maxSizeReached" });
export const MAX_REACHED_DELAY = configKey("autoscaler.maxReachedNotificationDelay", types.duration, "How long it must have been so before that is sent", { flag: "maxReachedNotificationDelay", defaultValue: 0 });
export const DRY_RUN = configKey("autoscaler.dryRun", types.boolean, "Whether decisions are only recorded, as highlights, and nothing is resized", { flag: "dryRun", reconfigurable: true, defaultValue: false });

export const autoScalerKeys = [
  METRIC, ENTITY_WITH_METRIC, METRIC_LOWER_BOUND, METRIC_UPPER_BOUND, MIN_POOL_SIZE, MAX_POOL_SIZE, UP_INCREMENT, UP_MAX, DOWN_INCREMENT, DOWN_MAX, UP_DELAY, DOWN_DELAY,
  MIN_PERIOD, HIGH_WATER_MARK, POOL_HOT, POOL_COLD, POOL_OK, MAX_SIZE_REACHED, MAX_REACHED_DELAY, DRY_RUN,
] as const;
