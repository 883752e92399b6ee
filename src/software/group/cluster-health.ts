import type { Entity } from "../../model/entity.ts";
import { SERVICE_STATE, SERVICE_UP } from "../stock/attributes.ts";
import { DerivedHealth, quorumOf } from "../stock/children-health.ts";
import { followEntities } from "../../model/follow-entities.ts";
import { ALL_MEMBERS_UP, INITIAL_SIZE } from "./cluster-keys.ts";

/**
 * Keeps a cluster's health and `cluster.one_and_all.members.up` true to its members. As in Brooklyn one member must be up, unless it was made to
 * begin empty; `quorum.up` and `quorum.running` say otherwise.
 */
export function deriveHealthFromMembers(cluster: Entity, options: { mayBeEmpty: boolean }): void {
  const { events } = cluster.management;
  const mayBeEmpty = options.mayBeEmpty || cluster.config.peek(INITIAL_SIZE) === 0;
  const health = new DerivedHealth(cluster, "members", quorumOf(cluster, { name: mayBeEmpty ? "atLeastOneUnlessEmpty" : "atLeastOne" }));
  const judge = (): void => {
    const members = [...cluster.members.values()];
    cluster.set(ALL_MEMBERS_UP, cluster.get(SERVICE_STATE) === "RUNNING" && members.length > 0 && members.every((member) => member.get(SERVICE_UP) === true));
  };
  const watches = new Map<string, () => void>();
  const stop = followEntities(cluster, "members", {
    added: (member) => {
      health.watch(member);
      watches.set(member.id, events.subscribeSensor(member.id, SERVICE_UP.name, judge));
      judge();
    },
    removed: (member) => {
      health.unwatch(member);
      watches.get(member.id)?.();
      watches.delete(member.id);
      judge();
    },
  });
  health.update();
  judge();
  const unsubscribe = events.subscribeSensor(cluster.id, SERVICE_STATE.name, judge);
  cluster.addWatch(() => {
    stop();
    unsubscribe();
    watches.forEach((unwatch) => unwatch());
    health.close();
  });
}
