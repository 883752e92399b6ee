import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../src/model/clock.ts";
import type { Work } from "../../src/model/work.ts";

/** The computer's time: these suites wait for real machines. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** A task outside any tree, that remembers what was done in it. */
export interface TestWork extends Work {
  readonly steps: string[];
  readonly output: string[];
}

/** @param onStep is called when a step begins, with how many began before it. */
export function testWork(signal: AbortSignal = new AbortController().signal, onStep: (index: number, name: string) => void = () => undefined): TestWork {
  const steps: string[] = [];
  const output: string[] = [];
  const work: TestWork = {
    taskId: "test",
    signal,
    steps,
    output,
    step: async (name, body) => {
      onStep(steps.push(name) - 1, name);
      signal.throwIfAborted();
      return body(work);
    },
    write: (_stream, chunk) => void output.push(chunk),
    log: (line) => void output.push(`${line}\n`),
    waitFor: () => undefined,
  };
  return work;
}

/** Work that is cancelled when its `index`th step begins; `reached` tells whether it came so far. */
export function workCancelledAt(index: number): { work: TestWork; reached(): boolean } {
  const controller = new AbortController();
  const work = testWork(controller.signal, (current) => {
    if (current === index) controller.abort();
  });
  return { work, reached: () => controller.signal.aborted };
}
