/** Lets one piece of work in at a time, in the order of asking. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `body` when all that asked before have ended. Rejects with the signal's reason when it aborts while waiting. */
  async run<T>(body: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    let release: () => void = () => {};
    this.#last = new Promise<void>((resolve) => (release = resolve));
    try {
      await untilAborted(before, signal);
    } catch (error) {
      // Whoever comes after still waits for those before.
      void before.then(release);
      throw error;
    }
    try {
      return await body();
    } finally {
      release();
    }
  }
}

/** The promise's outcome, or the signal's reason if it aborts first; the promise itself goes on. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
