import { configKey } from "../../model/config-key.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { entityReference } from "../group/group.ts";
import { entityBase } from "./application.ts";

export const DELEGATE = configKey("delegate.entity", types.entity, "The entity that this one stands for", { flag: "delegateEntity", inherited: false });
export const DELEGATE_SENSOR = sensor("delegate.entity", types.json, "The entity that this one stands for");

/** Brooklyn's `DelegateEntity`: stands for another, in another place of the tree. */
export const delegateEntity = defineEntityType({
  name: "org.apache.brooklyn.entity.stock.DelegateEntity",
  displayName: "Delegate",
  description: "An entity that stands for another one",
  extends: [entityBase],
  config: [DELEGATE],
  sensors: [DELEGATE_SENSOR],
  effectors: [effector("refresh", "Looks again which entity this one stands for", ({ entity, work }) => publish(entity, work))],
  hooks: {
    manage: (entity) => {
      if (entity.config.find(DELEGATE) !== undefined) entity.management.submit(entity, "find the delegate", (work) => publish(entity, work), { tags: ["TRANSIENT"] });
    },
  },
});

async function publish(entity: Entity, work: Work): Promise<void> {
  const reference = await entity.config.get(DELEGATE, work);
  const other = reference === undefined ? undefined : entity.management.entity(reference.id);
  entity.set(DELEGATE_SENSOR, other === undefined ? undefined : entityReference(other));
}
