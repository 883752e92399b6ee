import { configKey } from "../../model/config-key.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { followEntities } from "../../model/follow-entities.ts";
import { startPolling } from "../../model/poll.ts";
import { sensor } from "../../model/sensor.ts";
import { entitySpec } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { BUCKET_EXPRESSION, BUCKET_FUNCTION, BUCKET_ID_EXPRESSION, BUCKET_WORKFLOW, bucketRule, filled, type BucketRule } from "./buckets.ts";
import { dynamicGroup } from "./dynamic-group.ts";
import { basicGroup, entityReference } from "./group.ts";

export const BUCKET_SPEC = configKey("brooklyn.multigroup.groupSpec", types.entitySpec, "What buckets are made from", { flag: "bucketSpec", inherited: false });
export const RESCAN_INTERVAL = configKey("brooklyn.multigroup.rescanInterval", types.integer, "Seconds between looks at all members; none when 0. Changes are followed without it", { flag: "rescanInterval", defaultValue: 0, inherited: false });
export const BUCKETS = sensor("brooklyn.multigroup.buckets", types.map(types.json), "The group of each bucket, by the bucket's name");

/**
 * Brooklyn's `DynamicMultiGroup`: puts its members into buckets, groups below it that come with the first and go with the last member. Members are
 * looked at when they come, when their record changes, and when a sensor changes that the rule names.
 */
export const dynamicMultiGroup = defineEntityType({
  name: "org.apache.brooklyn.entity.group.DynamicMultiGroup",
  displayName: "Dynamic Multi-Group",
  description: "Entities that meet a condition, in groups by a value of each",
  aliases: ["brooklyn.entity.group.DynamicMultiGroup", "brooklyn.entity.basic.DynamicMultiGroup"],
  extends: [dynamicGroup],
  config: [BUCKET_FUNCTION, BUCKET_EXPRESSION, BUCKET_WORKFLOW, BUCKET_ID_EXPRESSION, BUCKET_SPEC, RESCAN_INTERVAL],
  sensors: [BUCKETS],
  effectors: [effector("distributeEntities", "Puts all members into their buckets again", ({ entity, work }) => Distribution.of(entity).distribute([...entity.members.values()], work))],
  hooks: { manage: distributeMembers },
});

function distributeMembers(group: Entity): void {
  const distribution = Distribution.of(group);
  const { events } = group.management;
  const watches = new Map<string, () => void>();
  const unwatch = (member: Entity): void => {
    watches.get(member.id)?.();
    watches.delete(member.id);
  };
  group.addWatch(
    followEntities(group, "members", {
      added: (member) => {
        if (watches.has(member.id)) return;
        const look = (): void => distribution.lookAt(member);
        const stops = [events.subscribeEntity(member.id, (event) => event.kind === "entity-changed" && look()), ...[...distribution.rule.sensors].map((name) => events.subscribeSensor(member.id, name, look))];
        watches.set(member.id, () => stops.forEach((stop) => stop()));
        look();
      },
      removed: (member) => {
        unwatch(member);
        distribution.put(member, undefined);
      },
    }),
  );
  group.addWatch(() => watches.forEach((stop) => stop()));
  const period = group.config.peek(RESCAN_INTERVAL) * 1_000;
  if (period <= 0) return;
  const poll = startPolling({ entity: group, name: "rescan", period, delay: period, poll: (work) => distribution.distribute([...group.members.values()], work), onSuccess: () => {}, onFailure: () => {} });
  group.addWatch(() => poll.stop());
}

/** The buckets of one group, and the members that are to be looked at. */
class Distribution {
  readonly rule: BucketRule;
  readonly #group: Entity;
  readonly #bucketOf = new Map<string, string>();
  #due = new Set<Entity>();

  static of(group: Entity): Distribution {
    const known = distributions.get(group) ?? new Distribution(group);
    distributions.set(group, known);
    return known;
  }

  private constructor(group: Entity) {
    this.#group = group;
    const { config } = group;
    this.rule = bucketRule(group, { expression: config.peek(BUCKET_EXPRESSION), given: config.find(BUCKET_FUNCTION)?.raw, workflow: config.peek(BUCKET_WORKFLOW) });
    for (const [name, bucket] of this.#buckets()) for (const id of bucket.members.keys()) this.#bucketOf.set(id, name);
  }

  /** Soon, with all that change meanwhile. */
  lookAt(member: Entity): void {
    this.#due.add(member);
    if (this.#due.size > 1) return;
    this.#group.management.submit(
      this.#group,
      "distribute entities",
      async (work) => {
        const due = this.#due;
        this.#due = new Set();
        await this.distribute([...due], work);
      },
      { tags: ["TRANSIENT"] },
    );
  }

  async distribute(members: readonly Entity[], work: Work): Promise<void> {
    const idTemplate = this.#group.config.peek(BUCKET_ID_EXPRESSION);
    const spec = (await this.#group.config.get(BUCKET_SPEC, work)) ?? entitySpec(basicGroup.name);
    for (const member of members) {
      const name = await this.rule.bucketOf(member);
      const planId = name === undefined || idTemplate === undefined ? undefined : await filled(idTemplate, member);
      if (!this.#group.isManaged) return;
      const isMember = member.isManaged && this.#group.members.has(member.id);
      this.put(member, isMember ? name : undefined, () => this.#group.management.create({ ...spec, displayName: name ?? "", ...(planId === undefined ? {} : { planId }) }, this.#group));
    }
  }

  /** Puts a member into a bucket, out of the one it was in; a bucket that is left empty goes. */
  put(member: Entity, name: string | undefined, make?: () => Entity): void {
    const before = this.#bucketOf.get(member.id);
    if (before === name) return;
    const buckets = this.#buckets();
    if (name === undefined) this.#bucketOf.delete(member.id);
    else {
      const bucket = buckets.get(name) ?? make?.();
      if (bucket === undefined) return;
      buckets.set(name, bucket);
      this.#bucketOf.set(member.id, name);
      bucket.addMember(member);
    }
    const left = before === undefined ? undefined : buckets.get(before);
    if (left !== undefined && before !== undefined) {
      left.removeMember(member);
      if (left.members.size === 0) {
        buckets.delete(before);
        if (left.isManaged) left.management.unmanage(left);
      }
    }
    if (this.#group.isManaged) this.#group.set(BUCKETS, Object.fromEntries([...buckets].map(([each, bucket]) => [each, entityReference(bucket)])));
  }

  #buckets(): Map<string, Entity> {
    const { management } = this.#group;
    const buckets = new Map<string, Entity>();
    for (const [name, reference] of Object.entries(this.#group.get(BUCKETS) ?? {})) {
      const id = typeof reference === "object" && reference !== null && "id" in reference ? String(reference.id) : "";
      const bucket = management.entity(id);
      if (bucket !== undefined) buckets.set(name, bucket);
    }
    return buckets;
  }
}

const distributions = new WeakMap<Entity, Distribution>();
