import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import type { CommandSession, CommandSessionOptions, TerminalSize } from "../engine/command-session.ts";
import { KILL_TREE } from "../engine/kill-tree.ts";
import { OutputGrace } from "../engine/output-grace.ts";
import { ClockerError } from "../model/errors.ts";
import { exitCodeOfSignal } from "./command.ts";
import { decoded } from "./ssh/header.ts";

const IN_FOLDER = 'cd -- "$1" || exit 126; shift; exec "$@"';
/** Milliseconds that a change of the terminal's size may take. */
const RESIZE_TIMEOUT = 5_000;

/**
 * Starts a program on this computer and leaves its standard streams open. A terminal is made by `script` of util-linux, which every Linux has: so that no native
 * library is needed for one.
 */
export async function openHere(argv: readonly [string, ...string[]], options: CommandSessionOptions): Promise<CommandSession> {
  options.signal?.throwIfAborted();
  const { terminal } = options;
  if (terminal === undefined) return streamsOf(start("/bin/sh", ["-c", IN_FOLDER, "sh", options.cwd ?? homedir(), ...argv], options), options);
  const mark = `clocker-${randomUUID()}`;
  const child = start("script", ["--quiet", "--return", "--flush", "--command", terminalScript(mark, argv, options.cwd ?? homedir(), terminal), "/dev/null"], { ...options, env: { TERM: "xterm-256color", SHELL: "/bin/sh", ...options.env } });
  const line = new MarkLine(mark, options.onStdout);
  child.stdout?.once("end", () => line.end());
  return streamsOf(child, { ...options, onStdout: (bytes) => line.write(bytes) }, async ({ columns, rows }) => setSize(await line.value, columns, rows));
}

function start(program: string, args: readonly string[], { env }: CommandSessionOptions): ChildProcess {
  // A session of its own: what the command starts can be ended with it, and nothing else.
  return spawn(program, args, { detached: true, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
}

/** Says which terminal it is at, sets its size, then becomes the command. Values are in it as octal escapes: nothing of them is shell text. */
function terminalScript(mark: string, argv: readonly string[], cwd: string, { columns, rows }: TerminalSize): string {
  return [
    `echo "${mark} $(tty)"; stty rows ${Math.trunc(rows)} cols ${Math.trunc(columns)} 2>/dev/null`,
    `_clocker_decode() { _clocker=$(printf "$1_"); _clocker=\${_clocker%_}; }`,
    `${decoded(cwd)}; cd -- "$_clocker" || exit 126`,
    "set --",
    ...argv.map((argument) => `${decoded(argument)}; set -- "$@" "$_clocker"`),
    `unset _clocker; exec "$@"`,
  ].join("; ");
}

function streamsOf(child: ChildProcess, options: CommandSessionOptions, resize: (size: TerminalSize) => Promise<void> = async () => {}): CommandSession {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new ClockerError("internal", "A command was started without its streams");
  stdout.on("data", options.onStdout);
  stderr.on("data", options.onStderr);
  // That nobody reads the input is no failure.
  stdin.on("error", () => {});
  const ended = endOf(child);
  ended.catch(() => {});
  let killed: Promise<void> | undefined;
  return {
    stdin,
    ended,
    pause: () => {
      stdout.pause();
      stderr.pause();
    },
    resume: () => {
      stdout.resume();
      stderr.resume();
    },
    resize,
    kill: () => (killed ??= killTree(child)),
  };
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      const isAbsent = "code" in error && error.code === "ENOENT";
      reject(new ClockerError("command-failed", "Cannot start a command on this computer", { cause: error, ...(isAbsent ? { remedy: "A terminal needs script of util-linux; without -t it is not needed" } : {}) }));
    });
    const done = (): void => {
      grace.cancel();
      resolve(child.exitCode ?? exitCodeOfSignal(child.signalCode ?? ""));
    };
    const grace = new OutputGrace(done);
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", () => grace.heard());
    child.once("exit", () => grace.begin());
    child.once("close", done);
  });
}

function killTree(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
    const killer = spawn("/bin/sh", ["-c", KILL_TREE, "sh", String(child.pid)], { detached: true, stdio: "ignore" });
    killer.once("error", reject);
    killer.once("exit", () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve();
    });
  });
}

function setSize(terminal: string | undefined, columns: number, rows: number): Promise<void> {
  return new Promise((resolve) => {
    if (terminal === undefined || !terminal.startsWith("/dev/")) return resolve();
    const stty = spawn("stty", ["-F", terminal, "rows", String(Math.trunc(rows)), "cols", String(Math.trunc(columns))], { stdio: "ignore", timeout: RESIZE_TIMEOUT });
    // A terminal that is gone has no size.
    stty.once("error", () => resolve());
    stty.once("exit", () => resolve());
  });
}

/** Bytes that may come before the marked line. */
const MOST_BEFORE = 65_536;

/** Takes the line `MARK VALUE` from the beginning of an output, and hands on the rest. */
class MarkLine {
  readonly #mark: string;
  readonly #onBytes: (bytes: Buffer) => void;
  readonly #value = Promise.withResolvers<string | undefined>();
  #held: Buffer | undefined = Buffer.alloc(0);

  constructor(mark: string, onBytes: (bytes: Buffer) => void) {
    this.#mark = mark;
    this.#onBytes = onBytes;
  }

  get value(): Promise<string | undefined> {
    return this.#value.promise;
  }

  write(bytes: Buffer): void {
    if (this.#held === undefined) return this.#onBytes(bytes);
    this.#held = Buffer.concat([this.#held, bytes]);
    // What was typed before may be echoed in front of it.
    const at = this.#held.indexOf(this.#mark);
    const end = at < 0 ? -1 : this.#held.indexOf("\n", at);
    if (end < 0 && this.#held.length < MOST_BEFORE) return;
    const rest = end < 0 ? this.#held : this.#held.subarray(end + 1);
    this.#value.resolve(end < 0 ? undefined : this.#held.toString("latin1", at + this.#mark.length, end).trim());
    this.#held = undefined;
    if (rest.length > 0) this.#onBytes(rest);
  }

  /** The output has ended: without the line, all that was held is the output. */
  end(): void {
    const held = this.#held;
    this.#held = undefined;
    this.#value.resolve(undefined);
    if (held !== undefined && held.length > 0) this.#onBytes(held);
  }
}
