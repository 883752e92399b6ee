import type { AdjunctType, InitializerType } from "./adjunct.ts";
import type { Clock } from "./clock.ts";
import type { Entity } from "./entity.ts";
import type { EntityType } from "./entity-type.ts";
import type { EventBus } from "./events.ts";
import type { IdSource } from "./ids.ts";
import type { Location } from "./location.ts";
import type { AdjunctSpec, EntitySpec, Json, JsonObject, LocationReference } from "./spec.ts";
import type { Task } from "./task.ts";
import type { ValueType } from "./value-type.ts";
import type { Work } from "./work.ts";

/**
 * What the management plane offers to entities, policies, locations and providers: the port through which the folders below `src/management`
 * see it. Tests have an in-memory one.
 */
export interface Management {
  /** The plane's id: the owner written on everything made in any cloud. */
  readonly planeId: string;
  /** Folder for keys, caches and state on the management node. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly events: EventBus;
  readonly types: TypeRegistry;
  readonly locations: LocationRegistry;
  readonly documents: Documents;
  readonly resources: ResourceLoader;
  readonly secrets: Secrets;

  /** A property of the server, such as `workflow.retention.default`. */
  property(name: string): string | undefined;
  entity(id: string): Entity | undefined;
  /** Whether there is an entity of this id, or one in the store that could not be restored: what belongs to it must be left alone. */
  knows(id: string): boolean;
  applications(): readonly Entity[];
  /** All entities of a type or trait, from an index. */
  entitiesOf(typeOrTrait: string): Iterable<Entity>;
  /** Makes an entity and its children in memory; it is durable when `documents.flush()` resolves. */
  create(spec: EntitySpec, parent?: Entity, options?: { id?: string }): Entity;
  /** Takes an entity and its descendants out of management. Its machines must have been released before. */
  unmanage(entity: Entity): void;
  /** Applies an initializer to an entity that is there, now and after each restart. */
  initialize(entity: Entity, initializer: AdjunctSpec): void;
  /**
   * Puts an entity, with all below it, below another.
   * @throws ClockerError `invalid-request` for an application, and for a parent that is the entity itself or below it
   */
  reparent(entity: Entity, parent: Entity): void;
  /** Ends what runs on an application, stops it and removes it, as a task of its own. */
  destroy(application: Entity): Promise<void>;
  /** Notes that an entity's own record (`entity`) or its sensors (`sensors`) changed and must be stored. */
  changed(entity: Entity, what: "entity" | "sensors"): void;
  /** Starts work as a new top-level task of an entity; it is never unobserved. */
  submit<T>(entity: Entity | undefined, name: string, body: (work: Work) => Promise<T>, options?: { description?: string; tags?: readonly unknown[] }): Submitted<T>;
  /** A task by its id, while it is remembered. */
  task(id: string): Task | undefined;
  /**
   * A config value with its `$brooklyn:` expressions resolved in the scope of the entity on which it was written.
   * With no `work` (immediate mode) a value that would have to wait resolves to undefined.
   */
  resolve(raw: unknown, scope: Entity, work: Work | undefined): Promise<unknown>;
  /** Whether a raw value holds `$brooklyn:` expressions. */
  isDeferred(raw: unknown): boolean;
}

export interface Submitted<T> {
  readonly task: Task;
  /** The outcome; a rejection here is already recorded on the task and may be left alone. */
  readonly result: Promise<T>;
}

export interface TypeRegistry {
  /** By name or alias. */
  entityType(name: string): EntityType | undefined;
  adjunctType(name: string): AdjunctType | undefined;
  initializerType(name: string): InitializerType | undefined;
  /** What a catalog item of the kind `bean` holds, by `id` or `id:version`: the definition of a workflow step, say. */
  bean(name: string): JsonObject | undefined;
  /** `string`, `port`, `list<string>`, `java.lang.Integer`, ... as `brooklyn.parameters` name types. */
  valueType(name: string): ValueType<unknown> | undefined;
}

export interface LocationRegistry {
  /** @throws ClockerError `unknown-location`. */
  resolve(reference: LocationReference): Location;
  /** Keeps a name for a location that is being made: nobody else can take it. @throws `conflict` when it is taken. */
  reserve(name: string): void;
  /** Makes a location known by name. @throws `conflict` when the name is taken (unless by an earlier `reserve` of the same name). */
  register(name: string, location: Location): void;
  /** Takes back a registration or a reservation. */
  unregister(name: string): void;
  isTaken(name: string): boolean;
  /** A location in use, by id. */
  location(id: string): Location | undefined;
  /** Makes a location in use (a machine, a container) found by its id. */
  add(location: Location): void;
  forget(location: Location): void;
}

/** Durable documents that are not entities: machine records, locations, ... */
export interface Documents {
  put(kind: string, id: string, data: JsonObject): void;
  /**
   * Keeps a document that changes often: its content is taken when it is written, undefined removes it, and `get` and `all` do not give it. Call it after each change.
   * A lazy one may be a second old after a crash.
   */
  follow(kind: string, id: string, snapshot: () => JsonObject | undefined, options?: { lazy?: boolean }): void;
  remove(kind: string, id: string): void;
  get(kind: string, id: string): JsonObject | undefined;
  all(kind: string): ReadonlyMap<string, JsonObject>;
  /** Resolves when everything put, removed or changed before is durable. */
  flush(): Promise<void>;
}

/** Opens what URLs in blueprints name: `classpath:`, `file:`, `http(s):`, `mvn:`; known dead addresses of 2014 have bundled stand-ins. */
export interface ResourceLoader {
  /** The content. @throws `download-failed`, `not-found`. */
  read(url: string, work: Work): Promise<Buffer>;
  /** The content as a file on this computer, kept by URL (and verified, when a checksum is given). */
  file(url: string, work: Work, options?: { sha512?: string; sha256?: string; sha1?: string }): Promise<string>;
}

export interface Secrets {
  seal(plain: string): Json;
  open(sealed: Json): string;
}
