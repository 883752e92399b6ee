import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../src/model/clock.ts";

/** The computer's time: the SQLite store waits for a real disk. */
export const storeTestClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};
