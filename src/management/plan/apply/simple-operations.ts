import type { Entity } from "../../../model/entity.ts";
import type { EntitySpec } from "../../../model/spec.ts";
import { STARTABLE } from "../../../model/traits.ts";
import type { Work } from "../../../model/work.ts";
import { createRecorded, ownSpec, record } from "../made-from.ts";
import { isMeantToRun, passGate } from "./gate.ts";
import { type ChangeContext, nothing, type Operation } from "./operation.ts";
import { remove, start } from "./replace.ts";

/** Makes and starts an entity that the blueprint has got. */
export class Addition implements Operation {
  readonly title: string;
  readonly #context: ChangeContext;
  readonly #spec: EntitySpec;
  readonly #parent: Entity;
  readonly finish = nothing;
  readonly finishUndo = nothing;
  #made: Entity | undefined;

  constructor(context: ChangeContext, spec: EntitySpec, parent: Entity, name: string) {
    this.title = `add ${name}`;
    this.#context = context;
    this.#spec = spec;
    this.#parent = parent;
  }

  get entity(): Entity {
    return this.#parent;
  }

  async run(work: Work): Promise<void> {
    const { plane } = this.#context;
    this.#made = createRecorded(plane, this.#spec, this.#parent, { isUnfinished: true });
    await plane.documents.flush();
    if (isMeantToRun(this.#parent)) await start(this.#made, this.#context, work);
    record(plane, this.#made, { spec: ownSpec(this.#spec) });
    await plane.documents.flush();
  }

  async undo(work: Work): Promise<void> {
    if (this.#made !== undefined) await remove(this.#context.plane, this.#made, work);
  }
}

/** Restarts an entity whose config has changed, so that its process reads it. */
export class Restart implements Operation {
  readonly title: string;
  readonly entity: Entity;
  readonly #context: ChangeContext;
  readonly finish = nothing;
  readonly finishUndo = nothing;

  constructor(context: ChangeContext, entity: Entity) {
    this.title = `restart ${entity.displayName}`;
    this.entity = entity;
    this.#context = context;
  }

  async run(work: Work): Promise<void> {
    const { entity } = this;
    if (!entity.is(STARTABLE) || !isMeantToRun(entity)) return work.log(`"${entity.displayName}" does not run: it reads its config when it is started`);
    await entity.invoke("restart", {}, work);
    await passGate(entity, this.#context.gate, work);
  }

  undo(work: Work): Promise<void> {
    return this.run(work);
  }
}

/** Gives a cluster or a cloud another size. */
export class Resize implements Operation {
  readonly title: string;
  readonly entity: Entity;
  readonly #context: ChangeContext;
  readonly #size: { readonly from: number; readonly to: number };
  readonly finish = nothing;
  readonly finishUndo = nothing;

  constructor(context: ChangeContext, entity: Entity, size: { from: number; to: number }) {
    this.title = `resize ${entity.displayName} from ${size.from} to ${size.to}`;
    this.entity = entity;
    this.#context = context;
    this.#size = size;
  }

  async run(work: Work): Promise<void> {
    if (!isMeantToRun(this.entity)) return work.log(`"${this.entity.displayName}" does not run: it has its size when it is started`);
    await this.#resize(this.#size.to, work);
  }

  async undo(work: Work): Promise<void> {
    if (isMeantToRun(this.entity) && this.entity.members.size !== this.#size.from) await this.#resize(this.#size.from, work);
  }

  async #resize(desiredSize: number, work: Work): Promise<void> {
    const before = new Set(this.entity.members.keys());
    await this.entity.invoke("resize", { desiredSize }, work);
    for (const member of this.entity.members.values()) if (!before.has(member.id)) await passGate(member, this.#context.gate, work);
  }
}
