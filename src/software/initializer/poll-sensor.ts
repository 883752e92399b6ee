import type { InitializerConfig } from "../../model/adjunct.ts";
import { type Condition, conditionType } from "../../model/condition.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import type { Sensor } from "../../model/sensor.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Work } from "../../model/work.ts";
import { pollWhileRunning } from "../feed/while-running.ts";
import { CONDITION, ONLY_IF_SERVICE_UP, PERIOD, publish, SKIP_INITIAL_RUN, TRIGGERS, VALUE_ON_ERROR } from "./sensor-keys.ts";

export interface PolledSensor {
  readonly entity: Entity;
  readonly config: InitializerConfig;
  readonly target: Sensor;
  /** Whether it needs the entity's machine, and so waits for one. */
  readonly needsMachine: boolean;
  /** Milliseconds that one reading may take. */
  readonly timeout?: number;
  /** @returns the value; undefined clears the sensor */
  readonly read: (work: Work) => Promise<unknown>;
}

/** Fills a sensor as an initializer's keys say: period, triggers, condition, what it has when reading fails (Brooklyn's `AbstractAddTriggerableSensor`). */
export function pollSensor({ entity, config, target, needsMachine, timeout, read }: PolledSensor): void {
  const holds = conditionOf(entity, config, `sensor "${target.name}"`);
  pollWhileRunning({
    entity,
    name: `sensor ${target.name}`,
    period: config.get(PERIOD),
    needsMachine,
    onlyIfServiceUp: config.get(ONLY_IF_SERVICE_UP),
    skipsFirst: config.get(SKIP_INITIAL_RUN),
    triggers: config.get(TRIGGERS),
    ...(timeout === undefined ? {} : { timeout }),
    poll: async (work) => {
      if (await holds(work)) publish(entity, target, await read(work));
      else work.log("Its condition does not hold: the value stays");
    },
    onSuccess: () => {},
    // What a sensor has while it cannot be read: as a former value may be wrong by now, nothing unless `value.on.error` says what.
    onFailure: () => publish(entity, target, config.get(VALUE_ON_ERROR)),
  });
}

/** The condition of a sensor, read at once, so that a mistake shows when the entity is made. @throws ClockerError `invalid-blueprint` */
export function conditionOf(entity: Entity, config: InitializerConfig, what: string): (work: Work) => Promise<boolean> {
  const raw = config.raw[CONDITION.name];
  if (raw === undefined) return async () => true;
  const read = (value: unknown): Condition => {
    try {
      return conditionType.coerce(value);
    } catch (cause) {
      if (!(cause instanceof CoercionError)) throw cause;
      throw new ClockerError("invalid-blueprint", `Cannot read the condition of ${what} of "${entity.displayName}": ${messageOf(cause)}`, { cause });
    }
  };
  if (!entity.management.isDeferred(raw)) {
    const condition = read(raw);
    return async () => condition(entity, entity);
  }
  return async (work) => read(await entity.management.resolve(raw, entity, work))(entity, entity);
}
