import type { ConfigKey } from "./config-key.ts";
import type { Effector } from "./effector.ts";
import type { Entity } from "./entity.ts";
import type { Sensor } from "./sensor.ts";
import type { Work } from "./work.ts";

/** What an entity of a type has and does. Made by `defineEntityType`; the type registry finds it by name or alias. */
export interface EntityType {
  /** As blueprints and REST name it: `org.apache.brooklyn.entity.stock.BasicApplication`. */
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly iconUrl: string | undefined;
  /** Names of earlier releases and short names. */
  readonly aliases: readonly string[];
  /** Its own name, the names of the types it extends, and the traits (`Startable`, `Group`, ...) of all of them. */
  readonly traits: ReadonlySet<string>;
  readonly config: ReadonlyMap<string, ConfigKey>;
  /** Alias or flag → canonical key name. */
  readonly configAliases: ReadonlyMap<string, string>;
  readonly sensors: ReadonlyMap<string, Sensor>;
  readonly effectors: ReadonlyMap<string, Effector>;
  /** From the most general type to this one. */
  readonly hooks: readonly EntityHooks[];
  /** Abstract types are bases for others and are not offered in the catalog. */
  readonly isAbstract: boolean;
}

export interface EntityHooks {
  /** Once, when the entity is made: its children, adjuncts, first sensors. */
  init?(entity: Entity): void;
  /** Each time it comes under management, made or restored: subscriptions and transient enrichers. Feeds that need its machine start with `reconnect`. */
  manage?(entity: Entity): void;
  /** After a restart of the server, once all entities are restored: takes up again what runs. Parents before children. */
  reconnect?(entity: Entity, work: Work): Promise<void>;
  /** It leaves management for good. */
  unmanage?(entity: Entity): void;
}

export interface EntityTypeDefinition {
  name: string;
  displayName?: string;
  description: string;
  iconUrl?: string;
  aliases?: readonly string[];
  extends?: readonly EntityType[];
  traits?: readonly string[];
  config?: readonly ConfigKey[];
  sensors?: readonly Sensor[];
  effectors?: readonly Effector[];
  hooks?: EntityHooks;
  isAbstract?: boolean;
}

/** Later definitions win: a key, sensor or effector of the same name replaces the inherited one. */
export function defineEntityType(definition: EntityTypeDefinition): EntityType {
  const bases = definition.extends ?? [];
  const config = mergeMaps(bases.map((base) => base.config), definition.config ?? []);
  const configAliases = new Map<string, string>();
  for (const key of config.values()) for (const alias of key.aliases) configAliases.set(alias, key.name);
  return {
    name: definition.name,
    displayName: definition.displayName ?? simpleName(definition.name),
    description: definition.description,
    iconUrl: definition.iconUrl,
    aliases: definition.aliases ?? [],
    traits: new Set([definition.name, ...(definition.traits ?? []), ...bases.flatMap((base) => [...base.traits])]),
    config,
    configAliases,
    sensors: mergeMaps(bases.map((base) => base.sensors), definition.sensors ?? []),
    effectors: mergeMaps(bases.map((base) => base.effectors), definition.effectors ?? []),
    hooks: [...new Set(bases.flatMap((base) => base.hooks)), ...(definition.hooks === undefined ? [] : [definition.hooks])],
    isAbstract: definition.isAbstract ?? false,
  };
}

/** `TomcatServer` of `org.apache.brooklyn.entity.webapp.tomcat.TomcatServer`. */
export function simpleName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("$")) + 1);
}

function mergeMaps<T extends { name: string }>(inherited: readonly ReadonlyMap<string, T>[], own: readonly T[]): ReadonlyMap<string, T> {
  const merged = new Map<string, T>();
  for (const map of inherited) for (const [name, item] of map) merged.set(name, item);
  for (const item of own) merged.set(item.name, item);
  return merged;
}
