import type { Duplex, Readable } from "node:stream";
import type { CommandSession, CommandSessionOptions } from "../engine/command-session.ts";
import type { Engine } from "../engine/engine.ts";

export type { CommandSession, CommandSessionOptions, TerminalSize } from "../engine/command-session.ts";

/**
 * A machine: somewhere commands run and files go. Reached over SSH, over a Docker Engine's exec, or on this computer.
 * The contract test in `test/contract/machine.ts` holds for every implementation.
 */
export interface Machine {
  /** How people name it in messages: `root@10.0.0.7:22`, `container clocker-3f on host-1`, `localhost`. */
  readonly name: string;
  /** The address by which other machines and users reach it (IP or host name). */
  readonly address: string;
  /**
   * Runs a command to its end. A command that ran and exited non-zero is a result, not an error.
   * @throws ClockerError `unreachable` when the machine can't be reached, `timeout`, `cancelled`.
   */
  run(command: Command, options?: RunOptions): Promise<RunResult>;
  /**
   * Starts a program with its standard streams open, at a terminal where `options.terminal` gives its size.
   * @throws ClockerError `unreachable`, `cancelled`; what happens later is told by the session
   */
  open(argv: readonly [string, ...string[]], options: CommandSessionOptions): Promise<CommandSession>;
  /** Writes a file, making its folders. The file appears whole or not at all (written beside, then renamed). */
  upload(content: Content, path: string, options?: { mode?: number; signal?: AbortSignal | undefined }): Promise<void>;
  /** Reads a whole file. @throws ClockerError `not-found` when there is none. */
  download(path: string, options?: { signal?: AbortSignal | undefined }): Promise<Buffer>;
  /** Opens a stream to a socket as seen from the machine. */
  forward(target: ForwardTarget, options?: { signal?: AbortSignal | undefined }): Promise<Duplex>;
  facts(options?: { signal?: AbortSignal | undefined }): Promise<MachineFacts>;
  /** Frees connections; a closed machine connects again on its next use. Idempotent. */
  close(): Promise<void>;
}

/**
 * Either a program with its arguments (never joined into a shell line), or a script of ours for `/bin/bash` (else `/bin/sh`)
 * given on standard input; values from outside travel in `env`, never inside the script's text.
 */
export type Command = { argv: readonly [string, ...string[]] } | { script: string };

export interface RunOptions {
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Only with `argv`. */
  stdin?: string | Buffer;
  /** Milliseconds; none when absent. The command is killed when it passes. */
  timeout?: number;
  signal?: AbortSignal | undefined;
  onStdout?: (chunk: string) => void;
  onStderr?: (chunk: string) => void;
}

export interface RunResult {
  /** 128 + signal number where the command was killed by a signal. */
  exitCode: number;
  /** The last `OUTPUT_LIMIT` characters. */
  stdout: string;
  stderr: string;
}

/** Characters of each output stream kept in a RunResult; the callbacks see everything. */
export const OUTPUT_LIMIT = 1_000_000;

export type Content = string | Buffer | { file: string } | Readable;

export type ForwardTarget = { socket: string } | { host: string; port: number };

export interface MachineFacts {
  /** `debian`, `ubuntu`, `rhel`, ... (ID of os-release). */
  os: string;
  osVersion: string;
  /** As Docker names it: `amd64`, `arm64`. */
  architecture: string;
  hostname: string;
  cpus: number;
  memoryBytes: number;
  /** Free bytes on the file system of `/`. */
  diskFreeBytes: number;
}

/** A machine whose Docker Engine is at hand without its socket: machines in memory, for unit tests and simulation. */
export interface EngineAtHand {
  readonly engine: Engine;
}

export function hasEngineAtHand(machine: Machine): machine is Machine & EngineAtHand {
  return "engine" in machine;
}
