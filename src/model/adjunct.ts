import type { ConfigKey } from "./config-key.ts";
import type { Entity } from "./entity.ts";
import { ClockerError } from "./errors.ts";
import type { Submitted } from "./management.ts";
import type { Json, JsonObject } from "./spec.ts";
import { CoercionError } from "./value-type.ts";
import type { Work } from "./work.ts";

/** A kind of policy or enricher. Adding one is one file with this and one line in an index. */
export interface AdjunctType {
  /** `org.apache.brooklyn.enricher.stock.Propagator`. */
  readonly name: string;
  readonly kind: "policy" | "enricher";
  readonly displayName: string;
  readonly description: string;
  /** Names of earlier releases. */
  readonly aliases: readonly string[];
  readonly config: readonly ConfigKey[];
  /** Begins its work; what it returns ends it. Called when attached, resumed, and after a restart. */
  attach(adjunct: Adjunct): () => void;
}

/** What an adjunct last did or saw, for people: the numbers of a decision, an error. */
export interface Highlight {
  readonly description: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly taskId?: string;
}

export interface AdjunctInit {
  readonly id: string;
  readonly type: AdjunctType;
  readonly entity: Entity;
  readonly displayName?: string;
  readonly uniqueTag?: string;
  /** The `id` that the blueprint gave it. */
  readonly planId?: string;
  readonly tags?: readonly Json[];
  readonly config: JsonObject;
  readonly isTransient?: boolean;
  readonly suspended?: boolean;
  /** Milliseconds since the epoch, when it is to resume by itself. */
  readonly suspendedUntil?: number;
}

/** A policy or enricher on an entity. */
export class Adjunct {
  readonly id: string;
  readonly type: AdjunctType;
  readonly entity: Entity;
  readonly displayName: string;
  readonly uniqueTag: string | undefined;
  /** The `id` that the blueprint gave it: it is found by it among those of its entity. */
  readonly planId: string | undefined;
  readonly tags: readonly Json[];
  /** Raw values by canonical key name. */
  readonly config: JsonObject;
  /** Set by code at init and made again by it after a restart: not stored. */
  readonly isTransient: boolean;
  /** By name, as Brooklyn has them: `lastConfirmation`, `lastViolation`, `lastAction`, `triggers`, `lastError`. Not stored: they begin anew after a restart. */
  readonly highlights = new Map<string, Highlight>();
  readonly #onReconfigured = new Set<(name: string) => void>();
  #stop: (() => void) | undefined;
  #suspended = false;
  #suspendedUntil: number | undefined;
  #cancelResume: (() => void) | undefined;

  constructor(init: AdjunctInit) {
    this.id = init.id;
    this.type = init.type;
    this.entity = init.entity;
    this.displayName = init.displayName ?? init.type.displayName;
    this.uniqueTag = init.uniqueTag;
    this.planId = init.planId;
    this.tags = init.tags ?? [];
    this.config = canonical(init.type, init.config);
    this.isTransient = init.isTransient ?? false;
    this.#suspended = init.suspended ?? false;
    if (this.#suspended && init.suspendedUntil !== undefined) this.#resumeAt(init.suspendedUntil);
  }

  get isRunning(): boolean {
    return this.#stop !== undefined;
  }

  get isSuspended(): boolean {
    return this.#suspended;
  }

  /** When it resumes by itself, in milliseconds since the epoch; undefined when it does not. */
  get suspendedUntil(): number | undefined {
    return this.#suspendedUntil;
  }

  /** Begins its work unless it is suspended. */
  start(): void {
    if (this.#stop === undefined && !this.#suspended) this.#stop = this.type.attach(this);
  }

  /** @param until milliseconds since the epoch, when it resumes by itself; never when absent */
  suspend(until?: number): void {
    this.#forgetResume();
    this.#suspended = true;
    this.#halt();
    if (until !== undefined) this.#resumeAt(until);
  }

  resume(): void {
    this.#forgetResume();
    this.#suspended = false;
    this.start();
  }

  /** Ends its work, for good or until the next start. */
  stop(): void {
    this.#cancelResume?.();
    this.#halt();
  }

  #resumeAt(until: number): void {
    const { clock } = this.entity.management;
    this.#suspendedUntil = until;
    this.#cancelResume = clock.after(Math.max(0, until - clock.now()), () => {
      if (!this.entity.isManaged) return;
      this.resume();
      this.highlight("lastAction", "Resumed, for the time that it was suspended for is over");
      this.entity.touch();
    });
  }

  #forgetResume(): void {
    this.#cancelResume?.();
    this.#cancelResume = undefined;
    this.#suspendedUntil = undefined;
  }

  #halt(): void {
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.();
  }

  /** Records what it did or saw last under a name. */
  highlight(name: string, description: string, taskId?: string): void {
    this.highlights.set(name, { description, time: this.entity.management.clock.now(), ...(taskId === undefined ? {} : { taskId }) });
  }

  /** Starts work of this adjunct as a task of its entity, tagged with the adjunct. */
  submit<T>(name: string, body: (work: Work) => Promise<T>, options: { description?: string; transient?: boolean } = {}): Submitted<T> {
    const { transient = false, ...rest } = options;
    const object = { type: this.type.name, id: this.id, name: this.displayName };
    return this.entity.management.submit(this.entity, name, body, { ...rest, tags: [transient ? "TRANSIENT" : "NON-TRANSIENT", { wrappingType: "contextAdjunct", object }] });
  }

  /**
   * Changes a value of its config while it may run, as REST does; undefined unsets it. It is stored with its entity.
   * @throws ClockerError `not-found` for an unknown key, `invalid-request` for one that can't change, `invalid-value`
   */
  reconfigure(name: string, value: Json | undefined): void {
    const key = this.type.config.find((each) => each.name === name || each.aliases.includes(name));
    if (key === undefined) throw new ClockerError("not-found", `"${this.displayName}" has no config "${name}"`);
    if (!key.reconfigurable) throw new ClockerError("invalid-request", `Cannot change "${key.name}" of "${this.displayName}": it is read when it starts`, { remedy: "Remove it and attach it again with the new value" });
    if (value !== undefined && !this.entity.management.isDeferred(value)) coerced(this, key, value);
    const before = this.config[key.name];
    this.remember(key, value);
    if (this.isRunning && value !== undefined && this.entity.management.isDeferred(value)) {
      // Expressions are resolved when it begins its work.
      this.stop();
      this.start();
      return;
    }
    try {
      for (const listener of this.#onReconfigured) listener(key.name);
    } catch (error) {
      this.remember(key, before);
      throw error;
    }
  }

  /** Told the name of every key that `reconfigure` changes; by throwing it refuses the change. Returns the way to stop. */
  onReconfigured(listener: (name: string) => void): () => void {
    this.#onReconfigured.add(listener);
    return () => this.#onReconfigured.delete(listener);
  }

  /** Keeps state of its own that must survive a restart, as a value of its config (Brooklyn does the same); undefined forgets it. */
  remember(key: Pick<ConfigKey, "name">, value: Json | undefined): void {
    if (value === undefined) delete this.config[key.name];
    else this.config[key.name] = value;
    this.entity.touch();
  }

  /** A key's value: coerced; the default when unset. */
  get<T>(key: ConfigKey<T>): T | undefined {
    const raw = this.config[key.name];
    return raw === undefined ? key.defaultValue : key.type.coerce(raw);
  }
}

/** @throws ClockerError `invalid-value` when the value is not of the key's type. */
export function coerced<T>(adjunct: Adjunct, key: ConfigKey<T>, value: unknown): T {
  try {
    return key.type.coerce(value);
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
    const shown = key.secret ? "its value" : error.message.replace(/^Cannot use /, "").replace(/: expected .*/s, "");
    throw new ClockerError("invalid-value", `Cannot read config "${key.name}" of "${adjunct.displayName}" on "${adjunct.entity.displayName}": ${shown} is not ${error.expected}`, {
      details: { key: key.name, adjunct: adjunct.id, expected: error.expected },
    });
  }
}

/** Config by the keys' own names, whatever name it was given under; a copy, for specs are shared by the members of a cluster. */
function canonical(type: AdjunctType, config: JsonObject): JsonObject {
  const names = new Map(type.config.flatMap((key) => key.aliases.map((alias) => [alias, key.name] as const)));
  for (const key of type.config) names.delete(key.name);
  const own: JsonObject = {};
  for (const [name, value] of Object.entries(config)) {
    const known = names.get(name) ?? name;
    // A value under the key's own name wins over one under an alias.
    if (known === name || own[known] === undefined) own[known] = value;
  }
  return own;
}

/**
 * Something that shapes an entity before it starts: adds sensors, effectors, feeds. Applied when the entity is made and again after a restart,
 * so applying it twice must be harmless.
 */
export interface InitializerType {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly config: readonly ConfigKey[];
  apply(entity: Entity, config: InitializerConfig): void;
}

/** An initializer's own `brooklyn.config`. */
export class InitializerConfig {
  readonly raw: JsonObject;
  constructor(raw: JsonObject) {
    this.raw = raw;
  }

  /** The same with other values over it. */
  with(raw: JsonObject): InitializerConfig {
    return new InitializerConfig({ ...this.raw, ...raw });
  }

  get<T>(key: ConfigKey<T> & { readonly defaultValue: T }): T;
  get<T>(key: ConfigKey<T>): T | undefined;
  get<T>(key: ConfigKey<T>): T | undefined {
    const name = [key.name, ...key.aliases].find((candidate) => this.raw[candidate] !== undefined);
    return name === undefined ? key.defaultValue : key.type.coerce(this.raw[name]);
  }
}
