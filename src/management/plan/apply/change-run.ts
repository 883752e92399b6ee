import { INFRASTRUCTURE } from "../../../docker/keys.ts";
import { usesOf } from "../../../blueprint/dsl/uses.ts";
import type { Entity } from "../../../model/entity.ts";
import { ClockerError, messageOf } from "../../../model/errors.ts";
import type { MadeFrom } from "../../../model/made-from.ts";
import type { Work } from "../../../model/work.ts";
import { atMost } from "../../../software/group/at-most.ts";
import type { Plane } from "../../plane.ts";
import { CLUSTER } from "../effect-of-key.ts";
import { madeFrom, ownSpec, record } from "../made-from.ts";
import { has, nameOf, nodesIn, type PlanNode } from "../plan-node.ts";
import { ClusterChange } from "./cluster-change.ts";
import type { GateOptions } from "./gate.ts";
import type { ChangeContext, Operation } from "./operation.ts";
import { remove, Replacement } from "./replace.ts";
import { setChange } from "./set-change.ts";
import { Addition, Resize, Restart } from "./simple-operations.ts";
import { Snapshot } from "./snapshot.ts";

export interface RunOptions {
  readonly gate: GateOptions;
  readonly parallel: number;
}

interface Planned {
  readonly node: PlanNode;
  readonly operation: Operation;
}

/**
 * One change of an application, from what runs to what a plan says: config first, then level by level what is added, replaced, restarted and
 * resized, at last what is removed. Every part knows its way back.
 */
export class ChangeRun {
  readonly #plane: Plane;
  readonly #root: PlanNode;
  readonly #context: ChangeContext;
  readonly #snapshots: Snapshot[] = [];
  /** Of entities that are being changed, what was noted of them before. */
  readonly #notes = new Map<Entity, MadeFrom | undefined>();
  /** In the order in which they were begun. */
  readonly #begun: Operation[] = [];
  #unfinished: Planned[] = [];
  readonly #left: string[] = [];

  constructor(plane: Plane, root: PlanNode, { gate, parallel }: RunOptions) {
    this.#plane = plane;
    this.#root = root;
    this.#context = { plane, gate, parallel, replaced: (old) => this.#tellAdjuncts(old) };
  }

  /** Notes, durably, what is going to be changed to what, so that a change that is cut off can be taken up again. */
  async begin(): Promise<void> {
    for (const { entity, spec, action, before } of nodesIn(this.#root)) {
      if (entity === undefined || spec === undefined || before === undefined || (action !== "change" && action !== "replace")) continue;
      this.#notes.set(entity, madeFrom(this.#plane, entity));
      record(this.#plane, entity, { spec: before, target: ownSpec(spec) });
    }
    await this.#plane.documents.flush();
  }

  /** Everything but what is to go. The first failure ends it: nothing more is begun. @throws ClockerError */
  async run(work: Work): Promise<void> {
    await work.step("change config", async (step) => this.#setAll(step));
    // What an earlier change left behind is in the way: lookups may find it.
    await this.#removeAll((node) => node.removalReason !== undefined, work);
    const planned = this.#operations();
    let hasFailed = false;
    for (const level of levelsOf(planned)) {
      await atMost(this.#context.parallel, level, async ({ node, operation }) => {
        if (hasFailed) return;
        try {
          work.signal.throwIfAborted();
          this.#begun.push(operation);
          await work.step(operation.title, (step) => operation.run(step), stepOf(operation));
          this.#unfinished.push({ node, operation });
        } catch (error) {
          hasFailed = true;
          throw error;
        }
      });
      await this.#finishUnused(planned, level, work);
    }
    for (const { entity, spec, action } of nodesIn(this.#root)) if (entity?.isManaged === true && spec !== undefined && action === "change") record(this.#plane, entity, { spec: ownSpec(spec) });
    await this.#plane.documents.flush();
  }

  /**
   * Removes what the blueprint has not any more. From here on there is no way back: what runs is what the blueprint says.
   * @returns what could not be removed
   */
  async removeGone(work: Work): Promise<string[]> {
    await this.#removeAll(() => true, work);
    return this.#left;
  }

  async #removeAll(isMeant: (node: PlanNode) => boolean, work: Work): Promise<void> {
    const gone = [...nodesIn(this.#root)].flatMap((node) => (node.action === "remove" && node.parent?.action !== "remove" && node.entity?.isManaged === true && isMeant(node) ? [node.entity] : []));
    await atMost(this.#context.parallel, gone, (entity) => this.#orLeave(() => remove(this.#plane, entity, work)));
  }

  /** What can't be removed stays in sight, and does not undo what was done. */
  async #orLeave(body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      this.#left.push(messageOf(error));
    }
  }

  /**
   * Makes everything as it was before. What fails is told, and the rest is done all the same.
   * @returns what could not be put back
   */
  async rollBack(work: Work): Promise<string[]> {
    const failures: string[] = [];
    const attempt = async (name: string, body: () => Promise<void>) => {
      try {
        await body();
      } catch (error) {
        failures.push(`${name}: ${messageOf(error)}`);
      }
    };
    await attempt("config", async () => this.#snapshots.toReversed().forEach((snapshot) => snapshot.restore()));
    for (const operation of this.#begun) await attempt(operation.title, () => work.step(`undo: ${operation.title}`, (step) => operation.undo(step), stepOf(operation)));
    for (const operation of this.#begun) await attempt(operation.title, () => operation.finishUndo(work));
    for (const [entity, made] of this.#notes) if (entity.isManaged && made !== undefined) record(this.#plane, entity, made);
    await attempt("store", () => this.#plane.documents.flush());
    return failures;
  }

  #setAll(work: Work): void {
    for (const node of nodesIn(this.#root)) {
      if (node.action !== "change" || node.entity === undefined) continue;
      for (const entity of has(node, "set") || has(node, "roll") ? [node.entity, ...holdersBelow(node)] : [node.entity]) this.#snapshots.push(new Snapshot(this.#plane, entity));
      setChange(this.#plane, node);
      work.log(`${node.entity.displayName}: ${node.differences.map(({ kind, key, change }) => `${kind} ${key} ${change}`).join(", ")}`);
    }
  }

  #operations(): Planned[] {
    const found: Planned[] = [];
    for (const node of nodesIn(this.#root)) {
      const operation = this.#operationOf(node);
      if (operation !== undefined) found.push({ node, operation });
    }
    return found;
  }

  #operationOf(node: PlanNode): Operation | undefined {
    const { entity, spec, action, parent } = node;
    if (spec === undefined) return undefined;
    if (action === "add") return parent?.action !== "add" && parent?.entity !== undefined ? new Addition(this.#context, spec, parent.entity, nameOf(node)) : undefined;
    if (entity === undefined) return undefined;
    if (action === "replace") return new Replacement(this.#context, entity, spec, node.order);
    if (action !== "change") return undefined;
    if (entity.is(CLUSTER)) return node.outdated.length > 0 || node.size !== undefined ? new ClusterChange(this.#context, entity, node) : undefined;
    if (node.size !== undefined && entity.is(INFRASTRUCTURE)) return new Resize(this.#context, entity, node.size);
    return has(node, "restart") ? new Restart(this.#context, entity) : undefined;
  }

  /** What was replaced goes when nothing that is still to change uses it. */
  async #finishUnused(planned: readonly Planned[], level: readonly Planned[], work: Work): Promise<void> {
    const after = planned.filter(({ node }) => !level.some((each) => each.node === node) && node.level > (level[0]?.node.level ?? 0));
    const isUsed = ({ node }: Planned) => node.spec?.planId !== undefined && after.some((each) => each.node.differences.some(({ kind, key }) => kind === "reference" && key === node.spec?.planId));
    const ready = this.#unfinished.filter((each) => !isUsed(each));
    this.#unfinished = this.#unfinished.filter((each) => !ready.includes(each));
    await atMost(this.#context.parallel, ready, ({ operation }) => this.#orLeave(() => operation.finish(work)));
  }

  /** Policies and enrichers resolve their config when they begin: those that name an entity that was replaced begin again. */
  #tellAdjuncts(old: Entity): void {
    if (old.planId === undefined) return;
    for (const entity of old.application.descendants()) {
      for (const adjunct of entity.adjuncts) {
        if (!adjunct.isRunning || !Object.values(adjunct.config).some((value) => usesOf(value).entities.has(old.planId ?? ""))) continue;
        adjunct.stop();
        adjunct.start();
      }
    }
  }
}

function stepOf({ entity }: Operation): { entityId?: string } {
  return entity === undefined ? {} : { entityId: entity.id };
}

/** Their locations may change with the one above. */
function holdersBelow(node: PlanNode): Entity[] {
  if (!node.differences.some(({ kind }) => kind === "location")) return [];
  return [...nodesIn(node)].flatMap(({ entity, action }) => (entity === undefined || entity === node.entity || action === "replace" || action === "remove" ? [] : [entity]));
}

function levelsOf(planned: readonly Planned[]): Planned[][] {
  const levels = new Map<number, Planned[]>();
  for (const each of planned) levels.set(each.node.level, [...(levels.get(each.node.level) ?? []), each]);
  return [...levels].sort(([a], [b]) => a - b).map(([, level]) => level);
}

/** The error of a change that did not come to its end. */
export function changeFailed(what: string, error: unknown, undone: { readonly isRolledBack: boolean; readonly failures: readonly string[] } | undefined): ClockerError {
  const cause = error instanceof Error ? error : new Error(messageOf(error));
  if (undone === undefined) return new ClockerError("effector-failed", what, { cause, remedy: "What was done stays: mend the cause and apply again, or apply the earlier blueprint" });
  const state = undone.failures.length === 0 ? "everything was rolled back and runs as before" : `rolled back, but for ${undone.failures.join("; ")}`;
  return new ClockerError("effector-failed", `${what}; ${state}`, { cause, remedy: undone.failures.length === 0 ? "Mend the cause and apply again" : "Mend the cause and apply the earlier blueprint" });
}

