import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { buildConnector } from "undici";
import { ClockerError } from "../model/errors.ts";
import { asSocket } from "./as-socket.ts";

/** Opens one connection to an engine; it must give up when the signal aborts. */
export type Connect = (signal: AbortSignal) => Promise<Duplex>;

/**
 * A `Connect` with a bound: opening takes `timeout` milliseconds at most, whatever `connect` does with its signal; a connection that
 * comes too late is closed.
 */
export function boundedConnect(connect: Connect, engine: string, timeout: number): Connect {
  return (signal) => {
    const own = new AbortController();
    return new Promise<Duplex>((resolve, reject) => {
      let settled = false;
      const settle = (end: () => void): void => {
        settled = true;
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        end();
      };
      const giveUp = (error: unknown): void => {
        if (settled) return;
        settle(() => reject(error));
        own.abort(error);
      };
      const onAbort = (): void => giveUp(signal.reason);
      const timer = setTimeout(() => giveUp(tooSlow(engine, timeout)), timeout);
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      const connecting = (async () => connect(own.signal))();
      connecting.then(
        (stream) => (settled ? stream.destroy() : settle(() => resolve(asSocket(stream)))),
        (error: unknown) => settled || settle(() => reject(error)),
      );
    });
  };
}

/** The same for undici's pools. `onFailure` hears of every failure, so that requests that wait for their turn can fail at once. */
export function undiciConnector(connect: Connect, closed: AbortSignal, onFailure: (error: Error) => void): buildConnector.connector {
  return (_options, callback) => {
    connect(closed).then(
      // undici asks for a net.Socket, and uses what every duplex has and what asSocket adds.
      (stream) => callback(null, stream as Socket),
      (error: unknown) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        callback(failure, null);
        onFailure(failure);
      },
    );
  };
}

function tooSlow(engine: string, timeout: number): ClockerError {
  return new ClockerError("unreachable", `Cannot connect to engine "${engine}": no connection within ${timeout / 1000} s`, { details: { timeout } });
}
