import { randomUUID } from "node:crypto";
import { posix } from "node:path";
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Extract, extract, pack } from "tar-stream";
import { abortError, orAborted } from "../engine/abort.ts";
import { asSocket } from "../engine/as-socket.ts";
import type { Engine, ExecSpec } from "../engine/engine.ts";
import { ClockerError } from "../model/errors.ts";
import { checkOpened, nameOf, plainCommand, withBounds } from "./command.ts";
import { DEFAULT_MODE, withKnownLength } from "./content.ts";
import { discardAfter } from "./discard.ts";
import { dialCheck, dialCommand, nameOfTarget } from "./dial.ts";
import { readFacts } from "./facts.ts";
import type { Command, CommandSession, CommandSessionOptions, Content, ForwardTarget, Machine, MachineFacts, RunOptions, RunResult } from "./machine.ts";
import { Output } from "./output.ts";

export interface ContainerMachineOptions {
  engine: Engine;
  containerId: string;
  /** How people name it: `container clocker-3f on host-1`. */
  name: string;
  address: string;
  /** The user that commands run as; the image's own when absent. Files are always written by root. */
  user?: string;
}

/**
 * A container as a machine: commands through the engine's exec, files through its archive API. Works with every image that has /bin/sh,
 * without a server inside. The engine is the caller's: closing the machine leaves it open.
 */
export class ContainerMachine implements Machine {
  readonly name: string;
  readonly address: string;
  readonly #engine: Engine;
  readonly #id: string;
  readonly #user: string | undefined;
  readonly #canDial = new Map<"unix" | "tcp", Promise<boolean>>();

  constructor(options: ContainerMachineOptions) {
    this.name = options.name;
    this.address = options.address;
    this.#engine = options.engine;
    this.#id = options.containerId;
    this.#user = options.user;
  }

  async run(command: Command, options: RunOptions = {}): Promise<RunResult> {
    const { argv, stdin } = plainCommand(command, options);
    const output = new Output(options);
    const spec = {
      argv,
      onStdout: output.stdout,
      onStderr: output.stderr,
      ...(stdin !== undefined && { stdin }),
      ...(options.env && { env: options.env }),
      ...(options.cwd !== undefined && { workingDir: options.cwd }),
      ...(this.#user !== undefined && { user: this.#user }),
    };
    return await withBounds(`run ${nameOf(command)} on "${this.name}"`, options, async (signal) => {
      const { exitCode } = await this.#exec(spec, signal);
      return output.result(exitCode);
    });
  }

  async open(argv: readonly [string, ...string[]], options: CommandSessionOptions): Promise<CommandSession> {
    checkOpened(argv, options);
    return await this.#whileRunning(() => this.#engine.openExec(this.#id, { ...options, argv, user: this.#user }));
  }

  async upload(content: Content, path: string, options: { mode?: number; signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { signal } = options;
    const mode = options.mode ?? DEFAULT_MODE;
    const folder = posix.dirname(path);
    const temporary = `.${posix.basename(path)}.${randomUUID()}`;
    try {
      await this.#asRoot(`make folder "${folder}"`, ["mkdir", "-p", "--", folder], signal);
      await withKnownLength(content, signal, (stream, length) => this.#putFile(stream, { name: temporary, mode, size: length }, folder, signal));
      await this.#asRoot(`write "${path}"`, ["/bin/sh", "-c", PUT_IN_PLACE, "sh", posix.join(folder, temporary), path, mode.toString(8)], signal);
    } catch (error) {
      const left = posix.join(folder, temporary);
      await discardAfter(error, left, (bound) => this.#asRoot(`remove "${left}"`, ["rm", "-f", "--", left], bound));
    } finally {
      if (content instanceof Readable) content.destroy();
    }
  }

  async download(path: string, options: { signal?: AbortSignal | undefined } = {}): Promise<Buffer> {
    const action = `read "${path}" on "${this.name}"`;
    // The archive API gives a link as a link: follow it first.
    const { stdout } = await this.run({ argv: ["/bin/sh", "-c", 'readlink -f -- "$1" || printf "%s\\n" "$1"', "sh", path] }, options);
    const stream = await this.#engine.getArchive(this.#id, stdout.replace(/\n$/, "") || path, options.signal);
    try {
      return await onlyFile(stream, action);
    } catch (error) {
      if (options.signal?.aborted) throw abortError(options.signal, action);
      throw error;
    }
  }

  async forward(target: ForwardTarget, options: { signal?: AbortSignal | undefined } = {}): Promise<Duplex> {
    const action = `connect to ${nameOfTarget(target)} from "${this.name}"`;
    if (!(await orAborted(this.#hasDialTool(target), action, options.signal))) {
      throw new ClockerError("unreachable", `Cannot ${action}: its image has no tool that joins a stream to a socket`, {
        remedy: "Add socat, perl or python3 to the image, or publish the port",
      });
    }
    return asSocket(await this.#engine.execStream(this.#id, dialCommand(target), options.signal));
  }

  facts(options: { signal?: AbortSignal | undefined } = {}): Promise<MachineFacts> {
    return readFacts(this, options.signal);
  }

  /** Nothing to free: the engine is the caller's. */
  async close(): Promise<void> {}

  /** Asked once for each kind of socket; whoever waits for the answer shares it. */
  #hasDialTool(target: ForwardTarget): Promise<boolean> {
    const kind = "socket" in target ? "unix" : "tcp";
    const known = this.#canDial.get(kind);
    if (known) return known;
    const asked = this.run({ argv: dialCheck(target) }, { timeout: DIAL_CHECK_TIMEOUT }).then(({ exitCode }) => exitCode === 0);
    this.#canDial.set(kind, asked);
    asked.catch(() => this.#canDial.delete(kind));
    return asked;
  }

  /** Sends one file. Returns when both sides have ended, so that what is left can be removed. @throws what failed first */
  async #putFile(stream: Readable, header: { name: string; mode: number; size: number }, folder: string, signal: AbortSignal | undefined): Promise<void> {
    const archive = pack();
    const failures: Error[] = [];
    const failed = (error: unknown): void => {
      failures.push(error instanceof Error ? error : new Error(String(error)));
      archive.destroy();
    };
    const filled = pipeline(stream, archive.entry(header), { signal }).then(() => archive.finalize());
    const put = this.#engine.putArchive(this.#id, folder, Readable.from(archive), signal);
    await Promise.all([filled.catch(failed), put.catch(failed)]);
    if (failures[0]) throw failures[0];
  }

  /** A container that is gone or doesn't run is a machine that can't be reached. */
  #exec(spec: ExecSpec, signal: AbortSignal | undefined): Promise<{ exitCode: number }> {
    return this.#whileRunning(() => this.#engine.exec(this.#id, spec, signal));
  }

  async #whileRunning<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ClockerError) || (error.code !== "not-found" && error.code !== "conflict")) throw error;
      throw new ClockerError("unreachable", `Cannot run commands on "${this.name}": the container does not run`, { cause: error });
    }
  }

  async #asRoot(action: string, argv: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    let stderr = "";
    const { exitCode } = await this.#exec({ argv, user: "0", onStderr: (chunk) => void (stderr += chunk) }, signal);
    if (exitCode !== 0) {
      throw new ClockerError("command-failed", `Cannot ${action} on "${this.name}": ${stderr.trim() || `exit code ${exitCode}`}`, { details: { exitCode } });
    }
  }
}

const DIAL_CHECK_TIMEOUT = 30_000;
const PUT_IN_PLACE = '[ ! -d "$2" ] || { echo "it is a folder" >&2; exit 1; }; chmod "$3" "$1" && mv -f -- "$1" "$2"';

async function onlyFile(tar: Readable, action: string): Promise<Buffer> {
  const entries = extract();
  const [bytes] = await Promise.all([bytesOf(entries, action), pipeline(tar, entries)]);
  return bytes;
}

async function bytesOf(entries: Extract, action: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const entry of entries) {
    if (entry.header.type !== "file") throw new ClockerError("command-failed", `Cannot ${action}: it is not a file but a ${entry.header.type ?? "folder"}`);
    for await (const chunk of entry) if (Buffer.isBuffer(chunk)) parts.push(chunk);
  }
  return Buffer.concat(parts);
}
