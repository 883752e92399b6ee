import type { Entity } from "../../../model/entity.ts";
import { ClockerError } from "../../../model/errors.ts";
import { inParallel, type Work } from "../../../model/work.ts";
import { MAX_SIZE } from "../../../software/group/cluster-keys.ts";
import { grow, quarantineOf, removeMember } from "../../../software/group/cluster-members.ts";
import { zoneOf } from "../../../software/group/cluster-zones.ts";
import { alone } from "../../../software/group/dynamic-cluster.ts";
import type { PlanNode } from "../plan-node.ts";
import { isMeantToRun, passGate } from "./gate.ts";
import { type ChangeContext, nothing, type Operation } from "./operation.ts";
import { remove } from "./replace.ts";

type Zones = Parameters<typeof grow>[3];

/**
 * Makes members of a cluster anew, some at a time, and gives it its size. Each member is removed only when its successor is up, and has stayed
 * so, unless both can't be at once: there are never fewer healthy ones than before, or than before less those that are being replaced.
 */
export class ClusterChange implements Operation {
  readonly title: string;
  readonly entity: Entity;
  readonly #context: ChangeContext;
  readonly #outdated: readonly Entity[];
  readonly #size: PlanNode["size"];
  readonly #order: PlanNode["order"];
  readonly #membersBefore: ReadonlySet<string>;
  readonly #asideBefore: ReadonlySet<string> | undefined;
  readonly finish = nothing;
  readonly finishUndo = nothing;

  constructor(context: ChangeContext, cluster: Entity, { outdated, size, order }: Pick<PlanNode, "outdated" | "size" | "order">) {
    const roll = outdated.length === 0 ? [] : [`replace ${outdated.length} ${outdated.length === 1 ? "member" : "members"} of ${cluster.displayName}`];
    this.title = [...roll, ...(size === undefined ? [] : [`resize ${cluster.displayName} from ${size.from} to ${size.to}`])].join(", ");
    this.entity = cluster;
    this.#context = context;
    this.#outdated = outdated;
    this.#size = size;
    this.#order = order;
    this.#membersBefore = new Set(cluster.members.keys());
    const group = quarantineOf(cluster);
    this.#asideBefore = group === undefined ? undefined : new Set(group.members.keys());
  }

  async run(work: Work): Promise<void> {
    const cluster = this.entity;
    if (!isMeantToRun(cluster)) return work.log(`"${cluster.displayName}" does not run: its members are made when it is started`);
    const left = this.#outdated.filter((member) => cluster.members.has(member.id));
    for (const [batch, title] of batches(left, this.#context.parallel)) {
      work.signal.throwIfAborted();
      await work.step(title, (step) => alone(cluster, step, () => this.#replace(batch, step)));
    }
    if (this.#size === undefined) return;
    const known = new Set(cluster.members.keys());
    await cluster.invoke("resize", { desiredSize: this.#size.to }, work);
    await this.#passGate([...cluster.members.values()].filter((member) => !known.has(member.id)), work);
  }

  /** With its config put back: what was made since goes, and as many as there were are there again. */
  async undo(work: Work): Promise<void> {
    const cluster = this.entity;
    await this.#emptyQuarantine(work);
    const strange = [...cluster.members.values()].filter((member) => !this.#membersBefore.has(member.id));
    let missing = this.#membersBefore.size - (cluster.members.size - strange.length);
    if (!isMeantToRun(cluster)) return;
    while (missing > 0) {
      const count = Math.min(missing, this.#context.parallel);
      await alone(cluster, work, () => this.#grow(count, work));
      missing -= count;
      await this.#removeAll(strange.splice(0, count), work);
    }
    await this.#removeAll(strange, work);
  }

  async #replace(batch: readonly Entity[], work: Work): Promise<void> {
    const cluster = this.entity;
    const members = batch.filter((member) => cluster.members.has(member.id));
    const max = cluster.config.peek(MAX_SIZE);
    const fits = max < 0 || cluster.members.size + members.length <= max;
    const zones = members.flatMap((member) => zoneOf(cluster, member) ?? []).map((zone) => ({ zone }));
    const places = zones.length === members.length && zones.length > 0 ? zones : undefined;
    const startsFirst = this.#order === "start-first" && fits;
    if (!startsFirst) await this.#removeAll(members, work);
    await this.#grow(members.length, work, places);
    if (startsFirst) await this.#removeAll(members, work);
  }

  async #grow(count: number, work: Work, places?: Zones): Promise<void> {
    if (count === 0) return;
    const cluster = this.entity;
    const { started, failures } = await grow(cluster, count, work, places);
    if (failures.length > 0) throw new ClockerError("start-failed", `${failures.length} of ${count} new members of "${cluster.displayName}" failed to start`, { cause: failures[0] });
    await this.#passGate(started, work);
  }

  async #removeAll(members: readonly Entity[], work: Work): Promise<void> {
    await inParallel(members, (member) => removeMember(this.entity, member, work));
  }

  async #passGate(members: readonly Entity[], work: Work): Promise<void> {
    await inParallel(members, (member) => passGate(member, this.#context.gate, work));
  }

  /** Members that failed because of the change are not kept aside: what was wrong with them is told by the change. */
  async #emptyQuarantine(work: Work): Promise<void> {
    const group = quarantineOf(this.entity);
    for (const member of [...(group?.members.values() ?? [])]) if (this.#asideBefore?.has(member.id) !== true) await remove(this.#context.plane, member, work);
    if (group !== undefined && this.#asideBefore === undefined && group.members.size === 0) this.#context.plane.unmanage(group);
  }
}

function* batches(members: readonly Entity[], size: number): Generator<[Entity[], string]> {
  for (let at = 0; at < members.length; at += size) {
    const batch = members.slice(at, at + size);
    yield [batch, `${batch.length === 1 ? `member ${at + 1}` : `members ${at + 1} to ${at + batch.length}`} of ${members.length}`];
  }
}
