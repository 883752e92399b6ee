import type { ConfigKey } from "./config-key.ts";
import type { Entity } from "./entity.ts";
import { ClockerError } from "./errors.ts";
import type { Json } from "./spec.ts";
import { CoercionError } from "./value-type.ts";
import type { Work } from "./work.ts";

const none: ReadonlyMap<string, never> = new Map<string, never>();

/**
 * An entity's config: what was set on it, by canonical key name, as it was written. Reading looks at the entity itself, then up its
 * parents for keys that are inherited, then at the key's default; a `$brooklyn:` value is resolved in the scope of the entity where it was written.
 */
export class EntityConfig {
  readonly #entity: Entity;
  readonly #own = new Map<string, Json>();
  #parameters: ReadonlyMap<string, ConfigKey> = none;
  #aliases: ReadonlyMap<string, string> = none;

  constructor(entity: Entity, own: Record<string, Json>, parameters: readonly ConfigKey[]) {
    this.#entity = entity;
    this.declare(parameters);
    for (const [name, value] of Object.entries(own)) this.#own.set(this.canonicalName(name), value);
  }

  /** Declares these keys beyond the type's, and no others: what was declared before is forgotten. */
  declare(parameters: readonly ConfigKey[]): void {
    const aliases = parameters.flatMap((key) => key.aliases.map((alias) => [alias, key.name] as const));
    // Most entities have none, and there are many entities.
    this.#parameters = parameters.length === 0 ? none : new Map(parameters.map((key) => [key.name, key]));
    this.#aliases = aliases.length === 0 ? none : new Map(aliases);
  }

  /** The key's own name for a name, flag or alias. */
  canonicalName(name: string): string {
    if (this.#parameters.has(name) || this.#entity.type.config.has(name)) return name;
    return this.#aliases.get(name) ?? this.#entity.type.configAliases.get(name) ?? name;
  }

  key(name: string): ConfigKey | undefined {
    const canonical = this.canonicalName(name);
    return this.#parameters.get(canonical) ?? this.#entity.type.config.get(canonical);
  }

  /** The type's keys and this entity's own. */
  keys(): ConfigKey[] {
    return [...new Map([...this.#entity.type.config, ...this.#parameters]).values()];
  }

  parameters(): readonly ConfigKey[] {
    return [...this.#parameters.values()];
  }

  /** Values set on this entity, as written. */
  own(): ReadonlyMap<string, Json> {
    return this.#own;
  }

  set(name: string, value: Json | undefined): void {
    const canonical = this.canonicalName(name);
    if (value === undefined) this.#own.delete(canonical);
    else this.#own.set(canonical, value);
    this.#entity.touch();
  }

  /** The value as written and the entity that it was written on, here or up the tree. */
  find(key: Pick<ConfigKey, "name" | "aliases" | "inherited">): Written | undefined {
    return this.#written(key).next().value ?? undefined;
  }

  /**
   * The value, resolved and coerced; waits, in the task that asks, for what it depends on.
   * @throws ClockerError `invalid-value` when it isn't of the key's type.
   */
  async get<T>(key: ConfigKey<T> & { readonly defaultValue: T }, work: Work): Promise<T>;
  async get<T>(key: ConfigKey<T>, work: Work): Promise<T | undefined>;
  async get<T>(key: ConfigKey<T>, work: Work): Promise<T | undefined> {
    const { management } = this.#entity;
    const values: unknown[] = [];
    for (const { raw, owner } of this.#findAll(key)) values.push(await management.resolve(raw, owner, work));
    return this.#valueOf(key, values);
  }

  /** The value when it needs no waiting; a deferred one reads as unset. */
  peek<T>(key: ConfigKey<T> & { readonly defaultValue: T }): T;
  peek<T>(key: ConfigKey<T>): T | undefined;
  peek<T>(key: ConfigKey<T>): T | undefined {
    const { management } = this.#entity;
    return this.#valueOf(key, this.#findAll(key).map(({ raw }) => (management.isDeferred(raw) ? undefined : raw)));
  }

  /** The default that the blueprint or catalog item declares for the key (`brooklyn.parameters`), else the key's own. */
  #defaultOf<T>(key: ConfigKey<T>): T | undefined {
    const declared = this.#parameters.get(key.name);
    return declared?.defaultValue === undefined ? key.defaultValue : this.coerce(key, declared.type.toJson(declared.defaultValue));
  }

  coerce<T>(key: ConfigKey<T>, value: unknown): T {
    try {
      return key.type.coerce(value);
    } catch (error) {
      if (!(error instanceof CoercionError)) throw error;
      const shown = key.secret ? "its value" : error.message.replace(/^Cannot use /, "").replace(/: expected .*/s, "");
      throw new ClockerError("invalid-value", `Cannot read config "${key.name}" of "${this.#entity.displayName}": ${shown} is not ${error.expected}`, {
        details: { key: key.name, entity: this.#entity.id, expected: error.expected },
      });
    }
  }

  /** The values that count: the nearest, and for keys whose maps are merged all of them, nearest first. */
  #findAll(key: Pick<ConfigKey, "name" | "aliases" | "inherited" | "merge">): Written[] {
    if (key.merge === "deep_merge") return [...this.#written(key)];
    const found = this.find(key);
    return found === undefined ? [] : [found];
  }

  *#written(key: Pick<ConfigKey, "name" | "aliases" | "inherited">): Generator<Written, undefined> {
    // Flags are short and may mean something else on a parent; only full names are looked for there.
    const names = [key.name, ...key.aliases.filter((alias) => alias.includes("."))];
    for (let owner: Entity | undefined = this.#entity; owner !== undefined; owner = key.inherited ? owner.parent : undefined) {
      for (const name of names) {
        const raw = owner.config.own().get(name);
        if (raw === undefined) continue;
        yield { raw, owner };
        break;
      }
    }
    return undefined;
  }

  #valueOf<T>(key: ConfigKey<T>, nearestFirst: readonly unknown[]): T | undefined {
    const [value, ...outer] = nearestFirst.filter((each) => each !== undefined && each !== null).map((each) => this.coerce(key, each));
    if (value === undefined) return this.#defaultOf(key);
    // Merged maps are of the key's type again; checked by coercing once more.
    return outer.length === 0 ? value : this.coerce(key, outer.reduce<unknown>((inner, below) => merged(below, inner), value));
  }
}

interface Written {
  raw: Json;
  /** The entity that it was written on: expressions in it are resolved there. */
  owner: Entity;
}

/** Maps key by key, the second over the first; other values are replaced. */
function merged(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over;
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) result[name] = Object.hasOwn(base, name) ? merged(base[name], value) : value;
  return result;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
