import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import type { ClientChannel } from "ssh2";
import { asSocket } from "../../engine/as-socket.ts";
import { PidLine } from "../../engine/pid-line.ts";
import { ClockerError } from "../../model/errors.ts";
import { NO_WAY_TO_DIAL } from "../dial.ts";
import { ChannelStream } from "./channel-stream.ts";
import { bootstrap, header } from "./header.ts";
import type { SshLink } from "./link.ts";
import { type OpenSession, tryOpenSession } from "./open-session.ts";

/**
 * Streams through programs on the machine. Each takes a session of an SSH connection for as long as it lives, so they have connections
 * of their own: however many are open, commands find their places.
 */
export class Carriers {
  readonly #newLink: () => SshLink;
  readonly #sudo: boolean;
  readonly #links = new Set<SshLink>();

  constructor(newLink: () => SshLink, sudo: boolean) {
    this.#newLink = newLink;
    this.#sudo = sudo;
  }

  /** The standard input and output of a command as a stream. When the command fails, the stream breaks off with what it said. */
  async open(argv: readonly string[], action: string, signal: AbortSignal): Promise<Duplex> {
    const { link, channel, release } = await this.#openSession(action, signal);
    const mark = `clocker-${randomUUID()}`;
    const stream = new CarriedStream(channel, mark, action);
    channel.once("close", () => {
      release();
      void this.#dropIdle(link);
    });
    stream.write(header(mark, { argv }));
    return asSocket(stream);
  }

  async close(): Promise<void> {
    const links = [...this.#links];
    this.#links.clear();
    await Promise.all(links.map((link) => link.close()));
  }

  async #openSession(action: string, signal: AbortSignal): Promise<OpenSession & { link: SshLink }> {
    for (;;) {
      // Never waits for a place: streams may live for ever.
      const link = this.#freeLink();
      const session = await tryOpenSession(link, bootstrap(this.#sudo), action, signal, link.sessions);
      if (session) return { ...session, link };
    }
  }

  #freeLink(): SshLink {
    for (const link of this.#links) if (link.sessions.hasRoom) return link;
    const link = this.#newLink();
    this.#links.add(link);
    return link;
  }

  async #dropIdle(link: SshLink): Promise<void> {
    if (link.sessions.held > 0 || !this.#links.delete(link)) return;
    await link.close();
  }
}

/** The stream of a program's channel: without the line that the header prints, and broken off where the program failed. */
class CarriedStream extends ChannelStream {
  readonly #mark: string;
  readonly #action: string;
  readonly #line: PidLine;
  #exitCode: number | null = 0;
  #stderr = "";

  constructor(channel: ClientChannel, mark: string, action: string) {
    super(channel);
    this.#mark = mark;
    this.#action = action;
    this.#line = new PidLine(mark, (bytes) => super.push(bytes));
    channel.stderr.on("data", (bytes: Buffer) => void (this.#stderr = (this.#stderr + bytes.toString("utf8")).slice(-2_000)));
    channel.on("exit", (code: number | null) => void (this.#exitCode = code));
    channel.once("close", () => (this.#exitCode === 0 ? super.push(null) : this.destroy(this.#failure())));
  }

  override push(chunk: Buffer | null): boolean {
    // Whether this is the end or a failure shows when the channel closes.
    if (chunk === null) return false;
    this.#line.write(chunk);
    return this.readableLength < this.readableHighWaterMark;
  }

  #failure(): ClockerError {
    if (this.#exitCode === NO_WAY_TO_DIAL) {
      return new ClockerError("unreachable", `Cannot ${this.#action}: the machine has no tool that joins a stream to a socket`, { remedy: "Install socat, perl or python3 on the machine" });
    }
    const said = this.#stderr.split("\n").filter((line) => line !== "" && !line.includes(this.#mark)).join("\n");
    return new ClockerError("unreachable", `Cannot ${this.#action}: ${said || `exit code ${this.#exitCode}`}`);
  }
}
