import type { Work } from "../../model/work.ts";

const tails = new Map<string, Promise<void>>();

/** Runs `body` when all others that gave the same key before have ended. Waiting ends with the work's signal. */
export async function oneAtATime<T>(key: string, work: Work, body: () => Promise<T>): Promise<T> {
  const before = tails.get(key) ?? Promise.resolve();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const tail = before.then(() => ended);
  tails.set(key, tail);
  try {
    await untilAborted(before, work.signal);
    return await body();
  } finally {
    resolve();
    if (tails.get(key) === tail) tails.delete(key);
  }
}

/** Resolves with the promise, or rejects with the signal's reason when that is aborted first. */
async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
