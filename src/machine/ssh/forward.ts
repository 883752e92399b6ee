import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { asSocket } from "../../engine/as-socket.ts";
import { ClockerError } from "../../model/errors.ts";
import { dialCommand, nameOfTarget } from "../dial.ts";
import type { ForwardTarget } from "../machine.ts";
import type { Carriers } from "./carriers.ts";
import { ChannelStream } from "./channel-stream.ts";
import { ChannelRefused, openChannel } from "./open-session.ts";
import { runSession, type SessionPlace } from "./session.ts";

/** OpenSSH tells with this that nobody answered, and for a unix socket also that it forwards none. */
const CONNECT_FAILED = 2;
const CHECK_SOCKET = '[ -S "$1" ] || exit 44; [ -w "$1" ] || exit 45';
const NO_SOCKET = 44;
const NO_PERMISSION = 45;

/**
 * Streams to sockets as seen from one SSH machine. They are channels that don't count as sessions, so they never take a command's place.
 * Where the server forwards no sockets, or only root may open this one and the machine is used through sudo, the stream goes through a
 * program on the machine instead, over connections of its own.
 */
export class Forwarder {
  readonly #place: SessionPlace;
  readonly #carriers: Carriers;

  constructor(place: SessionPlace, carriers: Carriers) {
    this.#place = place;
    this.#carriers = carriers;
  }

  /** @throws unreachable when nothing listens there or the stream can't be opened */
  async open(target: ForwardTarget, signal: AbortSignal): Promise<Duplex> {
    const action = `connect to ${nameOfTarget(target)} from ${this.#place.name}`;
    const client = await this.#place.link.client(action, signal);
    try {
      return asSocket(new ChannelStream(await openChannel(client, (done) => ask(client, target, done), action, signal)));
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      if ("socket" in target) await this.#checkSocket(target.socket, action, signal);
      else if (error.reason === CONNECT_FAILED) throw new ClockerError("unreachable", `Cannot ${action}: nothing answers there`, { cause: error });
      return await this.#carriers.open(dialCommand(target), action, signal);
    }
  }

  /** Ends the connections that carry streams through programs. */
  async close(): Promise<void> {
    await this.#carriers.close();
  }

  async #checkSocket(path: string, action: string, signal: AbortSignal): Promise<void> {
    const nothing = (): void => undefined;
    const spec = { argv: ["/bin/sh", "-c", CHECK_SOCKET, "sh", path], onStdout: nothing, onStderr: nothing };
    const exitCode = await runSession(this.#place, spec, action, signal);
    if (exitCode === NO_SOCKET) throw new ClockerError("unreachable", `Cannot ${action}: there is no such socket`);
    if (exitCode === NO_PERMISSION) {
      throw new ClockerError("unreachable", `Cannot ${action}: permission denied`, { remedy: "Give the user access to the socket (for Docker: add it to the group docker), or use sudo" });
    }
  }
}

function ask(client: Client, target: ForwardTarget, done: (error: Error | undefined, channel: ClientChannel) => void): void {
  if ("socket" in target) client.openssh_forwardOutStreamLocal(target.socket, done);
  else client.forwardOut("127.0.0.1", 0, target.host, target.port, done);
}
