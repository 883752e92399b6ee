import { configKey } from "../../model/config-key.ts";
import { effector } from "../../model/effector.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { startableBase, starting } from "./application.ts";
import { optionalChild } from "./optional-child.ts";
import { LOCATIONS_PARAMETER, settle, startChildren } from "./startable.ts";

export const CONDITIONAL_SPEC = configKey("conditional.entity.spec", types.entitySpec, "What the child is made from", { flag: "entitySpec", inherited: false });
export const CREATE = configKey("conditional.entity.create", types.boolean, "Whether the child is made", { flag: "create", inherited: false });
export const PROPAGATE = configKey("conditional.entity.propagate", types.boolean, "Whether sensors of the child are copied", { flag: "propagateSensors", defaultValue: true, inherited: false });
export const PROPAGATED = configKey("conditional.entity.sensors", types.list(types.sensorRef), "The sensors to copy; all usual ones when empty", { flag: "sensorsToPropagate", defaultValue: [], inherited: false });
export const CREATED = sensor("conditional.entity.create", types.boolean, "Whether the child was made");
export const CONDITIONAL_ENTITY = sensor("conditional.entity", types.json, "The child that was made");

/** Brooklyn's `ConditionalEntity`: a child that is there or not, as a config value says when it starts. */
export const conditionalEntity = defineEntityType({
  name: "org.apache.brooklyn.entity.stock.ConditionalEntity",
  displayName: "Conditional Entity",
  description: "An entity with a child only when a config value says so",
  extends: [startableBase],
  config: [CONDITIONAL_SPEC, CREATE, PROPAGATE, PROPAGATED],
  sensors: [CREATED, CONDITIONAL_ENTITY],
  effectors: [
    effector(
      "start",
      "Makes the child, if it is to be there, and starts it",
      ({ entity, parameters, work }) =>
        starting(entity, async () => {
          settle(entity, parameters["locations"]);
          const isWanted = (await entity.config.get(CREATE, work)) === true;
          entity.set(CREATED, isWanted);
          if (isWanted) {
            const spec = await entity.config.get(CONDITIONAL_SPEC, work);
            const sensors = (await entity.config.get(PROPAGATE, work)) ? await entity.config.get(PROPAGATED, work) : undefined;
            await optionalChild(entity, { key: CONDITIONAL_SPEC.name, spec, reference: CONDITIONAL_ENTITY, sensors });
          }
          await startChildren(entity, work);
        }),
      { parameters: [LOCATIONS_PARAMETER] },
    ),
  ],
});
