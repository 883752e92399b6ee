import type { Duplex } from "node:stream";

/** What HTTP clients call on a connection beside the stream methods; only a net.Socket has them by itself. */
interface SocketMethods {
  setNoDelay(on?: boolean): unknown;
  setKeepAlive(on?: boolean, delay?: number): unknown;
  setTimeout(milliseconds: number, listener?: () => void): unknown;
  ref(): unknown;
  unref(): unknown;
}

/**
 * Makes any duplex stream (an SSH channel, the two ends of a process) usable as a connection by undici and node:http, which call
 * `setNoDelay`, `setKeepAlive`, `setTimeout`, `ref` and `unref`. Methods that the stream has already are left alone.
 */
export function asSocket<T extends Duplex>(stream: T): T & SocketMethods {
  const noop = function noop(this: T): T {
    return this;
  };
  const missing: Partial<Record<keyof SocketMethods, () => T>> = {};
  for (const method of ["setNoDelay", "setKeepAlive", "setTimeout", "ref", "unref"] as const) {
    if (!(method in stream)) missing[method] = noop;
  }
  return Object.assign(stream, missing) as T & SocketMethods;
}
