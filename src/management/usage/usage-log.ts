import type { Clock } from "../../model/clock.ts";
import type { Entity } from "../../model/entity.ts";
import type { EventBus } from "../../model/events.ts";
import type { Documents } from "../../model/management.ts";
import type { Json, JsonObject } from "../../model/spec.ts";
import { isMachineLocation } from "../../provider/location.ts";
import { SERVICE_STATE } from "../../software/stock/attributes.ts";

/** Kinds of the documents: one an application, one a machine. */
const APPLICATIONS = "usage-application";
const MACHINES = "usage-machine";
/** The oldest are forgotten first. */
const MOST_RECORDS = 2_000;
const MOST_EVENTS = 200;

/** From when on something was in a state. */
export interface UsageEvent {
  /** A lifecycle state, such as `RUNNING`. */
  readonly state: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly applicationId: string;
}

export interface UsageRecord {
  readonly id: string;
  readonly events: readonly UsageEvent[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Remembers when applications and machines were used, those that are gone included: durable, and bounded in number. */
export class UsageLog {
  readonly #documents: Documents;
  readonly #clock: Pick<Clock, "now">;
  /** The machines that an entity stood on when it was last seen. */
  readonly #standingOf = new Map<string, readonly string[]>();

  constructor(documents: Documents, clock: Pick<Clock, "now">) {
    this.#documents = documents;
    this.#clock = clock;
  }

  /** Follows the plane's events. Returns the way to stop. */
  follow(events: Pick<EventBus, "subscribe">, entities: Iterable<Entity>): () => void {
    for (const entity of entities) this.#note(entity, false);
    return events.subscribe((event) => {
      if (event.kind === "entity-removed") this.#note(event.entity, true);
      else if (event.kind === "entity-added" || event.kind === "entity-changed" || (event.kind === "sensor" && event.name === SERVICE_STATE.name)) this.#note(event.entity, false);
    });
  }

  applications(): UsageRecord[] {
    return recordsIn(this.#documents, APPLICATIONS);
  }

  machines(): UsageRecord[] {
    return recordsIn(this.#documents, MACHINES);
  }

  #note(entity: Entity, isGone: boolean): void {
    const applicationId = entity.application.id;
    if (entity.parent === undefined) {
      const state = isGone ? "DESTROYED" : entity.get(SERVICE_STATE);
      if (state !== undefined) this.#add(APPLICATIONS, entity.id, state, applicationId, { displayName: entity.displayName, type: entity.typeName });
    }
    this.#noteMachines(entity, isGone);
  }

  #noteMachines(entity: Entity, isGone: boolean): void {
    const standing = isGone ? [] : entity.locations.filter((location) => isMachineLocation(location));
    for (const location of standing) {
      this.#add(MACHINES, location.id, "RUNNING", entity.application.id, { displayName: location.name, spec: location.spec, entityId: entity.id });
    }
    const left = this.#standingOf.get(entity.id) ?? [];
    const now = standing.map(({ id }) => id);
    for (const id of left) if (!now.includes(id)) this.#add(MACHINES, id, "DESTROYED", entity.application.id, {});
    if (now.length === 0) this.#standingOf.delete(entity.id);
    else this.#standingOf.set(entity.id, now);
  }

  #add(kind: string, id: string, state: string, applicationId: string, metadata: Record<string, string>): void {
    const known = this.#documents.get(kind, id);
    const events = eventsIn(known);
    const last = events.at(-1);
    if (last?.state === state && last.applicationId === applicationId) return;
    const kept = [...events, { state, at: Math.round(this.#clock.now()), applicationId }].slice(-MOST_EVENTS);
    this.#documents.put(kind, id, { events: kept.map((each) => ({ ...each })), metadata: { ...metadataIn(known), ...metadata } });
    if (known === undefined) this.#forgetOldest(kind);
  }

  #forgetOldest(kind: string): void {
    const all = this.#documents.all(kind);
    const oldest = all.size > MOST_RECORDS ? all.keys().next().value : undefined;
    if (oldest !== undefined) this.#documents.remove(kind, oldest);
  }
}

function recordsIn(documents: Documents, kind: string): UsageRecord[] {
  return [...documents.all(kind)].map(([id, data]) => ({ id, events: eventsIn(data), metadata: metadataIn(data) }));
}

function eventsIn(data: JsonObject | undefined): UsageEvent[] {
  const events = data?.["events"];
  return Array.isArray(events) ? events.flatMap((each) => eventIn(each)) : [];
}

function eventIn(data: Json): UsageEvent[] {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return [];
  const { state, at, applicationId } = data;
  return typeof state === "string" && typeof at === "number" && typeof applicationId === "string" ? [{ state, at, applicationId }] : [];
}

function metadataIn(data: JsonObject | undefined): Record<string, string> {
  const metadata = data?.["metadata"];
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return {};
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, String(value)]));
}
