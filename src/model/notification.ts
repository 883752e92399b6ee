import type { Entity } from "./entity.ts";
import { sensor, type Sensor } from "./sensor.ts";
import { types } from "./types/index.ts";

/** Brooklyn's `FailureDescriptor`, and when. */
export interface FailureDescriptor {
  /** What failed. */
  readonly component: { readonly id: string; readonly name: string };
  readonly description: string | null;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export function notificationSensor(name: string, description: string): Sensor {
  return sensor(name, types.json, description, { transient: true });
}

/**
 * Tells listeners of something that happened (Brooklyn's notification sensors): the sensor is set to what happened, so that it can be seen
 * later as well. The same thing again is told again: the sensor is cleared first. Listeners ignore the clearing, with `onNotification`.
 */
export function notify(entity: Entity, notification: Sensor, value: unknown): void {
  if (entity.sensorValue(notification.name) !== undefined) entity.set(notification, undefined);
  entity.set(notification, value);
}

/** Listens to a notification of an entity. Returns the way to stop. */
export function onNotification(entity: Entity, sensorName: string, listener: (value: unknown) => void): () => void {
  return entity.management.events.subscribeSensor(entity.id, sensorName, (event) => {
    if (event.value !== undefined && event.value !== null) listener(event.value);
  });
}

export function failureOf(entity: Entity, description: string | null): FailureDescriptor {
  return { component: { id: entity.id, name: entity.displayName }, description, time: entity.management.clock.now() };
}
