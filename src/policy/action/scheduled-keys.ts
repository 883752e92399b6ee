import type { Settings } from "../../model/adjunct-settings.ts";
import { SERVICE_UP } from "../../model/attributes.ts";
import { configKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";
import { nextTime } from "./timing.ts";

export const TIME = configKey("time", types.string, "Time of day of the first call, HH:mm:ss by the server's time zone");
export const WAIT = configKey("wait", types.duration, "Time until the first call, where no time of day is given");
export const START_SENSOR = configKey("start.sensor", types.sensorRef, "The schedule begins when this sensor is first true", { flag: "startSensor", defaultValue: SERVICE_UP.name });
export const ENABLED_SENSOR = configKey("enabled.sensor", types.sensorRef, "Nothing is called while this sensor is not true", { flag: "enabledSensor" });
/** Stored: a schedule that has begun goes on after a restart of the server. */
export const SCHEDULED = configKey("scheduled", types.list(types.long), "Times of calls in milliseconds since the epoch; set by the policy", { defaultValue: [] });
export const RUNNING = configKey("running", types.boolean, "Whether the schedule has begun; set by the policy", { defaultValue: false });

/** Milliseconds since the epoch; undefined when neither a time nor a wait is given. */
export function firstTime(settings: Settings): number | undefined {
  const now = settings.owner.management.clock.now();
  const [time, wait] = [settings.get(TIME), settings.get(WAIT)];
  if (time !== undefined) return nextTime(time, now);
  return wait === undefined ? undefined : now + Math.max(0, wait);
}

export function isEnabled(settings: Settings): boolean {
  const sensor = settings.get(ENABLED_SENSOR);
  return sensor === undefined || settings.owner.sensorValue(sensor)?.value === true;
}

/** Begins when the start sensor is true, or at once where it was so in an earlier run of the server. Returns the way to stop. */
export function whenStarted(settings: Settings, begin: () => void): () => void {
  const { owner, adjunct } = settings;
  const sensor = settings.get(START_SENSOR);
  let isBegun = settings.get(RUNNING);
  if (isBegun) begin();
  const look = (): void => {
    if (isBegun || owner.sensorValue(sensor)?.value !== true) return;
    isBegun = true;
    adjunct.remember(RUNNING, true);
    begin();
  };
  look();
  return owner.management.events.subscribeSensor(owner.id, sensor, look);
}
