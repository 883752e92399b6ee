import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/model/clock.ts";

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly work: () => void;
}

/** A clock that stands still until `advance`: what waits on it runs in order of its time, minutes in milliseconds. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, work: () => void): () => void {
    const alarm: Alarm = { at: this.#now + Math.max(0, ms), order: this.#order++, work };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = this.after(ms, resolve);
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Lets time pass: everything due in the meantime runs, with what it sets off, before this resolves. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#now = Math.max(this.#now, next.at);
      this.#alarms.delete(next);
      next.work();
      await settle();
    }
    this.#now = until;
  }

  /** Lets time pass, in steps, until the promise settles; fails when it has not after `limit` milliseconds of the clock. */
  async until<T>(promise: Promise<T>, limit = 3_600_000): Promise<T> {
    let settled = false;
    const done = promise.finally(() => (settled = true));
    done.catch(() => {});
    const deadline = this.#now + limit;
    await settle();
    while (!settled) {
      const next = this.#next(deadline);
      if (next === undefined) await setImmediate();
      else await this.advance(next.at - this.#now);
      if (this.#now >= deadline) throw new Error(`Nothing settled in ${limit} ms of the fake clock`);
    }
    return await done;
  }

  #next(until: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at > until) continue;
      if (first === undefined || alarm.at < first.at || (alarm.at === first.at && alarm.order < first.order)) first = alarm;
    }
    return first;
  }
}

/** Lets all that is ready run. Files that are being read are waited for, or time would fly past what reads them. */
export async function settle(): Promise<void> {
  const patience = performance.now() + 2_000;
  for (let quiet = 0; quiet < 10; quiet = isReadingFiles() && performance.now() < patience ? 0 : quiet + 1) await setImmediate();
}

function isReadingFiles(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq") || name === "CloseReq");
}
