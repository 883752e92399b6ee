import type { InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { concurrencyLimitJson } from "../process/concurrency-limit.ts";
import { declare, NAME, resolved } from "./sensor-keys.ts";

const MOST = configKey("latch.concurrency.max", types.integer, "How many may be behind the latch at a time", { defaultValue: 2_147_483_647 });

/**
 * Brooklyn's `MaxConcurrencySensor`: a value for latches. Entities whose latch it is (`launch.latch: $brooklyn:parent().attributeWhenReady("NAME")`) pass
 * it so many at a time, and leave it when what the latch guards has ended.
 */
export const maxConcurrencySensor: InitializerType = {
  name: "org.apache.brooklyn.core.sensor.MaxConcurrencySensor",
  displayName: "Max-concurrency sensor",
  description: "Adds a sensor that, as the value of latches, lets only so many entities through at a time",
  aliases: ["max-concurrency-sensor"],
  config: [NAME, MOST],
  apply: (entity, config) => {
    const name = config.get(NAME);
    if (name === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": MaxConcurrencySensor needs a name for its sensor`, { remedy: 'Give "name" in its brooklyn.config' });
    const target = declare(entity, name, "map", "Lets only so many entities through a latch at a time");
    const publish = (most: number): void => {
      if (most < 1) throw new ClockerError("invalid-value", `Cannot initialize "${entity.displayName}": "${MOST.name}" of sensor "${name}" must be at least 1, not ${most}`);
      entity.set(target, concurrencyLimitJson({ id: `${entity.id}/${name}`, most }));
    };
    if (!entity.management.isDeferred(config.raw[MOST.name])) return publish(config.get(MOST));
    const cancel = entity.management.clock.after(0, () => {
      if (entity.isManaged) entity.management.submit(entity, `sensor ${name}`, async (work) => publish((await resolved(entity, config, MOST, work)) ?? MOST.defaultValue), { tags: ["TRANSIENT", "SENSOR"] });
    });
    entity.addWatch(cancel);
  },
};
