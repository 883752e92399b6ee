import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { isQuorate, quorumType, type Quorum } from "../../model/quorum.ts";
import { SERVICE_STATE, SERVICE_UP } from "./attributes.ts";
import { setNotUp, setProblem } from "./service-state.ts";
import { STARTABLE } from "./startable.ts";

export interface HealthQuorum {
  /** Whether the entity counts as up with `up` of `total` up. */
  isUp(up: number, total: number): boolean;
  /** Whether the entity counts as running with `onFire` of `total` on fire. */
  isRunning(onFire: number, total: number): boolean;
}

export const UP_QUORUM = configKey("quorum.up", quorumType, "How many must be up for the service to be: all, allAndAtLeastOne, atLeastOne, atLeastOneUnlessEmpty, alwaysHealthy, a number, or points such as [[0,0],[4,3]]", { inherited: false });
export const RUNNING_QUORUM = configKey("quorum.running", quorumType, "How many must not be on fire for the service not to be, written as quorum.up; all when unset", { inherited: false });

/** The quorums of an entity: as its config has them, else all must run, and as many be up as the given default says. */
export function quorumOf(entity: Entity, upByDefault: Quorum): HealthQuorum {
  const up = entity.config.peek(UP_QUORUM) ?? upByDefault;
  const running = entity.config.peek(RUNNING_QUORUM) ?? ALL;
  return { isUp: (healthy, total) => isQuorate(up, healthy, total), isRunning: (onFire, total) => isQuorate(running, total - onFire, total) };
}

/** Brooklyn's default of applications: up when all are. */
const ALL: Quorum = { name: "all" };

/**
 * Derives an entity's health from others (its children, its members): keeps `service.notUp.indicators` and `service.problems` true to them.
 * Driven by events: `watch` and `unwatch` as they come and go.
 */
export class DerivedHealth {
  readonly #entity: Entity;
  readonly #quorum: HealthQuorum;
  readonly #kind: string;
  readonly #watched = new Map<string, { entity: Entity; stop: () => void }>();

  /** @param kind how messages call them: `children`, `members`. */
  constructor(entity: Entity, kind: string, quorum: HealthQuorum) {
    this.#entity = entity;
    this.#kind = kind;
    this.#quorum = quorum;
  }

  watch(other: Entity): void {
    if (this.#watched.has(other.id)) return;
    const { events } = this.#entity.management;
    const update = () => this.update();
    const stops = [events.subscribeSensor(other.id, SERVICE_UP.name, update), events.subscribeSensor(other.id, SERVICE_STATE.name, update)];
    this.#watched.set(other.id, { entity: other, stop: () => stops.forEach((stop) => stop()) });
    this.update();
  }

  unwatch(other: Entity): void {
    this.#watched.get(other.id)?.stop();
    if (this.#watched.delete(other.id)) this.update();
  }

  close(): void {
    for (const { stop } of this.#watched.values()) stop();
    this.#watched.clear();
  }

  update(): void {
    const others = [...this.#watched.values()].map(({ entity }) => entity);
    const notUp = others.filter((other) => other.get(SERVICE_UP) !== true);
    const onFire = others.filter((other) => other.get(SERVICE_STATE) === "ON_FIRE");
    const cause = `service-lifecycle-indicators-from-${this.#kind}`;
    const up = this.#quorum.isUp(others.length - notUp.length, others.length);
    setNotUp(this.#entity, cause, up ? undefined : `${notUp.length} of ${others.length} ${this.#kind} not up: ${names(notUp)}`);
    const running = this.#quorum.isRunning(onFire.length, others.length);
    setProblem(this.#entity, cause, running ? undefined : `${onFire.length} of ${others.length} ${this.#kind} on fire: ${names(onFire)}`);
  }
}

/** Keeps an entity's health true to its children that are started and stopped; groups and the like have no service. */
export function deriveHealthFromChildren(entity: Entity, quorum: HealthQuorum = quorumOf(entity, ALL)): void {
  const health = new DerivedHealth(entity, "children", quorum);
  const { events } = entity.management;
  const watchNew = () => entity.children.filter((child) => child.is(STARTABLE)).forEach((child) => health.watch(child));
  watchNew();
  const stop = events.subscribeEntity(entity.id, (event) => {
    if (event.kind === "entity-added" && event.entity.parent === entity) watchNew();
    if (event.kind === "entity-removed" && event.entity.parent === entity) health.unwatch(event.entity);
  });
  entity.addWatch(() => {
    stop();
    health.close();
  });
}

function names(entities: readonly Entity[]): string {
  const shown = entities.slice(0, 5).map((entity) => `"${entity.displayName}"`);
  return shown.join(", ") + (entities.length > 5 ? `, and ${entities.length - 5} more` : "");
}
