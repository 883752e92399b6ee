import { ClockerError } from "../../model/errors.ts";
import { abortError, orAborted } from "../abort.ts";
import type { ContainerState, ContainerStats, Engine, ExecSpec, ImageState } from "../engine.ts";
import type { OutputStream } from "../stream-frames.ts";
import { MemoryContainers } from "./containers.ts";
import { EventHub } from "./event-hub.ts";
import { MemoryImages } from "./images.ts";
import { MemoryNetworks } from "./networks.ts";
import { type ExecHandler, type ExecMatch, type ExecReply, Scripts, type StreamHandler } from "./scripts.ts";

export interface InMemoryEngineOptions {
  name?: string;
  /** Images that are there from the start. */
  images?: readonly string[];
  cpus?: number;
  memoryBytes?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Waited for before every call: a simulated engine that takes its time. */
  latency?: (call: EngineCall) => Promise<void>;
}

/** The calls of an engine that can be made to fail. */
export type EngineCall = Exclude<keyof Engine, "name" | "close">;

export const GIB = 1024 ** 3;

/** The state of an engine in memory, and what tests and simulations do to it. */
export abstract class MemoryHost {
  readonly name: string;
  /** How often each call was made. */
  readonly calls = new Map<EngineCall, number>();
  protected readonly options: InMemoryEngineOptions;
  protected readonly now: () => number;
  protected readonly events = new EventHub();
  protected readonly images: MemoryImages;
  protected readonly networks: MemoryNetworks;
  protected readonly containers: MemoryContainers;
  protected readonly streams = new Scripts<StreamHandler>();
  readonly #execs = new Scripts<ExecHandler>();
  readonly #failures = new Map<EngineCall, Error[]>();
  #away: ClockerError | undefined;

  constructor(options: InMemoryEngineOptions = {}) {
    this.name = options.name ?? "in memory";
    this.options = options;
    this.now = options.now ?? (() => Date.now());
    this.images = new MemoryImages(this.name);
    this.networks = new MemoryNetworks(this.name);
    for (const image of options.images ?? []) this.images.add(image);
    this.containers = new MemoryContainers({ engine: this.name, images: this.images, networks: this.networks, now: this.now, emit: (event) => this.events.emit(event) });
  }

  /** Makes the next call of this kind fail; several failures are used up one by one. */
  failNext(call: EngineCall, error: Error): void {
    this.#failures.set(call, [...(this.#failures.get(call) ?? []), error]);
  }

  /** From now on nothing reaches the engine; its containers run on. */
  goAway(): void {
    this.#away = new ClockerError("unreachable", `Engine "${this.name}" cannot be reached`, { details: { engine: this.name } });
    this.events.fail(this.#away);
  }

  comeBack(): void {
    this.#away = undefined;
  }

  /** Answers commands; of several answers that match, the one added last. Commands without an answer succeed without output. */
  onExec(match: ExecMatch, handler: ExecHandler): void {
    this.#execs.add(match, handler);
  }

  onExecStream(match: ExecMatch, handler: StreamHandler): void {
    this.streams.add(match, handler);
  }

  addImage(name: string, more: Partial<Omit<ImageState, "id" | "tags">> = {}): void {
    this.images.add(name, more);
  }

  /** A process on the host that is no container takes a port. */
  takeHostPort(port: number, protocol: "tcp" | "udp" = "tcp"): void {
    this.containers.hostPorts.take(`${port}/${protocol}`);
  }

  releaseHostPort(port: number, protocol: "tcp" | "udp" = "tcp"): void {
    this.containers.hostPorts.release(`${port}/${protocol}`);
  }

  /** The container's main process ends by itself. */
  exitContainer(id: string, exitCode: number): void {
    this.containers.exit(this.containers.get(id, "end a container"), exitCode);
  }

  setStats(id: string, stats: ContainerStats): void {
    this.containers.get(id, "set statistics").stats = stats;
  }

  /** The container's main process prints something. */
  print(id: string, stream: OutputStream, text: string): void {
    this.containers.print(this.containers.get(id, "print"), { stream, text, time: this.now() });
  }

  /** Begins a call: counts it, and fails it where it shall fail. */
  protected async enter(call: EngineCall, signal: AbortSignal | undefined): Promise<void> {
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    const action = `${call} on engine "${this.name}"`;
    if (signal?.aborted) throw abortError(signal, action);
    if (this.options.latency) await orAborted(this.options.latency(call), action, signal);
    if (this.#away) throw this.#away;
    const failure = this.#failures.get(call)?.shift();
    if (failure) throw failure;
  }

  /** Asks the scripts what a command does. */
  protected async answer(spec: ExecSpec, container: ContainerState, signal: AbortSignal | undefined): Promise<ExecReply> {
    const handler = this.#execs.find(spec.argv);
    if (!handler) return {};
    const reply = Promise.resolve(handler(spec, container, signal ?? new AbortController().signal));
    return orAborted(reply, `run a command in container "${container.id}"`, signal);
  }
}
