import type { Entity } from "./entity.ts";
import { messageOf, remedyOf } from "./errors.ts";
import { serviceState, type Lifecycle } from "./lifecycle.ts";
import type { Sensor } from "./sensor.ts";
import { SERVICE_NOT_UP_INDICATORS, SERVICE_PROBLEMS, SERVICE_STATE, SERVICE_STATE_EXPECTED, SERVICE_UP } from "./attributes.ts";

/** What the entity is meant to be from now on. */
export function setExpected(entity: Entity, state: Lifecycle): void {
  entity.set(SERVICE_STATE_EXPECTED, { state, at: entity.management.clock.now() });
  recompute(entity);
}

/** What is wrong, by cause; undefined clears the cause. A problem of an entity that should run puts it on fire. */
export function setProblem(entity: Entity, cause: string, problem: unknown): void {
  setEntry(entity, SERVICE_PROBLEMS, cause, problem);
}

/** Why the service is not up, by cause; undefined clears the cause. */
export function setNotUp(entity: Entity, cause: string, reason: unknown): void {
  setEntry(entity, SERVICE_NOT_UP_INDICATORS, cause, reason);
}

/** The cause of a problem that a start had because of the entity's children: gone when they are all up. */
export const START_OF_CHILDREN = "start-of-children";

/** What an earlier start or stop ended with does not count any more. */
export function forgetFailures(entity: Entity): void {
  for (const cause of ["start", "stop", START_OF_CHILDREN]) setProblem(entity, cause, undefined);
}

/** A failed start or stop (the cause): the entity is on fire with the reason and what to do about it. */
export function setFailed(entity: Entity, cause: string, error: unknown): void {
  const remedy = remedyOf(error);
  // The problem first: what waits for the entity to run must not see it running for a moment.
  setProblem(entity, cause, remedy === undefined ? messageOf(error) : `${messageOf(error)}. ${remedy}`);
  setExpected(entity, "RUNNING");
}

export function expectedState(entity: Entity): Lifecycle | undefined {
  return entity.get(SERVICE_STATE_EXPECTED)?.state;
}

/** Whether it was asked to stop, or is gone: nothing acts on it by itself any more. */
export function isStoppingOrStopped(entity: Entity): boolean {
  const expected = expectedState(entity);
  return !entity.isManaged || expected === "STOPPING" || expected === "STOPPED" || expected === "DESTROYED";
}

export function isUp(entity: Entity): boolean {
  return entity.get(SERVICE_UP) === true;
}

function setEntry(entity: Entity, sensor: Sensor<Record<string, unknown>>, cause: string, value: unknown): void {
  const entries = { ...entity.get(sensor) };
  if (value === undefined) delete entries[cause];
  else entries[cause] = value;
  entity.set(sensor, entries);
  recompute(entity);
}

/** The state that follows from what is expected and what is wrong, whatever is shown meanwhile. */
export function derivedState(entity: Entity): { isUp: boolean; state: Lifecycle } {
  return serviceState({
    expected: entity.get(SERVICE_STATE_EXPECTED),
    problems: entity.get(SERVICE_PROBLEMS) ?? {},
    notUpIndicators: entity.get(SERVICE_NOT_UP_INDICATORS) ?? {},
  });
}

/** Makes `service.isUp` and `service.state` true to their causes, after these were set by other means than the functions above. */
export function recompute(entity: Entity): void {
  const { isUp: up, state } = derivedState(entity);
  entity.set(SERVICE_UP, up);
  if (state === "ON_FIRE" && fireDelays.get(entity)?.() === true) return;
  entity.set(SERVICE_STATE, state);
}

const fireDelays = new WeakMap<Entity, () => boolean>();

/** While `isDelayed` says so, an entity does not change to on fire (`serviceOnFire.stabilizationDelay`). Returns the way to stop. */
export function delayFire(entity: Entity, isDelayed: () => boolean): () => void {
  fireDelays.set(entity, isDelayed);
  return () => {
    if (fireDelays.get(entity) === isDelayed) fireDelays.delete(entity);
    if (entity.isManaged) recompute(entity);
  };
}
