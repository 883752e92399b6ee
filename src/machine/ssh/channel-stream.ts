import { Duplex } from "node:stream";
import type { Channel } from "ssh2";

/**
 * An SSH channel as a stream that keeps Node's promises. ssh2's own never answers a write after the channel has closed, and drops the
 * error that it is destroyed with. What is written when the other side has closed is dropped: the end of what it sends tells the writer.
 */
export class ChannelStream extends Duplex {
  readonly #channel: Channel;
  #pending: ((error?: Error | null) => void) | undefined;
  #closed = false;

  constructor(channel: Channel) {
    // Not destroyed by itself when both directions have ended: a channel that is closed then loses the exit code that is still to come.
    super({ allowHalfOpen: true, autoDestroy: false });
    this.#channel = channel;
    channel.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.once("end", () => this.push(null));
    channel.on("error", (error: Error) => this.destroy(error));
    channel.once("close", () => this.#onClose());
    channel.pause();
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#pending = done;
    if (this.#closed) this.#settle();
    else this.#channel.write(chunk, encoding, (error) => this.#settle(error));
  }

  override _final(done: (error?: Error | null) => void): void {
    if (!this.#closed) this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#settle(error);
    this.#channel.close();
    // The channel closes once it has been read to its end.
    this.#channel.resume();
    done(error);
  }

  #onClose(): void {
    this.#closed = true;
    this.#settle();
    // What has arrived may still be read.
    if (this.readableEnded) this.destroy();
    else this.once("end", () => this.destroy()).push(null);
  }

  #settle(error?: Error | null): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.(error);
  }
}
