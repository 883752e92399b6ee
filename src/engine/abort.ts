import { ClockerError } from "../model/errors.ts";

/**
 * The error of an aborted signal: the signal's own reason where that is a ClockerError, `timeout` where it is a time limit,
 * `cancelled` otherwise. `action` completes the sentence "Cannot ...".
 */
export function abortError(signal: AbortSignal, action: string): ClockerError {
  const reason: unknown = signal.reason;
  if (reason instanceof ClockerError) return reason;
  if (reason instanceof DOMException && reason.name === "TimeoutError") {
    return new ClockerError("timeout", `Cannot ${action}: it took longer than allowed`, { cause: reason });
  }
  return new ClockerError("cancelled", `Cannot ${action}: cancelled`, { cause: reason });
}

/**
 * A signal that aborts `grace` milliseconds after another: for a step that should rather be finished and undone than be left half done.
 * Call `done` when the step is over.
 */
export function graceSignal(signal: AbortSignal | undefined, grace: number): { signal: AbortSignal; done: () => void } {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => void (timer = setTimeout(() => later.abort(signal?.reason), grace));
  const done = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  return { signal: later.signal, done };
}

/** Waits for `promise` no longer than until the signal aborts. The work behind the promise goes on: only for shared work. */
export async function orAborted<T>(promise: Promise<T>, action: string, signal?: AbortSignal): Promise<T> {
  if (!signal) return await promise;
  if (signal.aborted) {
    // Those who share the work hear of its failure; nobody else may be left.
    promise.catch(() => undefined);
    throw abortError(signal, action);
  }
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError(signal, action));
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    const value = await Promise.race([promise, aborted]);
    // Both may have happened at once, for instance because the abort ended the work.
    if (signal.aborted) throw abortError(signal, action);
    return value;
  } finally {
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}
