import type { Duplex } from "node:stream";
import type { CommandSession, CommandSessionOptions } from "../../engine/command-session.ts";
import { checkOpened, nameOf, plainCommand, withBounds } from "../command.ts";
import { nameOfTarget } from "../dial.ts";
import { readFacts } from "../facts.ts";
import type { Command, Content, ForwardTarget, Machine, MachineFacts, RunOptions, RunResult } from "../machine.ts";
import { Output } from "../output.ts";
import { Carriers } from "./carriers.ts";
import { downloadFile, uploadFile } from "./files.ts";
import { Forwarder } from "./forward.ts";
import { HostKey } from "./host-key.ts";
import { SshLink } from "./link.ts";
import { openCommand } from "./open-command.ts";
import { runSession, type SessionPlace } from "./session.ts";
import { nameOfSsh, type SshOptions } from "./ssh-options.ts";

const FORWARD_TIMEOUT = 30_000;

/**
 * A machine over SSH. Everything goes over one connection, which is made when it is first needed and again after it was lost; eight
 * commands run on it at once, the others wait. The host key is always checked. Ending a command ends all that it started.
 */
export class SshMachine implements Machine {
  readonly name: string;
  readonly address: string;
  readonly #place: SessionPlace;
  readonly #forwarder: Forwarder;
  readonly #newLink: () => SshLink;

  constructor(options: SshOptions) {
    this.name = nameOfSsh(options);
    this.address = options.address ?? options.host;
    const hostKey = new HostKey(options);
    const newLink = (): SshLink => new SshLink(options, hostKey);
    this.#newLink = newLink;
    const sudo = (options.sudo ?? false) && options.user !== "root";
    this.#place = { link: newLink(), name: this.name, sudo };
    this.#forwarder = new Forwarder(this.#place, new Carriers(newLink, sudo));
  }

  async run(command: Command, options: RunOptions = {}): Promise<RunResult> {
    const { argv, stdin } = plainCommand(command, options);
    const action = `run ${nameOf(command)} on ${this.name}`;
    const output = new Output(options);
    return await withBounds(action, options, async (signal) => {
      const spec = { argv, stdin, env: options.env, cwd: options.cwd, onStdout: output.stdoutBytes, onStderr: output.stderrBytes };
      return output.result(await runSession(this.#place, spec, action, signal));
    });
  }

  async open(argv: readonly [string, ...string[]], options: CommandSessionOptions): Promise<CommandSession> {
    checkOpened(argv, options);
    const { name, sudo } = this.#place;
    return await openCommand({ link: this.#newLink(), name, sudo }, argv, options, `run "${argv[0]}" on ${name}`);
  }

  async upload(content: Content, path: string, options: { mode?: number; signal?: AbortSignal | undefined } = {}): Promise<void> {
    await withBounds(`write "${path}" on ${this.name}`, options, (signal) => uploadFile(this.#place, content, path, options.mode, signal));
  }

  async download(path: string, options: { signal?: AbortSignal | undefined } = {}): Promise<Buffer> {
    return await withBounds(`read "${path}" on ${this.name}`, options, (signal) => downloadFile(this.#place, path, signal));
  }

  async forward(target: ForwardTarget, options: { signal?: AbortSignal | undefined } = {}): Promise<Duplex> {
    const action = `connect to ${nameOfTarget(target)} from ${this.name}`;
    return await withBounds(action, { ...options, timeout: FORWARD_TIMEOUT }, (signal) => this.#forwarder.open(target, signal));
  }

  facts(options: { signal?: AbortSignal | undefined } = {}): Promise<MachineFacts> {
    return readFacts(this, options.signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.#place.link.close(), this.#forwarder.close()]);
  }
}
