import { WebSocket } from "ws";
import { ExecEnd, type ExecStart, STDOUT } from "../../api/exec/exec-protocol.ts";
import { CliError, exitCodeOf, exitCodes } from "../exit-codes.ts";
import type { Io, Output } from "../io.ts";
import type { Client } from "./client.ts";

export interface CommandToRun {
  readonly argv: string[];
  readonly env: Record<string, string>;
  readonly cwd: string | undefined;
  readonly isTerminal: boolean;
  readonly withInput: boolean;
  readonly io: Io;
}

/** Bytes of one message. */
const PIECE = 65_536;
/** Bytes that may wait to be sent before standard input is held back. */
const MOST_WAITING = 1_048_576;

/**
 * Runs a command through a server, its streams joined with this process's. Gives its exit code.
 * @throws CliError where it could not be run, and `interrupted` when the user ends it: the command is ended as well
 */
export async function runCommand(client: Client, path: string, command: CommandToRun): Promise<number> {
  const { argv, env, cwd, isTerminal, withInput, io } = command;
  const socket = socketTo(client, path);
  // Listened to from the beginning: the end may come with the opening.
  const ended = endOf(client, socket, io);
  ended.catch(() => {});
  await opened(client, socket);
  const terminal = isTerminal ? new RawTerminal(io, socket) : undefined;
  const onAbort = (): void => socket.terminate();
  io.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const start: ExecStart = { argv, env, ...(cwd === undefined ? {} : { cwd }), ...(terminal === undefined ? {} : { terminal: terminal.size }) };
    socket.send(JSON.stringify(start));
    terminal?.begin();
    if (withInput) passInput(io, socket);
    else socket.send(JSON.stringify({ endOfInput: true }));
    const end = await ended;
    if ("exitCode" in end) return end.exitCode;
    const { data, message, error } = end.error;
    const code = typeof data?.["code"] === "string" ? data["code"] : undefined;
    throw new CliError(exitCodeOf(code, error), typeof data?.["reason"] === "string" ? data["reason"] : message, { remedy: typeof data?.["remedy"] === "string" ? data["remedy"] : undefined });
  } finally {
    io.signal.removeEventListener("abort", onAbort);
    terminal?.end();
    socket.terminate();
    // A standard input that is still read would keep this process alive.
    if (withInput) {
      io.stdin.pause();
      if (io.stdin.isTTY !== true) io.stdin.destroy();
    }
  }
}

function socketTo(client: Client, path: string): WebSocket {
  const url = new URL(path, client.url);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(url, { headers: client.credentials, perMessageDeflate: false, handshakeTimeout: 30_000, ...client.tls });
}

function opened(client: Client, socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", (error) => reject(client.unreachable(error)));
    socket.once("unexpected-response", (_request, response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.once("end", () => void client.refusal({ status: response.statusCode ?? 0, text: async () => text }).then(reject, reject));
    });
  });
}

function endOf(client: Client, socket: WebSocket, io: Io): Promise<ExecEnd> {
  return new Promise((resolve, reject) => {
    socket.on("message", (data, isBinary) => {
      const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
      if (isBinary) return output(bytes[0] === STDOUT ? io.stdout : io.stderr, bytes.subarray(1), socket);
      resolve(ExecEnd.parse(JSON.parse(bytes.toString("utf8"))));
    });
    socket.once("error", (error) => reject(client.unreachable(error)));
    socket.once("close", () => reject(io.signal.aborted ? new CliError(exitCodes.interrupted, "Interrupted; the command was ended") : new CliError(exitCodes.unreachable, `The connection to ${client.url} was lost; the command was ended`)));
  });
}

/** Holds the command back while our own output is not taken. */
function output(to: Output, bytes: Buffer, socket: WebSocket): void {
  if (to.write(bytes) !== false || to.on === undefined) return;
  socket.pause();
  const onDrain = (): void => {
    to.off?.("drain", onDrain);
    socket.resume();
  };
  to.on("drain", onDrain);
}

function passInput({ stdin }: Io, socket: WebSocket): void {
  stdin.on("data", (chunk: Buffer | string) => {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    for (let at = 0; at < bytes.length; at += PIECE) {
      socket.send(bytes.subarray(at, at + PIECE), { binary: true }, () => {
        if (socket.bufferedAmount < MOST_WAITING / 2) stdin.resume();
      });
    }
    if (socket.bufferedAmount > MOST_WAITING) stdin.pause();
  });
  stdin.once("end", () => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ endOfInput: true }));
  });
  stdin.resume();
}

/** The user's terminal, whose keys go to the command as they are, Ctrl-C too. */
class RawTerminal {
  readonly #io: Io;
  readonly #socket: WebSocket;
  readonly #onResize = (): void => this.#resized();

  constructor(io: Io, socket: WebSocket) {
    this.#io = io;
    this.#socket = socket;
  }

  get size(): { columns: number; rows: number } {
    const { columns, rows } = this.#io.stdout;
    return { columns: Math.max(1, columns ?? 80), rows: Math.max(1, rows ?? 24) };
  }

  begin(): void {
    this.#io.stdin.setRawMode?.(true);
    this.#io.stdout.on?.("resize", this.#onResize);
  }

  end(): void {
    this.#io.stdin.setRawMode?.(false);
    this.#io.stdout.off?.("resize", this.#onResize);
  }

  #resized(): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify({ resize: this.size }));
  }
}
