import type { InitializerType } from "../../model/adjunct.ts";
import { ClockerError } from "../../model/errors.ts";
import { startPolling } from "../feed/poll.ts";
import { declare, NAME, PERIOD } from "./sensor-keys.ts";

/** Keys of Brooklyn's that hold Java code. */
const SUPPLIERS = ["duration.since.epochSupplier", "duration.since.timeSupplier"];

/** Brooklyn's `DurationSinceSensor`: the time since the sensor was added, which is kept as `NAME.epoch`. */
export const durationSinceSensor: InitializerType = {
  name: "org.apache.brooklyn.core.sensor.DurationSinceSensor",
  displayName: "Duration-since sensor",
  description: "Adds a sensor with the time since it was added, that is since the entity was made",
  aliases: ["duration-since-sensor"],
  config: [NAME, PERIOD],
  apply: (entity, config) => {
    const name = config.get(NAME);
    if (name === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": DurationSinceSensor needs a name for its sensor`, { remedy: 'Give "name" in its brooklyn.config' });
    const supplier = SUPPLIERS.find((key) => config.raw[key] !== undefined);
    if (supplier !== undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": "${supplier}" of DurationSinceSensor is Java code, which is not run`, { remedy: "Leave it out: the time is that since the entity was made; or use workflow-sensor" });
    const target = declare(entity, name, "duration", "The time since the sensor was added");
    // The entity's time of making is kept with it, and is the same after a restart.
    const { createdAt, management } = entity;
    entity.set(declare(entity, `${name}.epoch`, "timestamp", "The moment that the time counts from"), createdAt);
    const poll = startPolling({
      entity,
      name: `sensor ${name}`,
      period: config.get(PERIOD),
      poll: async () => management.clock.now() - createdAt,
      onSuccess: (value) => entity.set(target, value),
      onFailure: () => {},
    });
    entity.addWatch(() => poll.stop());
  },
};
