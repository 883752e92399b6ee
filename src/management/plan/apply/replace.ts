import { CONTAINER_NAME } from "../../../docker/keys.ts";
import type { Entity } from "../../../model/entity.ts";
import { ClockerError } from "../../../model/errors.ts";
import type { EntitySpec } from "../../../model/spec.ts";
import { STARTABLE } from "../../../model/traits.ts";
import type { Work } from "../../../model/work.ts";
import type { Plane } from "../../plane.ts";
import { createRecorded, madeFrom, ownSpec, record, specOf } from "../made-from.ts";
import type { PlanNode } from "../plan-node.ts";
import { isMeantToRun, passGate } from "./gate.ts";
import type { ChangeContext, Operation } from "./operation.ts";

/**
 * Puts another entity in the place of one. Start-first: the new one must be up, and stay so, before it takes the old one's place, and the old one
 * goes when all that uses it has changed. Stop-first: the old one is stopped and kept until the new one is up.
 */
export class Replacement implements Operation {
  readonly title: string;
  readonly #context: ChangeContext;
  readonly #old: Entity;
  readonly #spec: EntitySpec;
  readonly #order: PlanNode["order"];
  readonly #isToRun: boolean;
  /** What the old one was, for as long as it may have to be made again. */
  readonly #oldSpec: EntitySpec | undefined;
  #new: Entity | undefined;
  #hasPlace = false;
  #back: Replacement | undefined;

  constructor(context: ChangeContext, old: Entity, spec: EntitySpec, order: PlanNode["order"]) {
    this.title = `replace ${old.displayName}`;
    this.#context = context;
    this.#old = old;
    this.#spec = spec;
    this.#order = order;
    this.#isToRun = isMeantToRun(old);
    this.#oldSpec = specOf(context.plane, old);
  }

  get entity(): Entity {
    return this.#old;
  }

  async run(work: Work): Promise<void> {
    const { plane, gate } = this.#context;
    const old = this.#old;
    if (this.#order === "stop-first" && this.#isToRun) await stop(old, work);
    const made = createRecorded(plane, withFreeName(this.#spec, old), old.parent, { replaces: old.id });
    this.#new = made;
    // The record is that of the blueprint, whatever the container is called.
    record(plane, made, { spec: ownSpec(this.#spec), replaces: old.id });
    await plane.documents.flush();
    if (this.#isToRun && made.is(STARTABLE)) {
      await made.invoke("start", {}, work);
      await passGate(made, gate, work);
    }
    this.#takePlace(made, old);
    await plane.documents.flush();
  }

  async finish(work: Work): Promise<void> {
    if (this.#hasPlace) await remove(this.#context.plane, this.#old, work);
  }

  async undo(work: Work): Promise<void> {
    const { plane, gate } = this.#context;
    const [old, made] = [this.#old, this.#new];
    if (made === undefined || !this.#hasPlace) {
      // Its end may be needed by the old one: a port, a name.
      if (made?.isManaged === true) await remove(plane, made, work);
      if (old.isManaged && this.#isToRun && !isMeantToRun(old)) await start(old, this.#context, work);
    } else if (old.isManaged) {
      if (this.#order === "stop-first" && this.#isToRun) {
        await stop(made, work);
        await start(old, this.#context, work);
      } else if (this.#isToRun) await passGate(old, gate, work);
      this.#takePlace(old, made);
    } else if (this.#oldSpec !== undefined && made.isManaged) {
      this.#back = new Replacement(this.#context, made, this.#oldSpec, this.#order);
      await this.#back.run(work);
    }
    await plane.documents.flush();
  }

  async finishUndo(work: Work): Promise<void> {
    if (this.#back !== undefined) return this.#back.finish(work);
    if (this.#new?.isManaged === true && this.#old.isManaged) await remove(this.#context.plane, this.#new, work);
  }

  /** In one step: at no moment have both or none of them the place, also not in the store. */
  #takePlace(entity: Entity, from: Entity): void {
    const { plane, replaced } = this.#context;
    plane.takePlace(entity, from);
    const [own, other] = [madeFrom(plane, entity), madeFrom(plane, from)];
    if (own !== undefined) record(plane, entity, { spec: own.spec });
    if (other !== undefined) record(plane, from, { spec: other.spec, replacedBy: entity.id });
    this.#hasPlace = true;
    replaced(from, entity);
  }
}

export async function start(entity: Entity, { gate }: ChangeContext, work: Work): Promise<void> {
  if (!entity.is(STARTABLE)) return;
  await entity.invoke("start", {}, work);
  await passGate(entity, gate, work);
}

async function stop(entity: Entity, work: Work): Promise<void> {
  if (entity.is(STARTABLE)) await entity.invoke("stop", {}, work);
}

/** Stops an entity and takes it out of management. @throws ClockerError when it can't be stopped: then it stays in sight */
export async function remove(plane: Plane, entity: Entity, work: Work): Promise<void> {
  if (!entity.isManaged) return;
  await work.step(
    `remove ${entity.displayName}`,
    async (step) => {
      try {
        await stop(entity, step);
      } catch (error) {
        throw new ClockerError("effector-failed", `Cannot remove "${entity.displayName}": it could not be stopped`, { cause: error, remedy: "Mend the cause and apply again, or expunge it" });
      }
      plane.unmanage(entity);
      await plane.documents.flush();
    },
    { entityId: entity.id },
  );
}

/** An engine has each name once: while the old container is there, the new one has the name with a number. */
function withFreeName(spec: EntitySpec, old: Entity): EntitySpec {
  const wanted = spec.config[CONTAINER_NAME.name];
  const taken = old.config.own().get(CONTAINER_NAME.name);
  if (typeof wanted !== "string" || typeof taken !== "string" || wanted !== taken) return spec;
  return { ...spec, config: { ...spec.config, [CONTAINER_NAME.name]: `${wanted}_2` } };
}
