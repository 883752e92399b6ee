import type { Writable } from "node:stream";
import type { Clock } from "../../model/clock.ts";
import type { EventFilter, EventHub, NumberedEvent } from "./event-hub.ts";
import { frame, matches } from "./event-hub.ts";

export interface EventReaderOptions {
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly filter: EventFilter;
  /** The number of the last event that the reader has; undefined: only new ones. */
  readonly after: number | undefined;
  /** Events that may wait while the reader is slow. */
  readonly largestBacklog?: number;
  /** Milliseconds between comments that keep the connection open. */
  readonly heartbeat?: number;
}

/** As many as are kept for readers that come back: waiting costs no more than that they were there anyway. */
const BACKLOG = 5_000;
/** Characters that are written at a time to a reader that lagged behind. */
const AT_ONCE = 32_768;
/** Events that are taken from the hub at once. */
const CATCH_UP = 100;
const HEARTBEAT = 15_000;
/** Milliseconds a dropped reader has to take the farewell. */
const FAREWELL = 5_000;

/**
 * Writes events to one reader as server-sent events. While the reader is slow they wait, repeated changes of one sensor as one; when too many wait,
 * the reader gets `event: overflow` and the connection ends: it can come back with `Last-Event-ID`. What it missed it then gets from the hub as fast as it reads.
 * Nothing is buffered without bound.
 */
export class EventReader {
  readonly #out: Writable;
  readonly #options: EventReaderOptions;
  readonly #waiting = new Map<string | number, NumberedEvent>();
  readonly #stops: (() => void)[] = [];
  /** The last event that was taken from the hub, while the reader catches up with what it missed. */
  #behind: number | undefined;
  #isBlocked = false;
  #isClosed = false;
  #lastWritten: number;

  constructor(out: Writable, options: EventReaderOptions) {
    this.#out = out;
    this.#options = options;
    this.#lastWritten = options.after ?? options.hub.lastId;
    out.on("drain", () => this.#drain());
    out.on("close", () => this.#release());
    out.on("error", () => this.#release());
    this.#begin();
  }

  /** Ends the stream: the server closes. */
  close(): void {
    if (this.#isClosed) return;
    this.#release();
    this.#out.end();
  }

  #begin(): void {
    const { hub, after } = this.#options;
    const isKept = after === undefined || hub.keeps(after);
    const isBehind = after !== undefined && isKept && after < hub.lastId;
    this.#write(`retry: 2000\n${frame("hello", isBehind ? undefined : hub.lastId, { lastEventId: hub.lastId })}`);
    if (!isKept) this.#write(frame("reset", hub.lastId, { reason: "Events were missed: read the state again, then go on from here" }));
    if (isBehind) this.#behind = after;
    this.#catchUp();
    this.#stops.push(hub.subscribe((event) => this.#take(event)));
    this.#scheduleHeartbeat();
  }

  /** Goes on with what was missed, until the reader is up to date or has to read first. */
  #catchUp(): void {
    const { hub, filter } = this.#options;
    while (this.#behind !== undefined && !this.#isBlocked && !this.#isClosed) {
      const missed = hub.after(this.#behind, CATCH_UP);
      if (missed.length === 0) this.#behind = undefined;
      for (const event of missed) {
        if (this.#isBlocked) break;
        this.#behind = event.id;
        if (matches(event.event, filter)) this.#writeEvent(event);
      }
    }
  }

  #take(event: NumberedEvent): void {
    if (this.#isClosed) return;
    // It comes from the hub, when its turn is there; unless the hub has to forget it before.
    if (this.#behind !== undefined) return this.#options.hub.keeps(this.#behind) ? undefined : this.#drop();
    if (!matches(event.event, this.#options.filter)) return;
    if (!this.#isBlocked && this.#waiting.size === 0) return this.#writeEvent(event);
    const key = event.event.key ?? event.id;
    // Taken out first, so that it moves to the end and numbers keep growing.
    this.#waiting.delete(key);
    this.#waiting.set(key, event);
    if (this.#waiting.size > (this.#options.largestBacklog ?? BACKLOG)) this.#drop();
  }

  #drain(): void {
    this.#isBlocked = false;
    this.#catchUp();
    while (this.#waiting.size > 0 && !this.#isBlocked && !this.#isClosed) this.#writeWaiting();
  }

  #writeWaiting(): void {
    let text = "";
    for (const [key, event] of this.#waiting) {
      this.#waiting.delete(key);
      this.#lastWritten = event.id;
      text += event.frame;
      if (text.length >= AT_ONCE) break;
    }
    this.#write(text);
  }

  #writeEvent(event: NumberedEvent): void {
    this.#lastWritten = event.id;
    this.#write(event.frame);
  }

  #write(text: string): void {
    if (this.#isClosed) return;
    if (!this.#out.write(text)) this.#isBlocked = true;
  }

  #drop(): void {
    const farewell = frame("overflow", this.#lastWritten, { reason: "The reader is too slow", resume: `Connect again with the header Last-Event-ID: ${this.#lastWritten}` });
    this.#release();
    this.#out.end(farewell);
    const out = this.#out;
    const cancel = this.#options.clock.after(FAREWELL, () => out.destroy());
    out.once("close", cancel);
  }

  #scheduleHeartbeat(): void {
    const { clock, heartbeat = HEARTBEAT } = this.#options;
    const beat = (): void => {
      if (this.#isClosed) return;
      if (!this.#isBlocked) this.#write(": heartbeat\n\n");
      cancel = clock.after(heartbeat, beat);
    };
    let cancel = clock.after(heartbeat, beat);
    this.#stops.push(() => cancel());
  }

  #release(): void {
    this.#isClosed = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#waiting.clear();
  }
}
