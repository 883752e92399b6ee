import type { ConfigKey } from "./config-key.ts";
import type { Entity } from "./entity.ts";
import type { JsonObject } from "./spec.ts";

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

/** A policy or enricher on an entity. */
export class Adjunct {
  readonly id: string;
  readonly type: AdjunctType;
  readonly entity: Entity;
  readonly displayName: string;
  readonly uniqueTag: string | undefined;
  /** Raw values by canonical key name. */
  readonly config: JsonObject;
  /** Set by code at init and made again by it after a restart: not stored. */
  readonly isTransient: boolean;
  #stop: (() => void) | undefined;
  #suspended = false;

  constructor(init: { id: string; type: AdjunctType; entity: Entity; displayName?: string; uniqueTag?: string; config: JsonObject; isTransient?: boolean; suspended?: boolean }) {
    this.id = init.id;
    this.type = init.type;
    this.entity = init.entity;
    this.displayName = init.displayName ?? init.type.displayName;
    this.uniqueTag = init.uniqueTag;
    this.config = init.config;
    this.isTransient = init.isTransient ?? false;
    this.#suspended = init.suspended ?? false;
  }

  get isRunning(): boolean {
    return this.#stop !== undefined;
  }

  get isSuspended(): boolean {
    return this.#suspended;
  }

  /** Begins its work unless it is suspended. */
  start(): void {
    if (this.#stop === undefined && !this.#suspended) this.#stop = this.type.attach(this);
  }

  suspend(): void {
    this.#suspended = true;
    this.stop();
  }

  resume(): void {
    this.#suspended = false;
    this.start();
  }

  /** Ends its work, for good or until the next start. */
  stop(): void {
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.();
  }

  /** A key's value: coerced; the default when unset. */
  get<T>(key: ConfigKey<T>): T | undefined {
    const raw = this.config[key.name];
    return raw === undefined ? key.defaultValue : key.type.coerce(raw);
  }
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

  get<T>(key: ConfigKey<T> & { readonly defaultValue: T }): T;
  get<T>(key: ConfigKey<T>): T | undefined;
  get<T>(key: ConfigKey<T>): T | undefined {
    const name = [key.name, ...key.aliases].find((candidate) => this.raw[candidate] !== undefined);
    return name === undefined ? key.defaultValue : key.type.coerce(this.raw[name]);
  }
}
