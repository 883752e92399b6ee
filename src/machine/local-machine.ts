import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, readFile, rename, rm } from "node:fs/promises";
import { connect } from "node:net";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { abortError } from "../engine/abort.ts";
import { KILL_TREE } from "../engine/kill-tree.ts";
import { OutputGrace } from "../engine/output-grace.ts";
import { ClockerError } from "../model/errors.ts";
import { checkOpened, exitCodeOfSignal, nameOf, plainCommand, type PlainCommand, withBounds } from "./command.ts";
import { DEFAULT_MODE, streamOf } from "./content.ts";
import { nameOfTarget } from "./dial.ts";
import { readFacts } from "./facts.ts";
import { openHere } from "./local-session.ts";
import type { Command, CommandSession, CommandSessionOptions, Content, ForwardTarget, Machine, MachineFacts, RunOptions, RunResult } from "./machine.ts";
import { Output } from "./output.ts";

const IN_FOLDER = 'cd -- "$1" || exit 126; shift; exec "$@"';
const FORWARD_TIMEOUT = 30_000;

/** This computer. Commands run as the user who runs the server, in that user's home folder, with the server's environment. */
export class LocalMachine implements Machine {
  readonly name: string;
  readonly address: string;

  constructor(options: { name?: string; address?: string } = {}) {
    this.name = options.name ?? "localhost";
    this.address = options.address ?? "127.0.0.1";
  }

  async run(command: Command, options: RunOptions = {}): Promise<RunResult> {
    const plain = plainCommand(command, options);
    return await withBounds(`run ${nameOf(command)} on "${this.name}"`, options, (signal) => runHere(plain, options, signal));
  }

  async open(argv: readonly [string, ...string[]], options: CommandSessionOptions): Promise<CommandSession> {
    checkOpened(argv, options);
    return await openHere(argv, options);
  }

  async upload(content: Content, path: string, options: { mode?: number; signal?: AbortSignal | undefined } = {}): Promise<void> {
    const action = `write "${path}" on "${this.name}"`;
    const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
    try {
      await mkdir(dirname(path), { recursive: true });
      await pipeline(streamOf(content), createWriteStream(temporary, { flags: "wx", mode: 0o600 }), { signal: options.signal });
      await chmod(temporary, options.mode ?? DEFAULT_MODE);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw fileFailure(action, error, options.signal);
    } finally {
      if (content instanceof Readable) content.destroy();
    }
  }

  async download(path: string, options: { signal?: AbortSignal | undefined } = {}): Promise<Buffer> {
    try {
      return await readFile(path, { signal: options.signal });
    } catch (error) {
      throw fileFailure(`read "${path}" on "${this.name}"`, error, options.signal);
    }
  }

  async forward(target: ForwardTarget, options: { signal?: AbortSignal | undefined } = {}): Promise<Duplex> {
    const action = `connect to ${nameOfTarget(target)} from "${this.name}"`;
    return await withBounds(action, { ...options, timeout: FORWARD_TIMEOUT }, (signal) => dialHere(target, action, signal));
  }

  facts(options: { signal?: AbortSignal | undefined } = {}): Promise<MachineFacts> {
    return readFacts(this, options.signal);
  }

  /** Nothing to free. */
  async close(): Promise<void> {}
}

async function runHere(command: PlainCommand, options: RunOptions, signal: AbortSignal): Promise<RunResult> {
  const output = new Output(options);
  const child = spawn("/bin/sh", ["-c", IN_FOLDER, "sh", options.cwd ?? homedir(), ...command.argv], {
    // A session of its own: what the command starts can be ended with it, and nothing else.
    detached: true,
    env: { ...process.env, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdout.on("data", output.stdoutBytes);
  child.stderr.on("data", output.stderrBytes);
  child.stdin.end(command.stdin ?? "");
  const { code, killedBy } = await ended(child, signal);
  return output.result(code ?? exitCodeOfSignal(killedBy ?? ""));
}

/** Waits for the end of a child and of its output. When the signal aborts, kills it and all that it started, then rejects. */
function ended(child: ChildProcess, signal: AbortSignal): Promise<{ code: number | null; killedBy: string | null }> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      killTree(child).then(() => reject(abortError(signal, "run a command")), reject);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const onError = (error: unknown): void => {
      signal.removeEventListener("abort", onAbort);
      reject(new ClockerError("command-failed", "Cannot start a command on this computer", { cause: error }));
    };
    child.once("error", onError);
    child.stdin?.on("error", (error) => isBrokenPipe(error) || onError(error));
    const done = (code: number | null, killedBy: string | null): void => {
      grace.cancel();
      signal.removeEventListener("abort", onAbort);
      if (!signal.aborted) resolve({ code, killedBy });
    };
    // What it left behind may go on writing: that is read and dropped, for a closed pipe would end it.
    const grace = new OutputGrace(() => done(child.exitCode, child.signalCode));
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", () => grace.heard());
    child.once("exit", () => grace.begin());
    child.once("close", done);
    if (signal.aborted) onAbort();
  });
}

function killTree(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve();
    };
    if (child.pid === undefined) return done();
    const killer = spawn("/bin/sh", ["-c", KILL_TREE, "sh", String(child.pid)], { detached: true, stdio: "ignore" });
    killer.once("error", reject);
    killer.once("exit", done);
  });
}

/** A command may end without reading its input: that is no failure. */
function isBrokenPipe(error: Error): boolean {
  return "code" in error && (error.code === "EPIPE" || error.code === "ECONNRESET");
}

function dialHere(target: ForwardTarget, action: string, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect("socket" in target ? { path: target.socket } : { host: target.host, port: target.port });
    const fail = (error: unknown): void => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      reject(error instanceof ClockerError ? error : new ClockerError("unreachable", `Cannot ${action}`, { cause: error }));
    };
    const onAbort = (): void => fail(abortError(signal, action));
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", fail);
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

function fileFailure(action: string, error: unknown, signal: AbortSignal | undefined): ClockerError {
  if (signal?.aborted) return abortError(signal, action);
  const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
  return new ClockerError(missing ? "not-found" : "command-failed", `Cannot ${action}`, { cause: error });
}
