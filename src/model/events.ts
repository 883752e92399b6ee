import type { Entity } from "./entity.ts";
import type { Task } from "./task.ts";

/** What happens in the plane; the REST event stream, enrichers, policies and indexes live on these. */
export type PlaneEvent =
  | { kind: "entity-added" | "entity-removed" | "entity-changed"; entity: Entity }
  /** It has another parent, and with it all below it may be of another application. */
  | { kind: "entity-moved"; entity: Entity; from: Entity }
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
  #all: Listeners<PlaneEvent> = [];
  readonly #byEntity = new Map<string, Listeners<PlaneEvent>>();
  /** By entity, then by sensor. */
  readonly #bySensor = new Map<string, Map<string, Listeners<SensorEvent>>>();
  readonly #onError: (error: unknown) => void;

  /** @param onError told of a listener that threw; the other listeners still get the event. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** All events. Returns the way to stop. */
  subscribe(listener: Listener): () => void {
    this.#all = [...this.#all, listener];
    return () => {
      this.#all = without(this.#all, listener);
    };
  }

  /** Events of one entity (its sensors, members, changes, removal), and the coming and going of its children. */
  subscribeEntity(entityId: string, listener: Listener): () => void {
    add(this.#byEntity, entityId, listener);
    return () => remove(this.#byEntity, entityId, listener);
  }

  /** Changes of one sensor of one entity. */
  subscribeSensor(entityId: string, sensorName: string, listener: (event: SensorEvent) => void): () => void {
    const sensors = this.#bySensor.get(entityId) ?? new Map<string, Listeners<SensorEvent>>();
    this.#bySensor.set(entityId, sensors);
    add(sensors, sensorName, listener);
    return () => this.#unsubscribe(entityId, sensorName, listener);
  }

  #unsubscribe(entityId: string, sensorName: string, listener: (event: SensorEvent) => void): void {
    const sensors = this.#bySensor.get(entityId);
    if (sensors === undefined) return;
    remove(sensors, sensorName, listener);
    if (sensors.size === 0) this.#bySensor.delete(entityId);
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

  #deliver<E extends PlaneEvent>(listeners: Listeners<E> | undefined, event: E): void {
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}

type SensorEvent = Extract<PlaneEvent, { kind: "sensor" }>;

/** Those who listen: a list that is never changed but replaced, so that it stays as it is while an event is delivered, and costs little where there is one. */
type Listeners<E> = readonly ((event: E) => void)[];

/** Without one of its subscriptions: who subscribed twice is there twice. */
function without<E>(listeners: Listeners<E>, listener: (event: E) => void): Listeners<E> {
  const index = listeners.indexOf(listener);
  return index < 0 ? listeners : listeners.toSpliced(index, 1);
}

function add<E>(index: Map<string, Listeners<E>>, key: string, listener: (event: E) => void): void {
  index.set(key, [...(index.get(key) ?? []), listener]);
}

function remove<E>(index: Map<string, Listeners<E>>, key: string, listener: (event: E) => void): void {
  const left = without(index.get(key) ?? [], listener);
  if (left.length === 0) index.delete(key);
  else index.set(key, left);
}
