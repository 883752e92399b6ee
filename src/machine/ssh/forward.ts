import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { asSocket } from "../../engine/as-socket.ts";
import { ClockerError } from "../../model/errors.ts";
import { dialCommand, nameOfTarget } from "../dial.ts";
import type { ForwardTarget } from "../machine.ts";
import { ChannelStream } from "./channel-stream.ts";
import type { Carriers } from "./carriers.ts";
import { ChannelRefused, openChannel } from "./open-session.ts";
import type { SessionPlace } from "./session.ts";

/** What servers say when forwarding is switched off (`AllowTcpForwarding no`, `AllowStreamLocalForwarding no`) or unknown to them. */
const SWITCHED_OFF = /prohibited|unknown channel type|not allowed|unsupported/i;

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
      const another = SWITCHED_OFF.test(error.message) || ("socket" in target && this.#place.sudo);
      if (!another) throw new ClockerError("unreachable", `Cannot ${action}: ${error.message}`, { cause: error });
      return await this.#carriers.open(dialCommand(target), action, signal);
    }
  }

  /** Ends the connections that carry streams through programs. */
  async close(): Promise<void> {
    await this.#carriers.close();
  }
}

function ask(client: Client, target: ForwardTarget, done: (error: Error | undefined, channel: ClientChannel) => void): void {
  if ("socket" in target) client.openssh_forwardOutStreamLocal(target.socket, done);
  else client.forwardOut("127.0.0.1", 0, target.host, target.port, done);
}
