import type { Duplex, Readable } from "node:stream";
import { orAborted } from "../abort.ts";
import type { CommandSession, ContainerSpec, ContainerState, ContainerStats, ContainerSummary, ExecSpec, OpenExecSpec } from "../engine.ts";
import type { OutputStream } from "../stream-frames.ts";
import { packFrom, unpackInto } from "./archives.ts";
import { isRunning, type MemoryContainer, stateOf } from "./container.ts";
import { GIB, MemoryHost } from "./host.ts";
import { repliedSession } from "./replied-session.ts";
import { refusal } from "./refusal.ts";

/** The calls about containers. */
export abstract class MemoryContainerCalls extends MemoryHost {
  async createContainer(spec: ContainerSpec, signal?: AbortSignal): Promise<string> {
    await this.enter("createContainer", signal);
    return this.containers.create(spec);
  }

  async startContainer(id: string, signal?: AbortSignal): Promise<void> {
    await this.enter("startContainer", signal);
    this.containers.start(id);
  }

  async stopContainer(id: string, _options?: { graceSeconds?: number }, signal?: AbortSignal): Promise<void> {
    await this.enter("stopContainer", signal);
    this.containers.stop(id);
  }

  async killContainer(id: string, signal?: AbortSignal): Promise<void> {
    await this.enter("killContainer", signal);
    this.containers.kill(id);
  }

  async pauseContainer(id: string, signal?: AbortSignal): Promise<void> {
    await this.enter("pauseContainer", signal);
    this.containers.pause(id);
  }

  async unpauseContainer(id: string, signal?: AbortSignal): Promise<void> {
    await this.enter("unpauseContainer", signal);
    this.containers.unpause(id);
  }

  async removeContainer(id: string, signal?: AbortSignal): Promise<void> {
    await this.enter("removeContainer", signal);
    this.containers.remove(id);
  }

  async inspectContainer(id: string, signal?: AbortSignal): Promise<ContainerState> {
    await this.enter("inspectContainer", signal);
    return stateOf(this.containers.get(id, `inspect container "${id}"`));
  }

  async listContainers(filter?: { labels?: Readonly<Record<string, string | undefined>> }, signal?: AbortSignal): Promise<ContainerSummary[]> {
    await this.enter("listContainers", signal);
    return this.containers.list(filter?.labels);
  }

  async containerStats(id: string, signal?: AbortSignal): Promise<ContainerStats> {
    await this.enter("containerStats", signal);
    const container = this.containers.get(id, `read the statistics of container "${id}"`);
    const limit = container.spec.memoryBytes ?? this.options.memoryBytes ?? 8 * GIB;
    return container.stats ?? { cpu: 0, memoryBytes: 0, memoryLimitBytes: limit };
  }

  async containerLogs(id: string, options: { follow?: boolean; tail?: number; since?: number; timestamps?: boolean }, onChunk: (stream: OutputStream, chunk: string) => void | Promise<void>, signal?: AbortSignal): Promise<void> {
    await this.enter("containerLogs", signal);
    const action = `read the logs of container "${id}"`;
    const container = this.containers.get(id, action);
    const recent = container.logs.filter(({ time }) => time >= (options.since ?? 0));
    const shown = options.tail === undefined ? recent : recent.slice(Math.max(0, recent.length - options.tail));
    const stamped = (time: number, text: string) => (options.timestamps === true ? `${stampOf(time)} ${text}` : text);
    for (const { stream, text, time } of shown) await onChunk(stream, stamped(time, text));
    if (options.follow && isRunning(container)) await follow(container, (stream, text) => void onChunk(stream, stamped(this.now(), text)), action, signal);
  }

  async exec(id: string, spec: ExecSpec, signal?: AbortSignal): Promise<{ exitCode: number }> {
    await this.enter("exec", signal);
    const container = this.#runningContainer(id, `run a command in container "${id}"`);
    const reply = await this.answer(spec, stateOf(container), signal);
    if (reply.stdout) spec.onStdout?.(reply.stdout);
    if (reply.stderr) spec.onStderr?.(reply.stderr);
    return { exitCode: reply.exitCode ?? 0 };
  }

  async openExec(id: string, spec: OpenExecSpec): Promise<CommandSession> {
    await this.enter("openExec", spec.signal);
    const container = this.#runningContainer(id, `run a command in container "${id}"`);
    const { argv, env, cwd } = spec;
    return repliedSession(spec, (stdin, signal) => this.answer({ argv, stdin, ...(env && { env }), ...(cwd !== undefined && { workingDir: cwd }) }, stateOf(container), signal));
  }

  async execStream(id: string, argv: readonly string[], signal?: AbortSignal): Promise<Duplex> {
    await this.enter("execStream", signal);
    const action = `open a stream of container "${id}"`;
    const container = this.#runningContainer(id, action);
    const handler = this.streams.find(argv);
    if (!handler) throw refusal(this.name, action, 500, `nothing answers "${argv.join(" ")}"`);
    return handler(argv, stateOf(container));
  }

  async putArchive(id: string, folder: string, tar: Readable | Buffer, signal?: AbortSignal): Promise<void> {
    await this.enter("putArchive", signal);
    await unpackInto(this.containers.get(id, `copy files to container "${id}"`).files, folder, tar);
  }

  async getArchive(id: string, path: string, signal?: AbortSignal): Promise<Readable> {
    await this.enter("getArchive", signal);
    const action = `copy "${path}" from container "${id}"`;
    const tar = packFrom(this.containers.get(id, action).files, path);
    if (!tar) throw refusal(this.name, action, 404, `Could not find the file ${path} in container ${id}`);
    return tar;
  }

  #runningContainer(id: string, action: string): MemoryContainer {
    const container = this.containers.get(id, action);
    if (!isRunning(container)) throw refusal(this.name, action, 409, `Container ${id} is not running`);
    if (container.state === "paused") throw refusal(this.name, action, 409, `Container ${id} is paused, unpause the container before exec`);
    return container;
  }
}

/** As Docker writes it: always nine digits behind the second. */
function stampOf(time: number): string {
  return new Date(time).toISOString().replace("Z", "000000Z");
}

/** Hands on what a container prints until it stops. */
async function follow(container: MemoryContainer, onChunk: (stream: OutputStream, chunk: string) => void, action: string, signal?: AbortSignal): Promise<void> {
  const exited = Promise.withResolvers<void>();
  const watcher = { onPrint: onChunk, onExit: exited.resolve };
  container.watchers.add(watcher);
  try {
    await orAborted(exited.promise, action, signal);
  } finally {
    container.watchers.delete(watcher);
  }
}
