import type { Clock } from "../model/clock.ts";
import type { Entity } from "../model/entity.ts";
import { ClockerError } from "../model/errors.ts";
import { EventBus } from "../model/events.ts";
import { idSource, type IdSource } from "../model/ids.ts";
import type { LocationRegistry, Management, ResourceLoader, Secrets, Submitted } from "../model/management.ts";
import { MADE_FROM } from "../model/made-from.ts";
import type { AdjunctSpec, EntitySpec, Json, JsonObject } from "../model/spec.ts";
import type { Task } from "../model/task.ts";
import type { Work } from "../model/work.ts";
import { PersistedDocuments } from "./documents.ts";
import { applyInitializers, makeEntity, originOf, parameterKey } from "./entity/entity-factory.ts";
import { EntityIndex } from "./entity/entity-index.ts";
import { entityToRecord, sensorsToRecord, type EntityOrigin } from "./entity/entity-record.ts";
import type { Logger } from "./logger.ts";
import { KnownSecrets } from "./secrets/known-secrets.ts";
import { learnFrom, scrubbed } from "./secrets/scrubbed.ts";
import { sealed } from "./secrets/sealed-json.ts";
import { secretNamesOf } from "./secrets/secret-names-of.ts";
import type { Persister } from "./store/persister.ts";
import { TaskManager } from "./task/task-manager.ts";
import { taskToRecord } from "./task/task-record.ts";
import type { Types } from "./types.ts";

export interface PlaneOptions {
  planeId: string;
  dataDir: string;
  clock: Clock;
  randomBytes: (size: number) => Uint8Array;
  persister: Persister;
  types: Types;
  resources: ResourceLoader;
  secrets: Secrets;
  /** Secrets that are known before there is a plane. */
  knownSecrets?: KnownSecrets;
  log: Logger;
  /** Properties of the server; none unless given. */
  property?: (name: string) => string | undefined;
  /** Resolves `$brooklyn:` expressions. */
  dsl: { isDeferred(raw: unknown): boolean; resolve(raw: unknown, scope: Entity, work: Work | undefined): Promise<unknown> };
  locations: (plane: Plane) => LocationRegistry;
}

/** The management plane: all entities, tasks and locations of one installation, kept durable. */
export class Plane implements Management {
  readonly planeId: string;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly events: EventBus;
  readonly types: Types;
  readonly locations: LocationRegistry;
  readonly documents: PersistedDocuments;
  readonly resources: ResourceLoader;
  readonly secrets: Secrets;
  /** What is kept out of what is stored and shown of tasks. */
  readonly knownSecrets: KnownSecrets;
  readonly tasks: TaskManager;
  readonly log: Logger;
  readonly entities = new EntityIndex();
  /** Ids of stored entities that could not be restored: of a type that is not there any more, say. */
  readonly unrestored = new Set<string>();
  /** Removes applications: set by `Applications`, which is made over the plane. */
  destroyer: ((application: Entity) => Promise<void>) | undefined;
  readonly #persister: Pick<Persister, "changed" | "flush">;
  readonly #dsl: PlaneOptions["dsl"];
  readonly #property: NonNullable<PlaneOptions["property"]>;
  readonly #origins = new Map<string, EntityOrigin>();
  #sequence = 0;
  #isFrozen = false;

  constructor(options: PlaneOptions) {
    this.planeId = options.planeId;
    this.dataDir = options.dataDir;
    this.clock = options.clock;
    this.ids = idSource(options.randomBytes);
    this.log = options.log;
    this.events = new EventBus((error) => options.log.error({ error }, "A listener failed"));
    this.types = options.types;
    this.#persister = {
      changed: (kind, id, snapshot, lazily) => {
        if (!this.#isFrozen) options.persister.changed(kind, id, () => this.#withoutSecrets(kind, id, snapshot()), lazily);
      },
      flush: () => (this.#isFrozen ? Promise.reject(new ClockerError("interrupted", "The management server is shutting down")) : options.persister.flush()),
    };
    this.documents = new PersistedDocuments(this.#persister);
    this.resources = options.resources;
    this.secrets = options.secrets;
    this.knownSecrets = options.knownSecrets ?? new KnownSecrets();
    this.#dsl = options.dsl;
    this.#property = options.property ?? (() => undefined);
    this.tasks = new TaskManager({
      clock: options.clock,
      ids: this.ids,
      events: this.events,
      // Tags are made of JSON by construction.
      confidential: { learn: (tag) => learnFrom(tag as Json, this.knownSecrets), scrub: (text) => this.knownSecrets.scrub(text) },
      archive: {
        changed: (task) => this.#persister.changed("task", task.id, () => (this.tasks.task(task.id) === undefined ? undefined : taskToRecord(task)), { lazy: true }),
        removed: (task) => this.#persister.changed("task", task.id, () => undefined, { lazy: true }),
      },
    });
    this.locations = options.locations(this);
  }

  /**
   * From here on nothing is stored, and what must be stored before it is done is not done: the server ends, and what runs is let go of as it
   * would be by a crash.
   */
  freeze(): void {
    this.#isFrozen = true;
  }

  property(name: string): string | undefined {
    return this.#property(name);
  }

  entity(id: string): Entity | undefined {
    return this.entities.get(id);
  }

  knows(id: string): boolean {
    return this.entities.get(id) !== undefined || this.unrestored.has(id);
  }

  applications(): readonly Entity[] {
    return this.entities.applications();
  }

  entitiesOf(typeOrTrait: string): Iterable<Entity> {
    return this.entities.of(typeOrTrait);
  }

  /**
   * @param options.onMade told each entity of the spec as it is made, parents first, and what it was made of
   * @throws ClockerError `conflict` when the id that is asked for is taken
   */
  create(spec: EntitySpec, parent?: Entity, options: { id?: string; onMade?: (entity: Entity, spec: EntitySpec) => void } = {}): Entity {
    const { id, onMade } = options;
    if (id !== undefined && this.entity(id) !== undefined) throw new ClockerError("conflict", `Cannot make an entity with the id "${id}": it is taken`);
    const entity = makeEntity(this, spec, parent, id);
    try {
      this.adopt(entity, originOf(spec, ++this.#sequence));
      onMade?.(entity, spec);
      for (const hooks of entity.type.hooks) hooks.init?.(entity);
      applyInitializers(entity, spec.initializers);
      for (const child of spec.children) this.create(child, entity, onMade === undefined ? {} : { onMade });
      for (const hooks of entity.type.hooks) hooks.manage?.(entity);
      for (const adjunct of [...spec.enrichers, ...spec.policies]) entity.addAdjunct(adjunct);
      return entity;
    } catch (error) {
      this.unmanage(entity);
      throw error;
    }
  }

  /** Brings an entity, new or restored, under management. */
  adopt(entity: Entity, origin: EntityOrigin, options: { isStored?: boolean } = {}): void {
    this.#sequence = Math.max(this.#sequence, origin.sequence);
    this.#origins.set(entity.id, origin);
    this.entities.add(entity);
    if (options.isStored === true) return;
    this.changed(entity, "entity");
    this.events.publish({ kind: "entity-added", entity });
  }

  /** Puts an entity where a sibling stands among its parent's children, before it: lookups find it first from now on, also after a restart. */
  takePlace(entity: Entity, of: Entity): void {
    const siblings = entity.parent?.children ?? [];
    const [from, to] = [siblings.indexOf(entity), siblings.indexOf(of)];
    const [own, other] = [this.#origins.get(entity.id), this.#origins.get(of.id)];
    if (from < 0 || to < 0 || own === undefined || other === undefined) return;
    siblings.splice(from, 1);
    siblings.splice(siblings.indexOf(of), 0, entity);
    // The other keeps its number too: what is below it must come after it when all is restored.
    this.#origins.set(entity.id, { ...own, sequence: other.sequence });
    this.changed(entity, "entity");
  }

  /** The keys and initializers that an entity's blueprint gives it. */
  originOf(entity: Entity): Pick<EntityOrigin, "parameters" | "initializers"> {
    return this.#origins.get(entity.id) ?? { parameters: [], initializers: [] };
  }

  /** Changes the keys that an entity's blueprint declares, and what is applied to it; initializers that it had are not applied again. */
  redefine(entity: Entity, change: Pick<EntityOrigin, "parameters" | "initializers">): void {
    const origin = this.#origins.get(entity.id);
    if (origin === undefined) return;
    const known = origin.initializers.map((each) => JSON.stringify(each));
    this.#origins.set(entity.id, { ...origin, ...change });
    entity.config.declare(change.parameters.map((parameter) => parameterKey(this, parameter)));
    applyInitializers(entity, change.initializers.filter((each) => !known.includes(JSON.stringify(each))));
    this.changed(entity, "entity");
  }

  unmanage(entity: Entity): void {
    if (!entity.isManaged) return;
    for (const child of [...entity.children]) this.unmanage(child);
    for (const group of [...entity.groups.values()]) group.removeMember(entity);
    for (const member of [...entity.members.values()]) entity.removeMember(member);
    for (const hooks of entity.type.hooks.toReversed()) hooks.unmanage?.(entity);
    entity.release();
    const siblings = entity.parent?.children ?? [];
    const index = siblings.indexOf(entity);
    if (index >= 0) siblings.splice(index, 1);
    this.entities.remove(entity);
    this.#origins.delete(entity.id);
    this.#persister.changed("entity", entity.id, () => undefined);
    this.#persister.changed("sensors", entity.id, () => undefined);
    this.documents.remove(MADE_FROM, entity.id);
    this.tasks.forget(entity.id);
    this.events.publish({ kind: "entity-removed", entity });
  }

  initialize(entity: Entity, initializer: AdjunctSpec): void {
    const origin = this.#origins.get(entity.id);
    if (origin === undefined) throw new ClockerError("conflict", `Cannot initialize "${entity.displayName}": it is not managed`);
    const text = JSON.stringify(initializer);
    // A workflow that goes on after a restart applies it again.
    if (origin.initializers.some((known) => JSON.stringify(known) === text)) return;
    applyInitializers(entity, [initializer]);
    this.#origins.set(entity.id, { ...origin, initializers: [...origin.initializers, initializer] });
    this.changed(entity, "entity");
  }

  reparent(entity: Entity, parent: Entity): void {
    const { parent: before, displayName } = entity;
    if (before === parent) return;
    if (before === undefined) throw new ClockerError("invalid-request", `Cannot put "${displayName}" below "${parent.displayName}": it is an application`);
    for (let above: Entity | undefined = parent; above !== undefined; above = above.parent) {
      if (above === entity) throw new ClockerError("invalid-request", `Cannot put "${displayName}" below "${parent.displayName}", which is ${parent === entity ? "itself" : "a part of it"}`);
    }
    this.events.publishTo(before.id, { kind: "entity-removed", entity });
    entity.moveTo(parent);
    this.events.publishTo(parent.id, { kind: "entity-added", entity });
    this.events.publish({ kind: "entity-moved", entity, from: before });
  }

  async destroy(application: Entity): Promise<void> {
    if (this.destroyer === undefined) throw new ClockerError("internal", "The plane cannot remove applications yet");
    await this.destroyer(application);
  }

  changed(entity: Entity, what: "entity" | "sensors"): void {
    if (what === "sensors") {
      this.#persister.changed("sensors", entity.id, () => (entity.isManaged ? sensorsToRecord(entity) : undefined), { lazy: true });
      return;
    }
    this.#persister.changed("entity", entity.id, () => {
      const origin = this.#origins.get(entity.id);
      return origin === undefined ? undefined : entityToRecord(entity, origin);
    });
  }

  submit<T>(entity: Entity | undefined, name: string, body: (work: Work) => Promise<T>, options?: { description?: string; tags?: readonly unknown[] }): Submitted<T> {
    return this.tasks.submit(entity?.id, name, body, options);
  }

  task(id: string): Task | undefined {
    return this.tasks.task(id);
  }

  resolve(raw: unknown, scope: Entity, work: Work | undefined): Promise<unknown> {
    return this.#dsl.resolve(raw, scope, work);
  }

  isDeferred(raw: unknown): boolean {
    return this.#dsl.isDeferred(raw);
  }

  /** A document as it may be stored: secrets sealed, and in tasks, which show what happened, left out. */
  #withoutSecrets(kind: string, id: string, data: JsonObject | undefined): JsonObject | undefined {
    if (data === undefined) return undefined;
    const { secrets, knownSecrets: known } = this;
    if (kind === "task") return scrubbed(data, known);
    const entity = kind === "entity" || kind === "sensors" || kind === MADE_FROM ? this.entities.get(id) : undefined;
    return sealed(data, { secrets, known, ...(entity === undefined ? {} : { isSecret: secretNamesOf(entity) }) });
  }
}
