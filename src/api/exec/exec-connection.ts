import type { RawData, WebSocket } from "ws";
import type { CommandSession, Machine } from "../../machine/machine.ts";
import type { Clock } from "../../model/clock.ts";
import { ClockerError } from "../../model/errors.ts";
import { failureOf } from "../http/failures.ts";
import { ExecControl, type ExecEnd, ExecStart, STDERR, STDOUT } from "./exec-protocol.ts";

/** Bytes that may wait for a slow reader before the command's output is held back. */
const MOST_WAITING = 1_048_576;
/** Milliseconds between questions whether the client is there; one that does not answer until the next is gone. */
const PING = 30_000;
/** Milliseconds within which the client says what to run. */
const START_TIMEOUT = 10_000;

export interface ExecEvents {
  /** Before the command is started; it is not when this throws. */
  readonly starting: (start: ExecStart) => Promise<void>;
  readonly ended: (end: ExecEnd | "gone") => void;
}

/** Runs the command that a client asks for, and joins its streams with the client's. When the client goes away the command is ended. */
export function serveExec(socket: WebSocket, machine: Machine, clock: Clock, events: ExecEvents): void {
  new ExecConnection(socket, machine, clock, events).listen();
}

class ExecConnection {
  readonly #socket: WebSocket;
  readonly #machine: Machine;
  readonly #clock: Clock;
  readonly #events: ExecEvents;
  readonly #gone = new AbortController();
  /** What comes before the command runs; little, as the connection is held back then. */
  readonly #early: [Buffer, boolean][] = [];
  #session: CommandSession | undefined;
  #isStarted = false;
  #isAlive = true;
  #isOver = false;
  #cancelTimer: () => void = () => {};

  constructor(socket: WebSocket, machine: Machine, clock: Clock, events: ExecEvents) {
    this.#socket = socket;
    this.#machine = machine;
    this.#clock = clock;
    this.#events = events;
  }

  listen(): void {
    const socket = this.#socket;
    socket.on("message", (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on("pong", () => (this.#isAlive = true));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#onClose());
    this.#cancelTimer = this.#clock.after(START_TIMEOUT, () => this.#isStarted || this.#end({ error: failureOf(new ClockerError("invalid-request", "The client did not say what to run")) }));
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#isOver) return;
    const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
    if (this.#isStarted && this.#session === undefined) return void this.#early.push([bytes, isBinary]);
    if (isBinary) return this.#input(bytes);
    try {
      const message: unknown = JSON.parse(bytes.toString("utf8"));
      if (this.#isStarted) this.#control(ExecControl.parse(message));
      else this.#begin(ExecStart.parse(message));
    } catch (error) {
      this.#end({ error: failureOf(new ClockerError("invalid-request", "A message to a command could not be understood", { cause: error })) });
    }
  }

  #begin(start: ExecStart): void {
    this.#isStarted = true;
    this.#socket.pause();
    this.#cancelTimer();
    this.#schedulePing();
    this.#run(start).catch((error: unknown) => this.#end({ error: failureOf(error) }));
  }

  async #run(start: ExecStart): Promise<void> {
    const [program = "", ...args] = start.argv;
    await this.#events.starting(start);
    const { env, cwd, terminal } = start;
    const session = await this.#machine.open([program, ...args], {
      ...(env && { env }),
      ...(cwd !== undefined && { cwd }),
      ...(terminal && { terminal }),
      onStdout: (bytes) => this.#output(STDOUT, bytes),
      onStderr: (bytes) => this.#output(STDERR, bytes),
      signal: this.#gone.signal,
    });
    this.#session = session;
    if (this.#gone.signal.aborted) return this.#kill();
    for (const [bytes, isBinary] of this.#early.splice(0)) this.#onMessage(bytes, isBinary);
    this.#socket.resume();
    this.#end({ exitCode: await session.ended });
  }

  #input(bytes: Buffer): void {
    const stdin = this.#session?.stdin;
    if (stdin === undefined || !stdin.writable || stdin.write(bytes)) return;
    this.#socket.pause();
    const goOn = (): void => {
      stdin.off("drain", goOn);
      stdin.off("close", goOn);
      this.#socket.resume();
    };
    stdin.once("drain", goOn);
    stdin.once("close", goOn);
  }

  #control({ resize, endOfInput }: ExecControl): void {
    // A terminal that is gone has no size.
    if (resize !== undefined) this.#session?.resize(resize).catch(() => {});
    if (endOfInput === true) this.#session?.stdin.end();
  }

  #output(stream: number, bytes: Buffer): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(Buffer.concat([Buffer.of(stream), bytes]), { binary: true }, () => {
      if (socket.bufferedAmount < MOST_WAITING / 2) this.#session?.resume();
    });
    if (socket.bufferedAmount > MOST_WAITING) this.#session?.pause();
  }

  #schedulePing(): void {
    this.#cancelTimer = this.#clock.after(PING, () => {
      if (!this.#isAlive) return this.#socket.terminate();
      this.#isAlive = false;
      this.#socket.ping();
      this.#schedulePing();
    });
  }

  #end(end: ExecEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimer();
    this.#events.ended(end);
    const socket = this.#socket;
    // Paused, it would not see the client's goodbye.
    socket.resume();
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(end), () => socket.close(1000));
    if ("error" in end) this.#kill();
  }

  #onClose(): void {
    this.#cancelTimer();
    this.#gone.abort(new ClockerError("cancelled", "The client went away"));
    if (this.#isOver) return;
    this.#isOver = true;
    this.#kill();
    this.#events.ended("gone");
  }

  #kill(): void {
    // That it has ended, or that its machine is gone, is as good.
    this.#session?.kill().catch(() => {});
  }
}
