import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { isQuorate, quorumType, type Quorum } from "../../model/quorum.ts";
import { SERVICE_STATE, SERVICE_UP } from "./attributes.ts";
import { setNotUp, setProblem, START_OF_CHILDREN } from "./service-state.ts";
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
 * Driven by events: `watch` and `unwatch` as they come and go. A change costs the same however many there are.
 */
export class DerivedHealth {
  readonly #entity: Entity;
  readonly #quorum: HealthQuorum;
  readonly #kind: string;
  /** Of each that is watched, how to stop. */
  readonly #watched = new Map<Entity, () => void>();
  readonly #notUp = new Set<Entity>();
  readonly #onFire = new Set<Entity>();

  /** @param kind how messages call them: `children`, `members`. */
  constructor(entity: Entity, kind: string, quorum: HealthQuorum) {
    this.#entity = entity;
    this.#kind = kind;
    this.#quorum = quorum;
  }

  watch(other: Entity): void {
    if (this.#watched.has(other)) return;
    const { events } = this.#entity.management;
    const look = () => this.#look(other);
    const stops = [events.subscribeSensor(other.id, SERVICE_UP.name, look), events.subscribeSensor(other.id, SERVICE_STATE.name, look)];
    this.#watched.set(other, () => stops.forEach((stop) => stop()));
    look();
  }

  unwatch(other: Entity): void {
    this.#watched.get(other)?.();
    this.#notUp.delete(other);
    this.#onFire.delete(other);
    if (this.#watched.delete(other)) this.update();
  }

  close(): void {
    for (const stop of this.#watched.values()) stop();
    this.#watched.clear();
  }

  #look(other: Entity): void {
    include(this.#notUp, other, other.get(SERVICE_UP) !== true);
    include(this.#onFire, other, other.get(SERVICE_STATE) === "ON_FIRE");
    this.update();
  }

  update(): void {
    const total = this.#watched.size;
    const [notUp, onFire] = [this.#notUp, this.#onFire];
    const cause = `service-lifecycle-indicators-from-${this.#kind}`;
    const up = this.#quorum.isUp(total - notUp.size, total);
    setNotUp(this.#entity, cause, up ? undefined : `${notUp.size} of ${total} ${this.#kind} not up: ${names(notUp)}`);
    const running = this.#quorum.isRunning(onFire.size, total);
    setProblem(this.#entity, cause, running ? undefined : `${onFire.size} of ${total} ${this.#kind} on fire: ${names(onFire)}`);
    // Mended one by one: that they once failed to start together does not count any more.
    if (notUp.size === 0 && total > 0) setProblem(this.#entity, START_OF_CHILDREN, undefined);
  }
}

/** Keeps an entity's health true to its children that are started and stopped; groups and the like have no service. */
export function deriveHealthFromChildren(entity: Entity, quorum: HealthQuorum = quorumOf(entity, ALL)): void {
  const health = new DerivedHealth(entity, "children", quorum);
  const { events } = entity.management;
  entity.children.filter((child) => child.is(STARTABLE)).forEach((child) => health.watch(child));
  const stop = events.subscribeEntity(entity.id, (event) => {
    if (event.kind === "entity-added" && event.entity.parent === entity && event.entity.is(STARTABLE)) health.watch(event.entity);
    if (event.kind === "entity-removed" && event.entity.parent === entity) health.unwatch(event.entity);
  });
  entity.addWatch(() => {
    stop();
    health.close();
  });
}

function include(set: Set<Entity>, entity: Entity, isIn: boolean): void {
  if (isIn) set.add(entity);
  else set.delete(entity);
}

const SHOWN = 5;

function names(entities: ReadonlySet<Entity>): string {
  const shown: string[] = [];
  for (const entity of entities) if (shown.push(`"${entity.displayName}"`) === SHOWN) break;
  return shown.join(", ") + (entities.size > SHOWN ? `, and ${entities.size - SHOWN} more` : "");
}
