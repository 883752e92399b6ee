import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { asSocket } from "../../engine/as-socket.ts";
import { PidLine } from "../../engine/pid-line.ts";
import { ClockerError } from "../../model/errors.ts";
import { NO_WAY_TO_DIAL } from "../dial.ts";
import { ChannelStream } from "./channel-stream.ts";
import { bootstrap, header } from "./header.ts";
import { type SshLink, SESSIONS } from "./link.ts";
import { openSession } from "./open-session.ts";

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
    const link = this.#freeLink();
    const { channel, release } = await openSession(link, bootstrap(this.#sudo), action, signal);
    const mark = `clocker-${randomUUID()}`;
    let stderr = "";
    channel.stderr.on("data", (bytes: Buffer) => void (stderr = (stderr + bytes.toString("utf8")).slice(-2_000)));
    const stream = new MarkedStream(channel, mark);
    channel.on("exit", (code: number | null) => {
      if (code !== 0) stream.destroy(brokenOff(action, code, stderr.replaceAll(new RegExp(`^.*${mark}.*\n`, "gm"), "")));
    });
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

  #freeLink(): SshLink {
    for (const link of this.#links) if (link.sessions.held < SESSIONS) return link;
    const link = this.#newLink();
    this.#links.add(link);
    return link;
  }

  async #dropIdle(link: SshLink): Promise<void> {
    if (link.sessions.held > 0 || !this.#links.delete(link)) return;
    await link.close();
  }
}

/** A channel's stream without the line that the header prints before the command starts. */
class MarkedStream extends ChannelStream {
  readonly #line: PidLine;

  constructor(channel: ConstructorParameters<typeof ChannelStream>[0], mark: string) {
    super(channel);
    this.#line = new PidLine(mark, (bytes) => super.push(bytes));
  }

  override push(chunk: Buffer | null): boolean {
    if (chunk === null) return super.push(null);
    this.#line.write(chunk);
    return this.readableLength < this.readableHighWaterMark;
  }
}

function brokenOff(action: string, code: number | null, said: string): ClockerError {
  const reason = code === NO_WAY_TO_DIAL ? "the machine has no tool that joins a stream to a socket" : said.trim() || `exit code ${code}`;
  return new ClockerError("unreachable", `Cannot ${action}: ${reason}`, { remedy: "Install socat, perl or python3 on the machine" });
}
