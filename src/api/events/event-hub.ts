import type { Entity } from "../../model/entity.ts";
import type { EventBus } from "../../model/events.ts";
import type { EventKind, StreamEvent } from "./stream-event.ts";
import { streamEvent } from "./stream-event.ts";

/** An event with its number, and as readers get it. Numbers grow, over restarts of the server too. */
export class NumberedEvent {
  readonly id: number;
  readonly event: StreamEvent;
  #frame: string | undefined;

  constructor(id: number, event: StreamEvent) {
    this.id = id;
    this.event = event;
  }

  /** Made once for all readers. */
  get frame(): string {
    return (this.#frame ??= frame(this.event.name, this.id, this.event.data()));
  }
}

/** One server-sent event. */
export function frame(name: string, id: number | undefined, data: unknown): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

export interface EventFilter {
  readonly applicationId: string | undefined;
  /** All when empty. */
  readonly kinds: ReadonlySet<EventKind>;
}

/** Events kept for readers that come back. */
const KEPT = 5_000;

/**
 * Turns the plane's events into numbered ones, once for all readers, and keeps the last of them: a reader that lost its connection
 * goes on where it was. Memory is bounded by the number kept.
 */
export class EventHub {
  readonly #ring: NumberedEvent[] = [];
  readonly #listeners = new Set<(event: NumberedEvent) => void>();
  readonly #kept: number;
  readonly #unsubscribe: () => void;
  #next: number;
  /** Number of the last event that is no longer kept. */
  #forgotten: number;

  /** @param startedAt milliseconds since the epoch: the numbers begin there, above those of earlier runs */
  constructor(events: EventBus, options: { startedAt: number; entity: (id: string) => Entity | undefined; kept?: number }) {
    this.#kept = options.kept ?? KEPT;
    this.#next = options.startedAt * 1_000;
    this.#forgotten = this.#next;
    this.#unsubscribe = events.subscribe((event) => {
      const made = streamEvent(event, options.entity);
      if (made !== undefined) this.#add(made);
    });
  }

  /** The number of the newest event. */
  get lastId(): number {
    return this.#next;
  }

  /** The events after a number; undefined when some of them are no longer kept, or the number is not of this plane. */
  since(id: number): NumberedEvent[] | undefined {
    if (id < this.#forgotten || id > this.#next) return undefined;
    let index = this.#ring.length;
    while (index > 0 && (this.#ring[index - 1]?.id ?? 0) > id) index--;
    return this.#ring.slice(index);
  }

  subscribe(listener: (event: NumberedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unsubscribe();
    this.#listeners.clear();
  }

  #add(event: StreamEvent): void {
    const numbered = new NumberedEvent(++this.#next, event);
    this.#ring.push(numbered);
    // Cut seldom and much, so that adding stays cheap.
    if (this.#ring.length >= 2 * this.#kept) this.#forgotten = this.#ring.splice(0, this.#ring.length - this.#kept).at(-1)?.id ?? this.#forgotten;
    for (const listener of this.#listeners) listener(numbered);
  }
}

export function matches(event: StreamEvent, { applicationId, kinds }: EventFilter): boolean {
  if (kinds.size > 0 && !kinds.has(event.kind)) return false;
  return applicationId === undefined || event.applicationId === applicationId;
}
