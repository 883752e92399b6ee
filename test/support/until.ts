import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between looks. */
const PERIOD = 100;

/** Waits until a condition holds, looking often; fails after `bound` milliseconds with what was seen last. */
export async function until(holds: () => boolean | Promise<boolean>, seen: () => string, bound: number): Promise<void> {
  const deadline = Date.now() + bound;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited ${bound} ms in vain: ${seen()}`);
    await sleep(PERIOD);
  }
}
