import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ClockerError } from "../model/errors.ts";
import { graceSignal } from "./abort.ts";
import type { TerminalSize } from "./command-session.ts";
import { KILL_TREE } from "./kill-tree.ts";
import { PidLine } from "./pid-line.ts";
import { frameReader, type OutputStream } from "./stream-frames.ts";
import { askFor, type EngineTransport } from "./transport.ts";

export interface SessionSpec {
  argv: readonly string[];
  env?: Readonly<Record<string, string>> | undefined;
  user?: string | undefined;
  workingDir?: string | undefined;
  /** Gives it a terminal of this size. */
  terminal?: TerminalSize | undefined;
  withStdin: boolean;
}

/** Says its process id on standard error, then becomes the command: so the command can be killed, which the engine can't do. */
const WRAPPER = 'printf "%s %s\\n" "$1" "$$" >&2; [ -z "$3" ] || stty rows "${3%x*}" cols "${3#*x}" 2>/dev/null; [ -z "$2" ] || cd -- "$2" || exit 126; shift 3; exec "$@"';
/** Milliseconds that a cancelled start may still take. */
const START_GRACE = 5_000;
const KILL_TIMEOUT = 15_000;
const EXIT_CODE_TIMEOUT = 30_000;

const created = z.object({ Id: z.string() });
const inspected = z.object({ Running: z.boolean(), ExitCode: z.number().nullish() });

/** A command that runs in a container, with its standard streams. The image must have /bin/sh. */
export class ExecSession {
  /** Standard input; its readable side belongs to the session. */
  readonly socket: Duplex;
  readonly #transport: EngineTransport;
  readonly #container: string;
  readonly #execId: string;
  readonly #pidLine: PidLine;
  readonly #read: (chunk: Buffer) => void;
  #ended = false;

  private constructor(transport: EngineTransport, container: string, execId: string, socket: Duplex, mark: string, isTerminal: boolean, onOutput: (stream: OutputStream, bytes: Buffer) => void) {
    this.#transport = transport;
    this.#container = container;
    this.#execId = execId;
    this.socket = socket;
    this.#pidLine = new PidLine(mark, (bytes) => onOutput(isTerminal ? "stdout" : "stderr", bytes));
    // A terminal has one output, without frames.
    this.#read = isTerminal ? (chunk) => this.#pidLine.write(chunk) : frameReader((stream, bytes) => (stream === "stderr" ? this.#pidLine.write(bytes) : onOutput(stream, bytes)));
  }

  static async start(transport: EngineTransport, container: string, spec: SessionSpec, onOutput: (stream: OutputStream, bytes: Buffer) => void, signal?: AbortSignal): Promise<ExecSession> {
    const mark = `clocker-${randomUUID()}`;
    const action = `run a command in container "${container}"`;
    const isTerminal = spec.terminal !== undefined;
    const argv = ["/bin/sh", "-c", WRAPPER, "sh", mark, spec.workingDir ?? "", sizeOf(spec.terminal), ...spec.argv];
    const execId = await createExec(transport, container, { ...spec, argv }, action, signal);
    // Once it is asked for, the command runs: without the stream nobody could end it.
    const grace = graceSignal(signal, START_GRACE);
    try {
      const socket = await transport.hijack({ method: "POST", path: `/exec/${execId}/start`, action, json: { Detach: false, Tty: isTerminal }, signal: grace.signal });
      return new ExecSession(transport, container, execId, socket, mark, isTerminal, onOutput);
    } finally {
      grace.done();
    }
  }

  /** Hands on a chunk that was read from the socket. */
  read(chunk: Buffer): void {
    this.#read(chunk);
  }

  /** Call when the socket has ended: gives out what was held back. */
  endOfOutput(): void {
    this.#pidLine.end();
  }

  /** Tells its terminal its size. One that is over has none any more. */
  async resize({ columns, rows }: TerminalSize): Promise<void> {
    await this.#transport.json({ method: "POST", path: `/exec/${this.#execId}/resize`, query: { w: columns, h: rows }, action: `resize the terminal of a command in container "${this.#container}"`, accept: [400, 404, 409, 500] });
  }

  /** Waits until the engine knows the exit code, which is a little later than the end of the output. */
  async exitCode(signal?: AbortSignal): Promise<number> {
    const action = `learn how a command in container "${this.#container}" ended`;
    const deadline = Date.now() + EXIT_CODE_TIMEOUT;
    for (let pause = 5; Date.now() < deadline; pause = Math.min(pause * 2, 500)) {
      const exitCode = await this.#inspect(action, signal);
      if (exitCode !== undefined) return exitCode;
      await sleep(pause);
    }
    throw new ClockerError("engine-error", `Cannot ${action}: its output ended, and the engine still says that it runs`, { details: { engine: this.#transport.engine } });
  }

  /** Whether the engine says that the command is over. */
  async hasEnded(signal?: AbortSignal): Promise<boolean> {
    return (await this.#inspect(`learn whether a command in container "${this.#container}" ended`, signal)) !== undefined;
  }

  /** The error of a broken connection. */
  failure(error: unknown): ClockerError {
    return this.#transport.failure({ action: `go on with a command in container "${this.#container}"` }, error);
  }

  /** Ends the command and all that it started, then the stream. Bounded; an engine that is gone or a container that ended is no failure. */
  async kill(): Promise<void> {
    try {
      const bound = AbortSignal.timeout(KILL_TIMEOUT);
      const pid = this.#ended ? undefined : await this.#pidLine.pid(KILL_TIMEOUT);
      if (pid !== undefined) await this.#runKiller(pid, bound);
    } catch (error) {
      if (!(error instanceof ClockerError) || !harmlessWhenKilling.has(error.code)) throw error;
    } finally {
      this.socket.destroy();
    }
  }

  async #inspect(action: string, signal?: AbortSignal): Promise<number | undefined> {
    const state = await askFor(this.#transport, inspected, { method: "GET", path: `/exec/${this.#execId}/json`, action, signal });
    if (state.Running || typeof state.ExitCode !== "number") return undefined;
    this.#ended = true;
    return state.ExitCode;
  }

  async #runKiller(pid: number, signal: AbortSignal): Promise<void> {
    const action = `end a command in container "${this.#container}"`;
    const killer = await createExec(this.#transport, this.#container, { argv: ["/bin/sh", "-c", KILL_TREE, "sh", String(pid)], user: "0", withStdin: false }, action, signal);
    const socket = await this.#transport.hijack({ method: "POST", path: `/exec/${killer}/start`, action, json: { Detach: false, Tty: false }, signal });
    socket.resume();
    await new Promise<void>((resolve) => {
      socket.once("close", resolve);
      socket.once("end", () => socket.destroy());
      socket.once("error", () => resolve());
      signal.addEventListener("abort", () => socket.destroy(), { once: true });
    });
  }
}

/** `40x120`: set from inside, as older engines take a size only when the command runs already. */
function sizeOf(terminal: TerminalSize | undefined): string {
  return terminal === undefined ? "" : `${Math.trunc(terminal.rows)}x${Math.trunc(terminal.columns)}`;
}

/** The container is gone, is not running any more, or nobody can tell: then there is nothing left to kill from here. */
const harmlessWhenKilling: ReadonlySet<string> = new Set(["not-found", "conflict", "unreachable", "timeout"]);

async function createExec(transport: EngineTransport, container: string, spec: SessionSpec, action: string, signal?: AbortSignal): Promise<string> {
  const answer = await askFor(transport, created, {
    method: "POST",
    path: `/containers/${encodeURIComponent(container)}/exec`,
    action,
    signal,
    json: {
      Cmd: spec.argv,
      Env: Object.entries({ ...(spec.terminal === undefined ? {} : { TERM: "xterm-256color" }), ...spec.env }).map(([name, value]) => `${name}=${value}`),
      User: spec.user ?? "",
      AttachStdin: spec.withStdin,
      AttachStdout: true,
      AttachStderr: true,
      Tty: spec.terminal !== undefined,
    },
  });
  return answer.Id;
}
