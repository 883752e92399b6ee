import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { followEntities, together } from "../../model/follow-entities.ts";
import { types } from "../../model/types/index.ts";
import { computing, stockEnricher } from "../enricher-type.ts";
import { PRODUCER } from "../keys.ts";
import { copySensor, valueOf } from "../sensors.ts";

export const TO_MEMBERS = configKey("enricher.propagating.inclusions", types.list(types.sensorRef), "The sensors to copy to every member", { flag: "propagating" });

export const propagateToMembers = stockEnricher({
  name: "PropagateToMembers",
  displayName: "Propagator to Members",
  description: "Copies sensors of a group to its members",
  config: [PRODUCER, TO_MEMBERS],
  begin: (settings) => {
    const { adjunct, owner } = settings;
    const producer = settings.entity(PRODUCER);
    const names = settings.require(TO_MEMBERS);
    const copy = (name: string, member: Entity): void => {
      if (valueOf(producer, name) !== undefined) computing(adjunct, () => copySensor(producer, name, member, name));
    };
    return together([
      ...names.map((name) => producer.management.events.subscribeSensor(producer.id, name, () => owner.members.forEach((member) => copy(name, member)))),
      followEntities(owner, "members", { added: (member) => names.forEach((name) => copy(name, member)), removed: () => {} }),
    ]);
  },
});
