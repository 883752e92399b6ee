import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { followEntities } from "../../model/follow-entities.ts";
import { dynamicGroup } from "./dynamic-group.ts";
import { formatted, SEQUENCE_FORMAT, SEQUENCE_INCREMENT, SEQUENCE_START, SEQUENCE_STRING, SEQUENCE_VALUE } from "./sequence.ts";

export const SEQUENCE_NEXT = sensor("sequence.next", types.integer, "The value that the next member gets");
export const SEQUENCE_CACHE = sensor("sequence.cache", types.map(types.integer), "The value of each member, by its id");

/** Brooklyn's `SequenceGroup`: numbers its members as they come; a member that leaves and comes back has its number again. */
export const sequenceGroup = defineEntityType({
  name: "org.apache.brooklyn.entity.group.SequenceGroup",
  displayName: "Sequence Group",
  description: "Entities that meet a condition, each with a number of its own",
  aliases: ["org.apache.brooklyn.entity.stock.SequenceGroup"],
  extends: [dynamicGroup],
  config: [SEQUENCE_START, SEQUENCE_INCREMENT, SEQUENCE_FORMAT],
  sensors: [SEQUENCE_NEXT, SEQUENCE_CACHE],
  effectors: [
    effector("reset", "Begins the sequence again: members get new numbers", async ({ entity: group }) => {
      group.set(SEQUENCE_CACHE, {});
      group.set(SEQUENCE_NEXT, group.config.peek(SEQUENCE_START));
      for (const member of group.members.values()) number(group, member);
    }),
  ],
  hooks: { manage: numberMembers },
});

function numberMembers(group: Entity): void {
  const { events } = group.management;
  const watches = new Map<string, () => void>();
  const forget = (member: Entity): void => {
    const { [member.id]: _gone, ...rest } = group.get(SEQUENCE_CACHE) ?? {};
    group.set(SEQUENCE_CACHE, rest);
  };
  group.addWatch(
    followEntities(group, "members", {
      added: (member) => {
        number(group, member);
        if (watches.has(member.id)) return;
        // Kept while the entity lives, whether it is a member or not.
        const stop = events.subscribeEntity(member.id, (event) => {
          if (event.kind !== "entity-removed" || event.entity !== member) return;
          watches.get(member.id)?.();
          watches.delete(member.id);
          forget(member);
        });
        watches.set(member.id, stop);
      },
      removed: () => {},
    }),
  );
  group.addWatch(() => watches.forEach((stop) => stop()));
}

function number(group: Entity, member: Entity): void {
  const cache = group.get(SEQUENCE_CACHE) ?? {};
  const known = cache[member.id];
  const value = known ?? group.get(SEQUENCE_NEXT) ?? group.config.peek(SEQUENCE_START);
  const text = formatted(group, value);
  if (known === undefined) {
    group.set(SEQUENCE_CACHE, { ...cache, [member.id]: value });
    group.set(SEQUENCE_NEXT, value + group.config.peek(SEQUENCE_INCREMENT));
  }
  member.set(SEQUENCE_VALUE, value);
  member.set(SEQUENCE_STRING, text);
}
