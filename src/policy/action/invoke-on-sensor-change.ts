import { configKey } from "../../model/config-key.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { policy } from "../policy-type.ts";
import { EFFECTOR, EFFECTOR_ARGUMENTS, EffectorCalls } from "./effector-call.ts";

export const SENSOR = configKey("sensor", types.sensorRef, "The sensor whose change is answered");
export const SENSOR_PRODUCER = configKey("sensor.producer", types.entity, "The entity with the sensor; the policy's own when unset", { flag: "sensorProducer", aliases: ["producer"] });
export const IS_BUSY_SENSOR = configKey("isBusySensor", types.sensorRef, "A sensor that is true while a call is made or kept");

/** Changes while a call runs lead to one more call, after it. */
export const invokeEffectorOnSensorChange = policy({
  name: "InvokeEffectorOnSensorChange",
  displayName: "Invoke Effector on Sensor Change",
  description: "Invokes an effector when a sensor changes",
  config: [SENSOR, SENSOR_PRODUCER, EFFECTOR, EFFECTOR_ARGUMENTS, IS_BUSY_SENSOR],
  unresolved: [EFFECTOR_ARGUMENTS],
  begin: (settings) => {
    const { owner } = settings;
    const [name, effector] = [settings.require(SENSOR), settings.require(EFFECTOR)];
    const producer = settings.entity(SENSOR_PRODUCER);
    const busy = settings.get(IS_BUSY_SENSOR);
    const setBusy = (isBusy: boolean): void => {
      if (busy !== undefined && owner.isManaged) owner.set(owner.sensor(busy) ?? sensor(busy, types.boolean, "Whether an effector is being invoked by a policy", { transient: true }), isBusy);
    };
    const calls = new EffectorCalls(settings, { whileBusy: "once-more", afterwards: () => setBusy(false) });
    calls.check(effector);
    setBusy(false);
    const stop = producer.management.events.subscribeSensor(producer.id, name, () => {
      if (calls.call(effector, settings.get(EFFECTOR_ARGUMENTS), `${name} of ${producer.displayName} changed`)) setBusy(true);
    });
    return () => {
      stop();
      calls.stop();
    };
  },
});
