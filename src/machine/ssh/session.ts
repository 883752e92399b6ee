import { randomUUID } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import type { ClientChannel } from "ssh2";
import { abortError } from "../../engine/abort.ts";
import { KILL_TREE } from "../../engine/kill-tree.ts";
import { OutputGrace } from "../../engine/output-grace.ts";
import { PidLine } from "../../engine/pid-line.ts";
import { ClockerError } from "../../model/errors.ts";
import { exitCodeOfSignal } from "../command.ts";
import { ChannelStream } from "./channel-stream.ts";
import type { TerminalSize } from "../../engine/command-session.ts";
import { bootstrap, header, type RemoteCommand, terminalBootstrap } from "./header.ts";
import type { SshLink } from "./link.ts";
import { openSession } from "./open-session.ts";

export interface SessionSpec extends RemoteCommand {
  stdin?: string | Buffer | undefined;
  /** Writes the input in place of `stdin`, until the signal aborts because the command has ended. */
  send?: (to: Writable, ended: AbortSignal) => Promise<void>;
  /** The command leaves nothing behind: its output ends by itself, and all of it is waited for, however slowly it comes. */
  endsWithOutput?: boolean;
  /** Gives it a terminal of this size. */
  terminal?: TerminalSize | undefined;
  /** Called once the command's channel is open. */
  onOpen?: (opened: OpenedChannel) => void;
  onStdout: (bytes: Buffer) => void;
  onStderr: (bytes: Buffer) => void;
}

export interface OpenedChannel {
  readonly channel: ClientChannel;
  /** Its output, and its errors: read from here, so that they can be held back here. */
  readonly outputs: readonly Readable[];
}

/** Where a session runs. */
export interface SessionPlace {
  link: SshLink;
  /** The machine's name, for messages. */
  name: string;
  sudo: boolean;
}

/** Milliseconds for ending a command. */
const KILL_TIMEOUT = 15_000;
/** Milliseconds that a channel may take to close after its command was ended; a dead connection takes longer. */
const CLOSE_TIMEOUT = 5_000;

interface Ending {
  exitCode: number | undefined;
  signal: string | undefined;
}

/**
 * Runs a command over SSH to its end and gives its exit code (128 + n for signal n). When the signal aborts, the command and all that it
 * started are ended on the machine before this rejects.
 * @throws unreachable when the connection is lost or the login shell doesn't start commands
 */
export async function runSession(place: SessionPlace, spec: SessionSpec, action: string, signal: AbortSignal): Promise<number> {
  const mark = `clocker-${randomUUID()}`;
  const { terminal } = spec;
  const commandLine = terminal === undefined ? bootstrap(place.sudo) : terminalBootstrap(place.sudo, header(mark, spec, { isTerminal: true }));
  const pty = terminal === undefined ? undefined : { cols: terminal.columns, rows: terminal.rows, term: spec.env?.["TERM"] ?? "xterm-256color" };
  const { channel, release } = await openSession(place.link, commandLine, action, signal, place.link.sessions, pty);
  try {
    return await new Session(place, { channel, mark }, spec, action).run(signal);
  } finally {
    channel.close();
    release();
  }
}

class Session {
  readonly #place: SessionPlace;
  readonly #channel: ClientChannel;
  readonly #spec: SessionSpec;
  readonly #action: string;
  readonly #mark: string;
  readonly #stdout: PidLine;
  readonly #stderr: PidLine;
  /** What the login shell said in place of starting the command. */
  #early = "";

  constructor(place: SessionPlace, { channel, mark }: { channel: ClientChannel; mark: string }, spec: SessionSpec, action: string) {
    this.#place = place;
    this.#channel = channel;
    this.#mark = mark;
    this.#spec = spec;
    this.#action = action;
    const early = (bytes: Buffer): void => void (this.#early += bytes.toString("utf8"));
    this.#stdout = new PidLine(this.#mark, (bytes) => (this.#stdout.seen ? spec.onStdout(bytes) : early(bytes)));
    this.#stderr = spec.terminal === undefined ? new PidLine(this.#mark, (bytes) => (this.#stderr.seen ? spec.onStderr(bytes) : early(bytes))) : this.#stdout;
  }

  async run(signal: AbortSignal): Promise<number> {
    const input = new AbortController();
    const gaveUp = Promise.withResolvers<undefined>();
    let timer: NodeJS.Timeout | undefined;
    let killed: Promise<void> | undefined;
    const onAbort = (): void => {
      killed = this.#kill().finally(() => (timer = setTimeout(() => gaveUp.resolve(undefined), CLOSE_TIMEOUT)));
      // Awaited below; it may fail before anyone gets there.
      killed.catch(() => undefined);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const stream = new ChannelStream(this.#channel);
    const ended = this.#ended(stream);
    this.#spec.onOpen?.({ channel: this.#channel, outputs: [stream, this.#channel.stderr] });
    const sent = this.#send(stream, input.signal);
    const ending = await Promise.race([ended, gaveUp.promise]);
    signal.removeEventListener("abort", onAbort);
    input.abort();
    const inputFailure = await sent;
    if (signal.aborted || !ending) {
      await killed;
      clearTimeout(timer);
      throw abortError(signal, this.#action);
    }
    if (inputFailure !== undefined) throw new ClockerError("command-failed", `Cannot ${this.#action}: its input broke off`, { cause: inputFailure });
    return this.#exitCode(ending);
  }

  /** Sends the header and then the command's input. Resolves with what made the input itself fail; that nobody reads it is no failure. */
  async #send(stream: ChannelStream, ended: AbortSignal): Promise<unknown> {
    const { stdin = "", send } = this.#spec;
    if (this.#spec.terminal === undefined) stream.write(header(this.#mark, this.#spec));
    if (!send) {
      stream.end(stdin);
      return undefined;
    }
    try {
      await send(stream, ended);
      return undefined;
    } catch (error) {
      return ended.aborted ? undefined : error;
    }
  }

  /** Resolves when the channel has closed and all output was read. */
  #ended(stream: ChannelStream): Promise<Ending> {
    const channel = this.#channel;
    const ending: Ending = { exitCode: undefined, signal: undefined };
    const grace = new OutputGrace(() => channel.close());
    stream.on("data", (bytes: Buffer) => {
      grace.heard();
      this.#stdout.write(bytes);
    });
    // What went wrong with it is told by the channel's end, or by the input that destroyed it.
    stream.on("error", () => undefined);
    channel.stderr.on("data", (bytes: Buffer) => {
      grace.heard();
      this.#stderr.write(bytes);
    });
    channel.on("exit", (code: number | null, signal?: string) => {
      ending.exitCode = code ?? undefined;
      ending.signal = signal;
      if (!this.#spec.endsWithOutput) grace.begin();
    });
    channel.once("close", () => grace.cancel());
    const closings = [channel, channel.stderr, stream].map((part) => new Promise<void>((resolve) => part.once("close", () => resolve())));
    return Promise.all(closings).then(() => {
      this.#stdout.end();
      this.#stderr.end();
      return ending;
    });
  }

  #exitCode(ending: Ending): number {
    const { name } = this.#place;
    if (ending.exitCode === undefined && ending.signal === undefined) {
      throw new ClockerError("unreachable", `Cannot ${this.#action}: the connection was lost`, {
        remedy: `Check that ${name} is up; the command may still run there`,
      });
    }
    if (!this.#stderr.seen) throw this.#startFailure(ending);
    return ending.signal === undefined ? (ending.exitCode ?? 0) : exitCodeOfSignal(ending.signal);
  }

  #startFailure(ending: Ending): ClockerError {
    const { sudo } = this.#place;
    const said = this.#early.trim().slice(-500) || `exit code ${ending.exitCode ?? ending.signal}`;
    return new ClockerError("unreachable", `Cannot ${this.#action}: its login shell starts no commands: ${said}`, {
      remedy: sudo ? "Check that the user may run sudo without a password" : "Check the user's login shell",
    });
  }

  async #kill(): Promise<void> {
    const { link, sudo } = this.#place;
    const bound = AbortSignal.timeout(KILL_TIMEOUT);
    try {
      const pid = await this.#stderr.pid(KILL_TIMEOUT);
      if (pid !== undefined) await runKiller(link, pid, sudo, bound);
    } catch (error) {
      if (!(error instanceof ClockerError)) throw error;
      // No session to be had for the killer, or no connection: what is left is to ask the server on this channel.
      this.#channel.signal("KILL");
    } finally {
      this.#channel.close();
    }
  }
}

async function runKiller(link: SshLink, pid: number, sudo: boolean, signal: AbortSignal): Promise<void> {
  const { channel, release } = await openSession(link, bootstrap(sudo), `end process ${pid}`, signal, link.killers);
  const onAbort = (): void => void channel.close();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    channel.resume();
    channel.stderr.resume();
    channel.end(header("clocker-end", { argv: ["/bin/sh", "-c", KILL_TREE, "sh", String(pid)] }));
    await new Promise<void>((resolve) => channel.once("close", () => resolve()));
  } finally {
    signal.removeEventListener("abort", onAbort);
    release();
  }
}
