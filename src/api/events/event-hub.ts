import type { Entity } from "../../model/entity.ts";
import type { EventBus } from "../../model/events.ts";
import type { EventKind, StreamEvent } from "./stream-event.ts";
import { streamEvent } from "./stream-event.ts";

/** An event with its number, and as readers get it. Numbers grow, over restarts of the server too. */
export class NumberedEvent {
  readonly id: number;
  readonly event: StreamEvent;
  readonly #onFrame: (length: number) => void;
  #frame: string | undefined;

  /** @param onFrame told how long the frame is, when a reader first wants it */
  constructor(id: number, event: StreamEvent, onFrame: (length: number) => void = () => {}) {
    this.id = id;
    this.event = event;
    this.#onFrame = onFrame;
  }

  /** Made once for all readers. */
  get frame(): string {
    if (this.#frame === undefined) {
      this.#frame = frame(this.event.name, this.id, this.event.data());
      this.#onFrame(this.#frame.length);
    }
    return this.#frame;
  }

  /** Characters of the frame, when it is there. */
  get length(): number {
    return this.#frame?.length ?? 0;
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

/** Events kept for readers that come back; and characters of their frames. */
const KEPT = 5_000;
const LARGEST = 64 * 1024 * 1024;

/**
 * Turns the plane's events into numbered ones, once for all readers, and keeps the last of them: a reader that lost its connection
 * goes on where it was. Memory is bounded by the number kept, and by their size.
 */
export class EventHub {
  readonly #ring: NumberedEvent[] = [];
  readonly #listeners = new Set<(event: NumberedEvent) => void>();
  readonly #kept: number;
  readonly #largest: number;
  readonly #unsubscribe: () => void;
  #size = 0;
  #next: number;
  /** Number of the last event that is no longer kept. */
  #forgotten: number;

  /** @param startedAt milliseconds since the epoch: the numbers begin there, above those of earlier runs */
  constructor(events: EventBus, options: { startedAt: number; entity: (id: string) => Entity | undefined; kept?: number; largest?: number }) {
    this.#kept = options.kept ?? KEPT;
    this.#largest = options.largest ?? LARGEST;
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

  /** Whether all events after a number are there still, and the number is of this plane. */
  keeps(id: number): boolean {
    return id >= this.#forgotten && id <= this.#next;
  }

  /** The first events after a number, which must be kept. */
  after(id: number, count: number): NumberedEvent[] {
    let [low, high] = [0, this.#ring.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ring[middle]?.id ?? 0) > id) high = middle;
      else low = middle + 1;
    }
    return this.#ring.slice(low, low + count);
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
    const numbered = new NumberedEvent(++this.#next, event, (length) => (this.#size += length));
    this.#ring.push(numbered);
    // Cut seldom and much, so that adding stays cheap.
    if (this.#ring.length >= 2 * this.#kept) this.#forget(this.#ring.length - this.#kept);
    else if (this.#size > this.#largest) this.#forget(Math.ceil(this.#ring.length / 2));
    for (const listener of this.#listeners) listener(numbered);
  }

  #forget(count: number): void {
    const gone = this.#ring.splice(0, count);
    for (const event of gone) this.#size -= event.length;
    this.#forgotten = gone.at(-1)?.id ?? this.#forgotten;
  }
}

export function matches(event: StreamEvent, { applicationId, kinds }: EventFilter): boolean {
  if (kinds.size > 0 && !kinds.has(event.kind)) return false;
  return applicationId === undefined || event.applicationId === applicationId;
}
