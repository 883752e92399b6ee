import type { Entity } from "./entity.ts";
import type { Task } from "./task.ts";

/** What happens in the plane; the REST event stream, enrichers, policies and indexes live on these. */
export type PlaneEvent =
  | { kind: "entity-added" | "entity-removed" | "entity-changed"; entity: Entity }
  | { kind: "sensor"; entity: Entity; name: string; value: unknown; previous: unknown; at: number }
  | { kind: "member-added" | "member-removed"; entity: Entity; member: Entity }
  | { kind: "location-added" | "location-removed"; name: string }
  | { kind: "task"; task: Task };

export type Listener = (event: PlaneEvent) => void;

/**
 * Delivers events to subscribers at once, in order. Subscriptions to one entity's sensor are found by key, so that
 * the cost of an event grows with those who asked for it, not with the cloud.
 */
export class EventBus {
  readonly #all = new Listeners();
  readonly #byEntity = new Map<string, Listeners>();
  /** By entity, then by sensor. */
  readonly #bySensor = new Map<string, Map<string, Listeners>>();
  readonly #onError: (error: unknown) => void;

  /** @param onError told of a listener that threw; the other listeners still get the event. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** All events. Returns the way to stop. */
  subscribe(listener: Listener): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  /** Events of one entity (its sensors, members, changes, removal), and the coming and going of its children. */
  subscribeEntity(entityId: string, listener: Listener): () => void {
    return add(this.#byEntity, entityId, listener);
  }

  /** Changes of one sensor of one entity. */
  subscribeSensor(entityId: string, sensorName: string, listener: (event: Extract<PlaneEvent, { kind: "sensor" }>) => void): () => void {
    const ofEntity = this.#bySensor.get(entityId) ?? new Map<string, Listeners>();
    this.#bySensor.set(entityId, ofEntity);
    const stop = add(ofEntity, sensorName, (event) => {
      if (event.kind === "sensor") listener(event);
    });
    return () => {
      stop();
      if (ofEntity.size === 0 && this.#bySensor.get(entityId) === ofEntity) this.#bySensor.delete(entityId);
    };
  }

  publish(event: PlaneEvent): void {
    if ("entity" in event) {
      if (event.kind === "sensor") this.#deliver(this.#bySensor.get(event.entity.id)?.get(event.name), event);
      this.#deliver(this.#byEntity.get(event.entity.id), event);
      const parent = event.kind === "entity-added" || event.kind === "entity-removed" ? event.entity.parent : undefined;
      if (parent !== undefined) this.#deliver(this.#byEntity.get(parent.id), event);
    }
    this.#deliver(this.#all, event);
  }

  /** Tells only those who listen to one entity: of a child that comes to it, or leaves it for another parent. */
  publishTo(entityId: string, event: PlaneEvent): void {
    this.#deliver(this.#byEntity.get(entityId), event);
  }

  #deliver(listeners: Listeners | undefined, event: PlaneEvent): void {
    if (listeners === undefined) return;
    for (const listener of listeners.now()) {
      try {
        listener(event);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}

/** Those who listen: a list that is never changed but replaced, so that it stays as it is while an event is delivered, and costs little where there is one. */
class Listeners {
  #now: readonly Listener[] = [];

  get size(): number {
    return this.#now.length;
  }

  add(listener: Listener): void {
    if (!this.#now.includes(listener)) this.#now = [...this.#now, listener];
  }

  delete(listener: Listener): void {
    this.#now = this.#now.filter((each) => each !== listener);
  }

  now(): readonly Listener[] {
    return this.#now;
  }
}

function add(index: Map<string, Listeners>, key: string, listener: Listener): () => void {
  const listeners = index.get(key) ?? new Listeners();
  index.set(key, listeners);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && index.get(key) === listeners) index.delete(key);
  };
}
