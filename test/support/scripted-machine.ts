import { readFile } from "node:fs/promises";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { ClockerError } from "../../src/model/errors.ts";
import { repliedSession } from "../../src/engine/in-memory/replied-session.ts";
import type { Command, CommandSession, CommandSessionOptions, Content, Machine, MachineFacts, RunOptions, RunResult } from "../../src/machine/machine.ts";

export interface Ran {
  readonly text: string;
  readonly options: RunOptions;
}

type Answer = Partial<RunResult> | ((options: RunOptions) => Partial<RunResult> | Promise<Partial<RunResult>>);

/**
 * A machine that answers scripts with what a test says, and remembers what ran and what was written. It knows by itself the few
 * commands of Clocker's own that come before and after: folders, ports in use, reading files.
 */
export class ScriptedMachine implements Machine {
  readonly name: string;
  readonly address = "192.0.2.7";
  /** Scripts as the entity gave them, in order, without Clocker's own. */
  readonly ran: Ran[] = [];
  readonly files = new Map<string, string>();
  /** Ports that something listens on. */
  readonly busyPorts = new Set<number>();
  /** By a piece of the script's text; others exit 0. */
  readonly answers = new Map<string, Answer>();
  isReachable = true;
  /** Whether the process that was launched is no more. */
  isProcessGone = false;

  constructor(name = "machine-1") {
    this.name = name;
  }

  /** The texts of the scripts that ran. */
  get scripts(): string[] {
    return this.ran.map(({ text: script }) => script);
  }

  on(piece: string, answer: Answer): this {
    this.answers.set(piece, answer);
    return this;
  }

  async run(command: Command, options: RunOptions = {}): Promise<RunResult> {
    options.signal?.throwIfAborted();
    if (!this.isReachable) throw new ClockerError("unreachable", `Cannot reach "${this.name}"`);
    const known = this.#own(command, options);
    const result = known ?? (await this.#answer("script" in command ? command.script : command.argv.join(" "), options));
    if (result.stdout !== "") options.onStdout?.(result.stdout);
    if (result.stderr !== "") options.onStderr?.(result.stderr);
    return result;
  }

  async open(argv: readonly [string, ...string[]], options: CommandSessionOptions): Promise<CommandSession> {
    return repliedSession(options, (stdin, signal) => this.run({ argv }, { stdin, signal }));
  }

  async upload(content: Content, path: string): Promise<void> {
    const body = typeof content === "string" ? content : Buffer.isBuffer(content) ? content.toString() : "file" in content ? await readFile(content.file, "utf8") : await text(content);
    this.files.set(path, body);
  }

  async download(path: string): Promise<Buffer> {
    const content = this.files.get(path);
    if (content === undefined) throw new ClockerError("not-found", `There is no "${path}"`);
    return Buffer.from(content);
  }

  async forward(): Promise<Duplex> {
    throw new ClockerError("unreachable", "Nothing listens there");
  }

  async facts(): Promise<MachineFacts> {
    return { os: "debian", osVersion: "12", architecture: "amd64", hostname: "test-host", cpus: 2, memoryBytes: 1e9, diskFreeBytes: 1e9 };
  }

  async close(): Promise<void> {}

  #own(command: Command, options: RunOptions): RunResult | undefined {
    if ("argv" in command) {
      if (command.argv[0] === "true" || command.argv[0] === "mkdir") return result({});
      if (command.argv[0] !== "cat") return undefined;
      const content = this.files.get(command.argv[1] ?? "");
      return result(content === undefined ? { exitCode: 1 } : { stdout: content });
    }
    const { env = {} } = options;
    if (env["INSTALL_NAME"] !== undefined) return result({ stdout: `/i/${env["INSTALL_NAME"]}\n/r/${env["RUN_NAME"]}\n` });
    if (command.script.includes("/proc/net/tcp")) return result({ stdout: this.#sockets() });
    // Whether the process that $PID_FILE names has ended.
    if (command.script.includes("/proc/self")) return result({ exitCode: this.isProcessGone ? 0 : 1 });
    return undefined;
  }

  async #answer(script: string, options: RunOptions): Promise<RunResult> {
    this.ran.push({ text: script, options });
    const [, answer = {}] = [...this.answers].find(([piece]) => script.includes(piece)) ?? [];
    return result(typeof answer === "function" ? await answer(options) : answer);
  }

  #sockets(): string {
    const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");
    return [...this.busyPorts].map((port, i) => `   ${i}: 00000000:${hex(port)} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1\n`).join("");
  }
}

function result(part: Partial<RunResult>): RunResult {
  return { exitCode: 0, stdout: "", stderr: "", ...part };
}
