import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../model/clock.ts";

/** The computer's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    try {
      await sleep(Math.min(ms, MAX_TIMER), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node wraps the reason; callers see the reason itself.
      throw signal?.aborted === true ? signal.reason : error;
    }
  },
  after: (ms, work) => {
    const timer = setTimeout(work, Math.min(ms, MAX_TIMER));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Node's timers overflow above this. */
const MAX_TIMER = 2 ** 31 - 1;
