import type { InitializerConfig, InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Submitted } from "../../model/management.ts";
import type { Sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { SERVICE_STATE_EXPECTED } from "../stock/attributes.ts";
import { expectedState } from "../stock/service-state.ts";
import { conditionOf } from "./poll-sensor.ts";
import { CONDITION, declareSensor, publish, resolved, sensorKeys } from "./sensor-keys.ts";

const VALUE = configKey("static.value", types.json, "The value, which may be a $brooklyn: expression");
const TIMEOUT = configKey("static.timeout", types.duration, "How long to wait for the value", { defaultValue: Infinity });

/**
 * Brooklyn's `StaticSensor`: a sensor with a given value. One that is an expression is worked out when it can be, again each time the entity starts
 * (it may then be on another machine), and is cleared while the entity is stopped; likewise one with a condition, when that holds.
 */
export const staticSensor: InitializerType = {
  name: "org.apache.brooklyn.core.sensor.StaticSensor",
  displayName: "Static sensor",
  description: "Adds a sensor with a given value",
  aliases: ["brooklyn.entity.software.StaticSensor", "static-sensor"],
  config: [...sensorKeys, VALUE, TIMEOUT, CONDITION],
  apply: (entity, config) => {
    const target = declareSensor(entity, config, "StaticSensor");
    const raw = config.raw[VALUE.name];
    const holds = conditionOf(entity, config, `sensor "${target.name}"`);
    if (!entity.management.isDeferred(raw) && config.raw[CONDITION.name] === undefined) return publish(entity, target, raw);
    followStarts(entity, config, target, holds);
  },
};

function followStarts(entity: Entity, config: InitializerConfig, target: Sensor, holds: (work: Work) => Promise<boolean>): void {
  const { clock, events } = entity.management;
  let current: Submitted<void> | undefined;
  const cancel = (): void => current?.task.cancel(new ClockerError("cancelled", `The value of "${target.name}" is not needed any more`));
  const workOut = (): void => {
    cancel();
    current = submitValue(entity, config, target, holds);
  };
  const stop = events.subscribeSensor(entity.id, SERVICE_STATE_EXPECTED.name, () => {
    const expected = expectedState(entity);
    if (expected === "STARTING") workOut();
    if (expected !== "STOPPED") return;
    cancel();
    entity.set(target, undefined);
  });
  // Not now: the entity, and after a restart the others that the value may name, are still being made.
  const cancelFirst = clock.after(0, () => {
    if (entity.isManaged && expectedState(entity) !== "STOPPED" && entity.sensorValue(target.name) === undefined) workOut();
  });
  entity.addWatch(() => {
    stop();
    cancelFirst();
    cancel();
  });
}

function submitValue(entity: Entity, config: InitializerConfig, target: Sensor, holds: (work: Work) => Promise<boolean>): Submitted<void> {
  const { clock } = entity.management;
  const submitted = entity.management.submit(
    entity,
    `sensor ${target.name}`,
    async (work) => {
      if (!(await holds(work))) return work.log("Its condition does not hold: it gets no value");
      work.waitFor(`the value of "${target.name}"`);
      publish(entity, target, await resolved(entity, config, VALUE, work));
    },
    { tags: ["TRANSIENT", "SENSOR"] },
  );
  const timeout = config.get(TIMEOUT);
  if (Number.isFinite(timeout)) {
    const cancelTimeout = clock.after(timeout, () => submitted.task.cancel(new ClockerError("timeout", `Cannot set sensor "${target.name}" of "${entity.displayName}": its value was not there in time`)));
    void submitted.task.ended.then(cancelTimeout);
  }
  return submitted;
}
