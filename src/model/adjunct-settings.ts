import { coerced, type Adjunct } from "./adjunct.ts";
import { SERVICE_STATE } from "./attributes.ts";
import type { ConfigKey } from "./config-key.ts";
import type { Entity } from "./entity.ts";
import { ClockerError, messageOf } from "./errors.ts";
import type { Submitted } from "./management.ts";
import type { Json } from "./spec.ts";
import type { EntityRef } from "./types/references.ts";

/** The config of an adjunct with its `$brooklyn:` expressions resolved, as they were when it began its work. */
export class Settings {
  readonly adjunct: Adjunct;
  readonly #resolved: ReadonlyMap<string, Resolved>;

  constructor(adjunct: Adjunct, resolved: ReadonlyMap<string, Resolved> = new Map()) {
    this.adjunct = adjunct;
    this.#resolved = resolved;
  }

  get owner(): Entity {
    return this.adjunct.entity;
  }

  /** @throws ClockerError `invalid-value`. */
  get<T>(key: ConfigKey<T> & { readonly defaultValue: T }): T;
  get<T>(key: ConfigKey<T>): T | undefined;
  get<T>(key: ConfigKey<T>): T | undefined {
    const value = this.#value(key.name);
    return value === undefined || value === null ? key.defaultValue : coerced(this.adjunct, key, value);
  }

  /** @throws ClockerError `invalid-value` when it is not set. */
  require<T>(key: ConfigKey<T>): T {
    const value = this.get(key);
    if (value === undefined) throw new ClockerError("invalid-value", `"${this.adjunct.displayName}" on "${this.owner.displayName}" needs config "${key.name}"`);
    return value;
  }

  /** The entity that a key names; the one it is attached to when unset. @throws ClockerError `not-found`. */
  entity(key: ConfigKey<EntityRef>): Entity {
    const reference = this.get(key);
    return reference === undefined ? this.owner : this.find(reference, key);
  }

  /** @throws ClockerError `not-found`. */
  find({ id }: EntityRef, key: Pick<ConfigKey, "name">): Entity {
    const found = this.owner.management.entity(id);
    if (found === undefined) throw new ClockerError("not-found", `Cannot use "${key.name}" of "${this.adjunct.displayName}": there is no entity "${id}"`);
    return found;
  }

  #value(name: string): unknown {
    const raw = this.adjunct.config[name];
    const known = this.#resolved.get(name);
    // A value that was changed since stands as it is.
    return known !== undefined && known.raw === raw ? known.value : raw;
  }
}

interface Resolved {
  readonly raw: Json;
  readonly value: unknown;
}

/** Milliseconds that one attempt to resolve config may take: what it waits for may start much later. */
export const RESOLVE_TIMEOUT = 3_600_000;

/**
 * Begins an adjunct's work with its config resolved: at once when nothing in it is deferred, else in a task; when that fails, it is tried again
 * as the entity's state changes. What `begin` returns ends the work. Keys in `unresolved` are left as they were written.
 */
export function withSettings(adjunct: Adjunct, begin: (settings: Settings) => () => void, unresolved: readonly Pick<ConfigKey, "name">[] = []): () => void {
  const { management } = adjunct.entity;
  const kept = new Set(unresolved.map(({ name }) => name));
  const deferred = Object.keys(adjunct.config).filter((name) => !kept.has(name) && management.isDeferred(adjunct.config[name]));
  if (deferred.length === 0) return begin(new Settings(adjunct));
  const resolving = new Resolving(adjunct, deferred, begin);
  return () => resolving.stop();
}

class Resolving {
  readonly #adjunct: Adjunct;
  readonly #names: readonly string[];
  readonly #begin: (settings: Settings) => () => void;
  #attempt: Submitted<void> | undefined;
  #isStopped = false;
  #stopWork: (() => void) | undefined;
  #stopWatch: () => void;

  constructor(adjunct: Adjunct, names: readonly string[], begin: (settings: Settings) => () => void) {
    this.#adjunct = adjunct;
    this.#names = names;
    this.#begin = begin;
    this.#stopWatch = adjunct.entity.management.events.subscribeSensor(adjunct.entity.id, SERVICE_STATE.name, () => this.#try());
    this.#try();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopWatch();
    this.#attempt?.task.cancel(new ClockerError("cancelled", `"${this.#adjunct.displayName}" was stopped`));
    this.#stopWork?.();
  }

  #try(): void {
    if (this.#isStopped || this.#attempt !== undefined || this.#stopWork !== undefined) return;
    const { clock } = this.#adjunct.entity.management;
    const attempt = this.#adjunct.submit(`Resolve config of ${this.#adjunct.displayName}`, (work) => this.#resolve(work), { transient: true });
    this.#attempt = attempt;
    const cancelTimer = clock.after(RESOLVE_TIMEOUT, () => attempt.task.cancel(new ClockerError("timeout", `Config of "${this.#adjunct.displayName}" was not ready in ${RESOLVE_TIMEOUT / 60_000} minutes`)));
    const ended = (): void => {
      cancelTimer();
      this.#attempt = undefined;
    };
    attempt.result.then(ended, (error: unknown) => {
      ended();
      this.#adjunct.highlight("lastError", messageOf(error), attempt.task.id);
    });
  }

  async #resolve(work: Parameters<Parameters<Adjunct["submit"]>[1]>[0]): Promise<void> {
    const { entity, config } = this.#adjunct;
    // The entities of an application are made one after the other: what is named may come right after.
    await Promise.resolve();
    const resolved = new Map<string, Resolved>();
    for (const name of this.#names) {
      const raw = config[name];
      if (raw !== undefined) resolved.set(name, { raw, value: await entity.management.resolve(raw, entity, work) });
    }
    work.signal.throwIfAborted();
    if (this.#isStopped) return;
    this.#stopWork = this.#begin(new Settings(this.#adjunct, resolved));
    this.#stopWatch();
  }
}
