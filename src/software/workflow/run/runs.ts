import type { Entity } from "../../../model/entity.ts";
import type { Management } from "../../../model/management.ts";
import { runFromRecord, runToRecord } from "./run-record.ts";
import type { WorkflowRun } from "./workflow-run.ts";

const DOCUMENTS = "workflow";
/** Ended workflows of an entity that are kept whatever their retention says; more only of those that are kept for ever. */
const MOST = 200;

/** The workflows that entities run and ran, kept in the store for as long as their retention says. */
export class WorkflowRuns {
  readonly #management: Management;
  /** By the entity on which they run: each with the runs that it began with. */
  readonly #byEntity = new Map<string, Map<string, WorkflowRun>>();

  static of(management: Management): WorkflowRuns {
    let runs = known.get(management);
    if (runs === undefined) known.set(management, (runs = new WorkflowRuns(management)));
    return runs;
  }

  private constructor(management: Management) {
    this.#management = management;
  }

  /** Takes up what an earlier run of the server left; once, when all entities are there again. */
  restore(): WorkflowRun[] {
    const { documents } = this.#management;
    const restored: WorkflowRun[] = [];
    for (const [id, data] of documents.all(DOCUMENTS)) {
      const entity = this.#management.entity(String(data["entityId"]));
      if (entity === undefined) {
        // What belongs to an entity that could not be restored waits for it.
        if (!this.#management.knows(String(data["entityId"]))) documents.remove(DOCUMENTS, id);
        continue;
      }
      const run = runFromRecord(data, entity);
      if (run === undefined) continue;
      this.#index(run);
      run.onChanged = () => this.#store(run, true);
      restored.push(run);
    }
    return restored;
  }

  /** Keeps a run from now on. */
  add(run: WorkflowRun): void {
    this.#index(run);
    run.onChanged = () => this.#store(run, run.retention.keep !== "disabled");
    run.changed();
  }

  /** The runs of an entity, the first first: also those within workflows of other entities that run on it. */
  of(entity: Entity): WorkflowRun[] {
    this.expire(entity);
    const own = [...(this.#byEntity.get(entity.id)?.values() ?? [])];
    const within = own.flatMap((run) => [...run.all()]);
    const elsewhere = this.#elsewhere(entity);
    return [...new Set([...within.filter((run) => run.entity === entity), ...elsewhere])];
  }

  find(entity: Entity, id: string): WorkflowRun | undefined {
    return this.of(entity).find((run) => run.id === id);
  }

  /** Whether a workflow of this id runs, or is to go on. */
  isActive(entity: Entity, id: string): boolean {
    return this.of(entity).some((run) => run.id === id && !run.isEnded);
  }

  remove(run: WorkflowRun): void {
    const of = this.#byEntity.get(run.entity.id);
    of?.delete(run.id);
    run.onChanged = () => {};
    this.#management.documents.follow(DOCUMENTS, run.id, () => undefined);
  }

  /** Forgets ended runs of the entity that need not be kept any more. */
  expire(entity: Entity): void {
    const now = this.#management.clock.now();
    const ranks = new Map<string, number>();
    const ended = [...(this.#byEntity.get(entity.id)?.values() ?? [])].filter((run) => run.isEnded).reverse().sort((a, b) => b.statusAt - a.statusAt);
    let kept = 0;
    for (const run of ended) {
      const { keep, hash = run.workflow.name } = run.retention;
      const rank = ranks.get(hash) ?? 0;
      ranks.set(hash, rank + 1);
      const isKept = typeof keep === "function" ? keep(rank, now - run.statusAt) : keep !== "disabled" && rank < 3;
      if (isKept && kept < MOST) kept++;
      else this.remove(run);
    }
  }

  #elsewhere(entity: Entity): WorkflowRun[] {
    const found: WorkflowRun[] = [];
    for (const related of ancestors(entity)) for (const run of this.#byEntity.get(related.id)?.values() ?? []) for (const sub of run.all()) if (sub.entity === entity) found.push(sub);
    return found;
  }

  #index(run: WorkflowRun): void {
    const { entity } = run;
    let of = this.#byEntity.get(entity.id);
    if (of === undefined) {
      this.#byEntity.set(entity.id, (of = new Map<string, WorkflowRun>()));
      entity.addWatch(() => this.#forget(entity));
    }
    of.set(run.id, run);
  }

  /** The entity leaves management, and what it ran with it. */
  #forget(entity: Entity): void {
    for (const run of this.#byEntity.get(entity.id)?.values() ?? []) this.remove(run);
    this.#byEntity.delete(entity.id);
  }

  #store(run: WorkflowRun, isStored: boolean): void {
    if (!isStored || !run.entity.isManaged) return;
    this.#management.documents.follow(DOCUMENTS, run.id, () => runToRecord(run));
  }
}

const known = new WeakMap<Management, WorkflowRuns>();

/** Where workflows that run on an entity are begun: on it, and above it. */
function* ancestors(entity: Entity): Generator<Entity> {
  for (let above = entity.parent; above !== undefined; above = above.parent) yield above;
}
