import { Adjunct } from "./adjunct.ts";
import type { ConfigKey } from "./config-key.ts";
import type { Effector, EffectorParameter } from "./effector.ts";
import { EntityConfig } from "./entity-config.ts";
import type { EntityType } from "./entity-type.ts";
import { simpleName } from "./entity-type.ts";
import { ClockerError, messageOf } from "./errors.ts";
import { nearest } from "./nearest.ts";
import type { Location } from "./location.ts";
import type { Management } from "./management.ts";
import type { Sensor, SensorValue } from "./sensor.ts";
import type { AdjunctSpec, Json, LocationReference } from "./spec.ts";
import type { Work } from "./work.ts";
import { CoercionError } from "./value-type.ts";

/** What is managed: an application, a host, a container, a process, a group. Data and events; behaviour comes from its type. */
export class Entity {
  readonly id: string;
  readonly type: EntityType;
  /** The type to show: the catalog item's where there is one between. */
  readonly typeName: string;
  catalogItemId: string | undefined;
  planId: string | undefined;
  iconUrl: string | undefined;
  readonly createdAt: number;
  readonly management: Management;
  readonly children: Entity[] = [];
  readonly config: EntityConfig;
  /** Where it was asked to be; undefined means where its parent is. */
  locationReferences: readonly LocationReference[] | undefined;
  /** Where it is: the locations given at start, and its machine. */
  readonly locations: Location[] = [];
  readonly tags: Json[];
  readonly adjuncts: Adjunct[] = [];
  /** Sensors, effectors and keys of this entity beyond its type's. */
  readonly dynamicSensors = new Map<string, Sensor>();
  readonly dynamicEffectors = new Map<string, Effector>();
  readonly members = new Map<string, Entity>();
  readonly groups = new Map<string, Entity>();
  isManaged = true;
  #displayName: string;
  #parent: Entity | undefined;
  readonly #sensors = new Map<string, SensorValue>();
  /** Made when there is one: most entities have none. */
  #feeds: Set<() => void> | undefined;
  readonly #watches = new Set<() => void>();

  constructor(init: EntityInit) {
    this.id = init.id;
    this.type = init.type;
    this.typeName = init.typeName ?? init.type.name;
    this.catalogItemId = init.catalogItemId;
    this.planId = init.planId;
    this.iconUrl = init.iconUrl ?? init.type.iconUrl;
    this.createdAt = init.createdAt;
    this.management = init.management;
    this.#parent = init.parent;
    this.locationReferences = init.locationReferences;
    this.tags = [...init.tags];
    this.#displayName = init.displayName ?? automaticName(this);
    this.config = new EntityConfig(this, init.config, init.parameters);
    init.parent?.children.push(this);
  }

  get parent(): Entity | undefined {
    return this.#parent;
  }

  /** Puts it below another entity; `Management.reparent` tells those who must know. */
  moveTo(parent: Entity): void {
    const siblings = this.#parent?.children ?? [];
    const index = siblings.indexOf(this);
    if (index >= 0) siblings.splice(index, 1);
    this.#parent = parent;
    parent.children.push(this);
    this.#touch();
  }

  get displayName(): string {
    return this.#displayName;
  }

  /** Whether nobody named it: its name is made of its type and id, as Brooklyn does. */
  get hasAutomaticName(): boolean {
    return this.#displayName === automaticName(this);
  }

  rename(name: string): void {
    this.#displayName = name;
    this.#touch();
    // Groups show their members' names.
    for (const group of this.groups.values()) group.touch();
  }

  /** Changes what its blueprint says of it beside name and config. What runs is not touched. */
  redefine(change: Partial<Pick<Entity, "catalogItemId" | "planId" | "iconUrl" | "locationReferences">>): void {
    Object.assign(this, change);
    this.#touch();
  }

  /** Gives it the name that it has when nobody named it. */
  renameAutomatically(): void {
    this.rename(automaticName(this));
  }

  /** The root of its tree. */
  get application(): Entity {
    return this.parent === undefined ? this : this.parent.application;
  }

  /** Whether it is of this type or has this trait. */
  is(typeOrTrait: EntityType | string): boolean {
    return this.type.traits.has(typeof typeOrTrait === "string" ? typeOrTrait : typeOrTrait.name) || this.typeName === typeOrTrait;
  }

  /** Itself, then its descendants, parents first. */
  *descendants(): Generator<Entity> {
    yield this;
    for (const child of this.children) yield* child.descendants();
  }

  get<T>(sensor: Sensor<T>): T | undefined {
    // What is stored under a sensor's name was put there by `set` with that sensor, or restored through its type.
    return this.#sensors.get(sensor.name)?.value as T | undefined;
  }

  sensorValue(name: string): SensorValue | undefined {
    return this.#sensors.get(name);
  }

  sensorValues(): ReadonlyMap<string, SensorValue> {
    return this.#sensors;
  }

  /** Sets a sensor; undefined clears it. An equal value changes nothing. */
  set<T>(sensor: Sensor<T>, value: T | undefined): void {
    if (!this.sensor(sensor.name)) this.dynamicSensors.set(sensor.name, sensor);
    const previous = this.#sensors.get(sensor.name)?.value;
    if (same(previous, value)) return;
    const at = this.management.clock.now();
    if (value === undefined) this.#sensors.delete(sensor.name);
    else this.#sensors.set(sensor.name, { value, at });
    if (!this.isManaged) return;
    this.management.changed(this, "sensors");
    this.management.events.publish({ kind: "sensor", entity: this, name: sensor.name, value, previous, at });
  }

  /** Puts back a stored value, without an event. */
  restoreSensor(name: string, value: SensorValue): void {
    this.#sensors.set(name, value);
  }

  sensor(name: string): Sensor | undefined {
    return this.type.sensors.get(name) ?? this.dynamicSensors.get(name);
  }

  effector(name: string): Effector | undefined {
    return this.dynamicEffectors.get(name) ?? this.type.effectors.get(name);
  }

  effectors(): Effector[] {
    return [...new Map([...this.type.effectors, ...this.dynamicEffectors]).values()];
  }

  /**
   * Invokes an effector as a sub-task of `work`.
   * @throws ClockerError `not-found` for an unknown effector, `invalid-value` for a wrong parameter.
   */
  async invoke(name: string, parameters: Readonly<Record<string, unknown>>, work: Work): Promise<unknown> {
    const found = this.effector(name);
    if (found === undefined) {
      const near = nearest(name, this.effectors().map((e) => e.name));
      throw new ClockerError("not-found", `Entity "${this.displayName}" has no effector "${name}"`, near === undefined ? {} : { remedy: `Did you mean "${near}"?` });
    }
    const coerced = coerceParameters(this, found, parameters);
    return work.step(name, (step) => found.run({ entity: this, parameters: coerced, work: step }), {
      entityId: this.id,
      description: `Invoking effector ${name} on ${this.displayName}`,
      tags: ["EFFECTOR", { entityId: this.id, effectorName: name, effectorParams: visibleParameters(found, parameters) }],
    });
  }

  addMember(member: Entity): void {
    if (this.members.has(member.id)) return;
    this.members.set(member.id, member);
    member.groups.set(this.id, this);
    this.#touch();
    this.management.events.publish({ kind: "member-added", entity: this, member });
  }

  /** Puts back a member of an earlier run, without an event. */
  restoreMember(member: Entity): void {
    this.members.set(member.id, member);
    member.groups.set(this.id, this);
  }

  removeMember(member: Entity): void {
    if (!this.members.delete(member.id)) return;
    member.groups.delete(this.id);
    this.#touch();
    this.management.events.publish({ kind: "member-removed", entity: this, member });
  }

  addLocation(location: Location): void {
    if (this.locations.some((known) => known.id === location.id)) return;
    this.locations.push(location);
    this.#touch();
  }

  /** Puts back a location of an earlier run, without an event. */
  restoreLocation(location: Location): void {
    if (!this.locations.some((known) => known.id === location.id)) this.locations.push(location);
  }

  removeLocation(location: Location): void {
    const index = this.locations.findIndex((known) => known.id === location.id);
    if (index < 0) return;
    this.locations.splice(index, 1);
    this.#touch();
  }

  /** Attaches a policy or enricher and starts it. One with the same unique tag is replaced. */
  addAdjunct(spec: AdjunctSpec, options: { isTransient?: boolean; id?: string; suspended?: boolean; suspendedUntil?: number } = {}): Adjunct {
    const type = this.management.types.adjunctType(spec.type);
    if (type === undefined) throw new ClockerError("unknown-type", `Cannot attach "${spec.type}" to "${this.displayName}": there is no such policy or enricher`);
    const before = spec.uniqueTag === undefined ? undefined : this.adjuncts.find((known) => known.uniqueTag === spec.uniqueTag);
    if (before !== undefined) this.removeAdjunct(before);
    const { name, uniqueTag, planId, tags } = spec;
    const adjunct = new Adjunct({
      id: options.id ?? this.management.ids.entityId(),
      type,
      entity: this,
      config: spec.config,
      ...(name === undefined ? {} : { displayName: name }),
      ...(uniqueTag === undefined ? {} : { uniqueTag }),
      ...(planId === undefined ? {} : { planId }),
      ...(tags === undefined ? {} : { tags }),
      isTransient: options.isTransient ?? false,
      suspended: options.suspended ?? false,
      ...(options.suspendedUntil === undefined ? {} : { suspendedUntil: options.suspendedUntil }),
    });
    this.adjuncts.push(adjunct);
    try {
      adjunct.start();
    } catch (error) {
      // What can't work is not attached; one that stands in the store is, for people to see and put right.
      if (options.id === undefined) this.removeAdjunct(adjunct);
      else adjunct.highlight("lastError", messageOf(error));
      throw error;
    }
    this.#touch();
    return adjunct;
  }

  removeAdjunct(adjunct: Adjunct): void {
    adjunct.stop();
    const index = this.adjuncts.indexOf(adjunct);
    if (index >= 0) this.adjuncts.splice(index, 1);
    this.#touch();
  }

  /** Something that polls the entity's service while it runs; the given function ends it. Stopped by `stopFeeds` when the entity stops. */
  addFeed(stop: () => void): void {
    (this.#feeds ??= new Set()).add(stop);
  }

  stopFeeds(): void {
    for (const stop of this.#feeds ?? []) stop();
    this.#feeds = undefined;
  }

  /** Something that listens for as long as the entity is managed; the given function ends it. */
  addWatch(stop: () => void): void {
    this.#watches.add(stop);
  }

  /** Ends all that listens or polls: the entity leaves management. */
  release(): void {
    this.isManaged = false;
    this.stopFeeds();
    for (const stop of this.#watches) stop();
    this.#watches.clear();
    for (const adjunct of this.adjuncts) adjunct.stop();
  }

  /** Notes that its record changed: stored, and told to listeners. */
  touch(): void {
    this.#touch();
  }

  #touch(): void {
    if (!this.isManaged) return;
    this.management.changed(this, "entity");
    this.management.events.publish({ kind: "entity-changed", entity: this });
  }
}

export interface EntityInit {
  id: string;
  type: EntityType;
  typeName?: string | undefined;
  catalogItemId?: string | undefined;
  planId?: string | undefined;
  iconUrl?: string | undefined;
  displayName?: string | undefined;
  createdAt: number;
  management: Management;
  parent: Entity | undefined;
  locationReferences?: readonly LocationReference[] | undefined;
  config: Record<string, Json>;
  /** Keys beyond the type's. */
  parameters: readonly ConfigKey[];
  tags: readonly Json[];
}

function automaticName({ typeName, id }: Entity): string {
  return `${simpleName(typeName)}:${id.slice(0, 4)}`;
}

function missing(entity: Entity, found: Effector, { name }: EffectorParameter, given: Readonly<Record<string, unknown>>): ClockerError {
  const others = Object.keys(given).filter((each) => !found.parameters.some((parameter) => parameter.name === each));
  const instead = others.length === 0 ? "" : `, not ${others.map((each) => `"${each}"`).join(", ")}`;
  return new ClockerError("invalid-value", `Cannot invoke "${found.name}" on "${entity.displayName}": parameter "${name}" is required`, { remedy: `Give "${name}"${instead}` });
}

function coerceParameters(entity: Entity, found: Effector, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const coerced: Record<string, unknown> = { ...given };
  for (const parameter of found.parameters) {
    const raw = given[parameter.name];
    if (raw === undefined) {
      if (parameter.defaultValue !== undefined) coerced[parameter.name] = parameter.defaultValue;
      else if (parameter.isRequired === true) throw missing(entity, found, parameter, given);
      continue;
    }
    try {
      coerced[parameter.name] = parameter.type.coerce(raw);
    } catch (error) {
      if (!(error instanceof CoercionError)) throw error;
      throw new ClockerError("invalid-value", `Cannot invoke "${found.name}" on "${entity.displayName}": parameter "${parameter.name}" must be ${error.expected}`, { cause: error });
    }
  }
  return coerced;
}

/** The arguments of a call, as its task shows them. */
export function visibleParameters(found: Effector, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const secret = new Set(found.parameters.filter((parameter) => parameter.secret).map((parameter) => parameter.name));
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, secret.has(name) ? "<suppressed>" : value]));
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}
