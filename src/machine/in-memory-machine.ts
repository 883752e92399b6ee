import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { abortError, orAborted } from "../engine/abort.ts";
import { repliedSession } from "../engine/in-memory/replied-session.ts";
import { ClockerError } from "../model/errors.ts";
import { checkOpened, nameOf, plainCommand, withBounds } from "./command.ts";
import { DEFAULT_MODE, streamOf } from "./content.ts";
import { nameOfTarget } from "./dial.ts";
import type { Command, CommandSession, CommandSessionOptions, Content, ForwardTarget, Machine, MachineFacts, RunOptions, RunResult } from "./machine.ts";
import { Output } from "./output.ts";

/** What a scripted command answers; nothing said is exit code 0 without output. */
export type CommandReply = Partial<RunResult>;
/** Which commands a script answers: the text of the script (or the words of the command joined by blanks) is equal or matches. */
export type CommandMatch = string | RegExp | ((command: Command) => boolean);
/** Runs until it answers; when the signal aborts, the command counts as killed and the answer is not waited for. */
export type CommandHandler = (command: Command, options: RunOptions, signal: AbortSignal) => CommandReply | Promise<CommandReply>;

export interface InMemoryMachineOptions {
  name?: string;
  address?: string;
  facts?: Partial<MachineFacts>;
}

const FACTS: MachineFacts = {
  os: "debian",
  osVersion: "12",
  architecture: "amd64",
  hostname: "in-memory",
  cpus: 4,
  memoryBytes: 8 * 1024 ** 3,
  diskFreeBytes: 100 * 1024 ** 3,
};

/** A machine without a machine, for unit tests: it records commands and keeps files; commands are answered by scripts. */
export class InMemoryMachine implements Machine {
  readonly name: string;
  readonly address: string;
  /** Every command that was run, in order. */
  readonly commands: { command: Command; options: RunOptions }[] = [];
  readonly files = new Map<string, { content: Buffer; mode: number }>();
  readonly #facts: MachineFacts;
  readonly #scripts: { match: CommandMatch; handler: CommandHandler }[] = [];
  #forward: ((target: ForwardTarget) => Duplex | Promise<Duplex>) | undefined;
  #away: ClockerError | undefined;

  constructor(options: InMemoryMachineOptions = {}) {
    this.name = options.name ?? "in memory";
    this.address = options.address ?? "192.0.2.1";
    this.#facts = { ...FACTS, ...options.facts };
  }

  /** Answers commands; of several answers that match, the one added last. Commands without an answer succeed without output. */
  on(match: CommandMatch, reply: CommandReply | CommandHandler): void {
    this.#scripts.unshift({ match, handler: typeof reply === "function" ? reply : () => reply });
  }

  /** What `forward` gives. */
  onForward(handler: (target: ForwardTarget) => Duplex | Promise<Duplex>): void {
    this.#forward = handler;
  }

  /** From now on nothing reaches the machine. */
  goAway(): void {
    this.#away = new ClockerError("unreachable", `Cannot connect to ${this.name}`);
  }

  comeBack(): void {
    this.#away = undefined;
  }

  /** The texts of the commands that were run: of scripts their text, of programs their words joined by blanks. */
  get texts(): string[] {
    return this.commands.map(({ command }) => textOf(command));
  }

  async run(command: Command, options: RunOptions = {}): Promise<RunResult> {
    plainCommand(command, options);
    const action = `run ${nameOf(command)} on "${this.name}"`;
    return withBounds(action, options, async (signal) => {
      this.#enter(signal, action);
      this.commands.push({ command, options });
      const handler = this.#scripts.find(({ match }) => matches(match, command))?.handler;
      const reply = handler ? await orAborted(Promise.resolve(handler(command, options, signal)), action, signal) : {};
      const output = new Output(options);
      output.stdout(reply.stdout ?? "");
      output.stderr(reply.stderr ?? "");
      return output.result(reply.exitCode ?? 0);
    });
  }

  /** Answered by the scripts of `on` once its input has ended. */
  async open(argv: readonly [string, ...string[]], options: CommandSessionOptions): Promise<CommandSession> {
    checkOpened(argv, options);
    this.#enter(options.signal, `run "${argv[0]}" on "${this.name}"`);
    const { env, cwd } = options;
    return repliedSession(options, (stdin, signal) => this.run({ argv }, { stdin, signal, ...(env && { env }), ...(cwd !== undefined && { cwd }) }));
  }

  async upload(content: Content, path: string, options: { mode?: number; signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#enter(options.signal, `write "${path}" on "${this.name}"`);
    this.files.set(path, { content: await buffer(streamOf(content)), mode: options.mode ?? DEFAULT_MODE });
  }

  async download(path: string, options: { signal?: AbortSignal | undefined } = {}): Promise<Buffer> {
    const action = `read "${path}" on "${this.name}"`;
    this.#enter(options.signal, action);
    const file = this.files.get(path);
    if (!file) throw new ClockerError("not-found", `Cannot ${action}: there is no such file`);
    return Buffer.from(file.content);
  }

  async forward(target: ForwardTarget, options: { signal?: AbortSignal | undefined } = {}): Promise<Duplex> {
    const action = `connect to ${nameOfTarget(target)} from "${this.name}"`;
    this.#enter(options.signal, action);
    if (!this.#forward) throw new ClockerError("unreachable", `Cannot ${action}: nothing listens there`);
    return this.#forward(target);
  }

  async facts(options: { signal?: AbortSignal | undefined } = {}): Promise<MachineFacts> {
    this.#enter(options.signal, `read the facts of "${this.name}"`);
    return { ...this.#facts };
  }

  /** Nothing to free. */
  async close(): Promise<void> {}

  #enter(signal: AbortSignal | undefined, action: string): void {
    if (signal?.aborted) throw abortError(signal, action);
    if (this.#away) throw this.#away;
  }
}

function textOf(command: Command): string {
  return "argv" in command ? command.argv.join(" ") : command.script;
}

function matches(match: CommandMatch, command: Command): boolean {
  if (typeof match === "function") return match(command);
  return typeof match === "string" ? match === textOf(command) : match.test(textOf(command));
}
