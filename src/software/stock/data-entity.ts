import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { startPolling } from "../../model/poll.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { effector } from "../../model/effector.ts";
import { startableBase, starting, stopping } from "./application.ts";
import { LOCATIONS_PARAMETER, settle, startChildren, stopChildren } from "./startable.ts";

export const SENSOR_VALUES = configKey("data.sensorSuppliers", types.json, "Values by sensor: $brooklyn: expressions are read anew with each poll", { flag: "sensorSuppliers", defaultValue: {}, inherited: false });
export const POLL_PERIOD = configKey("data.sensorpoll", types.integer, "Milliseconds between polls", { flag: "pollPeriod", defaultValue: 1_000, inherited: false });

/** Brooklyn's `DataEntity`: publishes values as sensors. Its suppliers are Java there; here they are `$brooklyn:` expressions and plain values. */
export const dataEntity = defineEntityType({
  name: "org.apache.brooklyn.entity.stock.DataEntity",
  displayName: "Data",
  description: "An entity that publishes values as sensors",
  extends: [startableBase],
  config: [SENSOR_VALUES, POLL_PERIOD],
  effectors: [
    effector(
      "start",
      "Begins to publish its values",
      ({ entity, parameters, work }) =>
        starting(entity, async () => {
          settle(entity, parameters["locations"]);
          await publish(entity);
          follow(entity);
          await startChildren(entity, work);
        }),
      { parameters: [LOCATIONS_PARAMETER] },
    ),
    effector("stop", "Stops publishing", ({ entity, work }) =>
      stopping(entity, async () => {
        entity.stopFeeds();
        await stopChildren(entity, work);
      }),
    ),
  ],
  hooks: {
    reconnect: async (entity) => {
      if (entity.sensorValue("service.state")?.value === "RUNNING") follow(entity);
    },
  },
});

function follow(entity: Entity): void {
  entity.stopFeeds();
  const period = entity.config.peek(POLL_PERIOD);
  // Values without expressions do not change.
  if (period <= 0 || !entity.management.isDeferred(entity.config.find(SENSOR_VALUES)?.raw)) return;
  const poll = startPolling({ entity, name: "publish values", period, delay: period, poll: () => publish(entity), onSuccess: () => {}, onFailure: () => {} });
  entity.addFeed(() => poll.stop());
}

/** What cannot be told yet is left as it is. */
async function publish(entity: Entity): Promise<void> {
  const found = entity.config.find(SENSOR_VALUES);
  const values: unknown = found?.raw;
  if (found === undefined || typeof values !== "object" || values === null) return;
  for (const [name, raw] of Object.entries(values)) {
    const value = await entity.management.resolve(raw, found.owner, undefined);
    if (value !== undefined && entity.isManaged) entity.set(entity.sensor(name) ?? sensor(name, types.json, ""), value);
  }
}
