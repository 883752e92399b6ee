import type { Client, ClientChannel, PseudoTtyOptions } from "ssh2";
import { abortError } from "../../engine/abort.ts";
import type { Limiter } from "../../engine/limiter.ts";
import { ClockerError } from "../../model/errors.ts";
import type { SshLink } from "./link.ts";

export interface OpenSession {
  channel: ClientChannel;
  /** Gives the place back. */
  release: () => void;
}

/**
 * Starts a command line on the connection, when its turn comes. `places` says whose turn it is. Undefined when the server allows fewer
 * sessions than OpenSSH's default and refused this one: fewer are asked for from now on.
 */
export async function tryOpenSession(link: SshLink, commandLine: string, action: string, signal: AbortSignal, places: Limiter, pty?: PseudoTtyOptions): Promise<OpenSession | undefined> {
  const release = await places.acquire(action, signal);
  try {
    const client = await link.client(action, signal);
    return { channel: await openChannel(client, (done) => client.exec(commandLine, pty === undefined ? {} : { pty }, done), action, signal), release };
  } catch (error) {
    const others = places.held - 1;
    release();
    if (!(error instanceof ChannelRefused)) throw error;
    if (others < 1) throw new ClockerError("unreachable", `Cannot ${action}: the SSH server opens no session`, { cause: error });
    // One less than worked, so that ending a command finds a place.
    places.shrinkTo(others - 1);
    return undefined;
  }
}

/** The same for one that waits its turn again when it was refused. */
export async function openSession(link: SshLink, commandLine: string, action: string, signal: AbortSignal, places: Limiter = link.sessions, pty?: PseudoTtyOptions): Promise<OpenSession> {
  for (;;) {
    const session = await tryOpenSession(link, commandLine, action, signal, places, pty);
    if (session) return session;
  }
}

/** The server refused to open a channel; the connection is well. */
export class ChannelRefused extends Error {
  override readonly name = "ChannelRefused";
  /** The reason's number in the SSH protocol (RFC 4254, 5.1): 1 prohibited, 2 connect failed, 3 unknown channel type, 4 shortage. */
  readonly reason: number;

  constructor(reason: number, cause: Error) {
    super(cause.message, { cause });
    this.reason = reason;
  }
}

/** Opens a channel; one that comes after the signal has aborted is closed. @throws ChannelRefused, unreachable, cancelled */
export function openChannel<C extends { close(): void }>(
  client: Client,
  open: (done: (error: Error | undefined, channel: C) => void) => void,
  action: string,
  signal: AbortSignal,
): Promise<C> {
  return new Promise<C>((resolve, reject) => {
    const onAbort = (): void => reject(abortError(signal, action));
    signal.addEventListener("abort", onAbort, { once: true });
    const done = (error: Error | undefined, channel: C): void => {
      signal.removeEventListener("abort", onAbort);
      if (error) reject("reason" in error && error.reason !== "" ? new ChannelRefused(Number(error.reason), error) : unopened(action, error));
      else if (signal.aborted) channel.close();
      else resolve(channel);
    };
    try {
      open(done);
    } catch (error) {
      // ssh2 throws "Not connected" between the end of a connection and its "close".
      signal.removeEventListener("abort", onAbort);
      client.destroy();
      reject(unopened(action, error));
    }
  });
}

function unopened(action: string, error: unknown): ClockerError {
  return new ClockerError("unreachable", `Cannot ${action}: the SSH server opened no channel`, { cause: error });
}
