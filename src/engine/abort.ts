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
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}
