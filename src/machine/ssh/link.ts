import type { Client } from "ssh2";
import { orAborted } from "../../engine/abort.ts";
import { Limiter } from "../../engine/limiter.ts";
import { ClockerError } from "../../model/errors.ts";
import { connectSsh } from "./connect.ts";
import type { HostKey } from "./host-key.ts";
import { nameOfSsh, type SshOptions } from "./ssh-options.ts";

/** OpenSSH allows ten sessions on a connection by default; two stay free for ending commands. */
const SESSIONS = 8;

/** Milliseconds that a closing connection may take to say goodbye. */
const GOODBYE = 2_000;

/** One SSH connection, made when it is first needed and again after it was lost. */
export class SshLink {
  /** Commands that run at once; the others wait. */
  readonly sessions = new Limiter(SESSIONS);
  /** For ending commands: never waits behind commands. */
  readonly killers = new Limiter(1);
  readonly #options: SshOptions;
  readonly #hostKey: HostKey;
  #client: Promise<Client> | undefined;
  #stop = new AbortController();

  constructor(options: SshOptions, hostKey: HostKey) {
    this.#options = options;
    this.#hostKey = hostKey;
  }

  /** The connection. Whoever waits for the same one fails with it. */
  async client(action: string, signal?: AbortSignal): Promise<Client> {
    return await orAborted(this.#client ?? this.#connect(), action, signal);
  }

  /** Idempotent; the next use connects again. */
  async close(): Promise<void> {
    const closing = this.#client;
    this.#client = undefined;
    this.#stop.abort(new ClockerError("unreachable", `The connection to ${nameOfSsh(this.#options)} was closed`));
    this.#stop = new AbortController();
    // A connection that was not made needs no closing.
    const client = await closing?.catch(() => undefined);
    if (!client) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        client.destroy();
        resolve();
      }, GOODBYE);
      client.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      client.end();
    });
  }

  #connect(): Promise<Client> {
    const connecting = connectSsh(this.#options, this.#hostKey, this.#stop.signal);
    this.#client = connecting;
    const forget = (): void => {
      if (this.#client === connecting) this.#client = undefined;
    };
    connecting.then((client) => client.once("close", forget), forget);
    return connecting;
  }
}
