import type { ContainerEvent, ContainerSpec, ContainerSummary } from "../engine.ts";
import { matchesLabels } from "../label-filter.ts";
import { isRunning, type MemoryContainer, newContainer, summaryOf } from "./container.ts";
import { HostPorts } from "./host-ports.ts";
import type { MemoryImages } from "./images.ts";
import type { MemoryNetworks } from "./networks.ts";
import { refusal } from "./refusal.ts";

const KILLED = 137;

export interface ContainersParts {
  engine: string;
  images: MemoryImages;
  networks: MemoryNetworks;
  now: () => number;
  emit: (event: ContainerEvent) => void;
}

/** The containers of an engine in memory, with the rules that a real engine keeps. */
export class MemoryContainers {
  readonly hostPorts = new HostPorts();
  readonly #parts: ContainersParts;
  readonly #byId = new Map<string, MemoryContainer>();
  readonly #byName = new Map<string, MemoryContainer>();

  constructor(parts: ContainersParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#byId.size;
  }

  get running(): number {
    return [...this.#byId.values()].filter(isRunning).length;
  }

  create(spec: ContainerSpec): string {
    const action = `create container of image "${spec.image}"`;
    const image = this.#parts.images.find(spec.image);
    if (!image) throw this.#refusal(action, 404, `No such image: ${spec.image}`);
    if (spec.name !== undefined && this.#byName.has(spec.name)) {
      throw this.#refusal(action, 409, `Conflict. The container name "/${spec.name}" is already in use by container "${this.#byName.get(spec.name)?.id}"`);
    }
    const container = newContainer(spec, image);
    this.#byId.set(container.id, container);
    this.#byName.set(container.name, container);
    this.#emit(container, "create");
    return container.id;
  }

  start(id: string): void {
    const action = `start container "${id}"`;
    const container = this.get(id, action);
    if (isRunning(container)) return;
    const address = this.#parts.networks.join(container.spec.network, container.spec.address);
    if (address === undefined) throw this.#refusal(action, 404, `network ${container.spec.network} not found`);
    const published = this.hostPorts.publish(container.spec.ports ?? {});
    if ("conflict" in published) {
      const endpoint = `driver failed programming external connectivity on endpoint ${container.name}`;
      throw this.#refusal(action, 500, `${endpoint}: Bind for 0.0.0.0:${published.conflict} failed: port is already allocated`);
    }
    Object.assign(container, { state: "running", exitCode: 0, ports: published.ports, address, startedAt: new Date(this.#parts.now()).toISOString() });
    this.#emit(container, "start");
  }

  stop(id: string): void {
    const container = this.get(id, `stop container "${id}"`);
    if (!isRunning(container)) return;
    this.exit(container, KILLED);
    this.#emit(container, "stop");
  }

  kill(id: string): void {
    const container = this.#running(id, `kill container "${id}"`);
    this.#emit(container, "kill");
    this.exit(container, KILLED);
  }

  pause(id: string): void {
    const container = this.#running(id, `pause container "${id}"`);
    if (container.state === "paused") throw this.#refusal(`pause container "${id}"`, 409, `Container ${id} is already paused`);
    container.state = "paused";
    this.#emit(container, "pause");
  }

  unpause(id: string): void {
    const container = this.get(id, `unpause container "${id}"`);
    if (container.state !== "paused") throw this.#refusal(`unpause container "${id}"`, 500, `Container ${id} is not paused`);
    container.state = "running";
    this.#emit(container, "unpause");
  }

  remove(id: string): void {
    const container = this.#find(id);
    if (!container) return;
    if (isRunning(container)) this.exit(container, KILLED);
    this.#byId.delete(container.id);
    this.#byName.delete(container.name);
    this.#emit(container, "destroy");
  }

  /** The main process has ended. */
  exit(container: MemoryContainer, exitCode: number): void {
    this.hostPorts.unpublish(container.ports);
    Object.assign(container, { state: "exited", exitCode, ports: {}, address: "" });
    this.#emit(container, "die", { exitCode: String(exitCode) });
    for (const watcher of container.watchers) watcher.onExit();
  }

  /** The main process prints something. */
  print(container: MemoryContainer, line: MemoryContainer["logs"][number]): void {
    container.logs.push(line);
    for (const watcher of container.watchers) watcher.onPrint(line.stream, line.text);
  }

  /** @throws not-found */
  get(id: string, action: string): MemoryContainer {
    const container = this.#find(id);
    if (!container) throw this.#refusal(action, 404, `No such container: ${id}`);
    return container;
  }

  list(labels: Readonly<Record<string, string | undefined>> | undefined): ContainerSummary[] {
    return [...this.#byId.values()].filter((container) => matchesLabels(container.labels, labels)).map(summaryOf);
  }

  isUsing(image: string): boolean {
    return [...this.#byId.values()].some((container) => this.#parts.images.find(container.spec.image)?.id === image);
  }

  #running(id: string, action: string): MemoryContainer {
    const container = this.get(id, action);
    if (!isRunning(container)) throw this.#refusal(action, 409, `Container ${id} is not running`);
    return container;
  }

  #find(id: string): MemoryContainer | undefined {
    return this.#byId.get(id) ?? this.#byName.get(id);
  }

  #emit({ id, name, spec, labels }: MemoryContainer, action: string, more: Record<string, string> = {}): void {
    this.#parts.emit({ id, action, time: this.#parts.now(), attributes: { ...labels, name, image: spec.image, ...more } });
  }

  #refusal(action: string, status: number, message: string): Error {
    return refusal(this.#parts.engine, action, status, message);
  }
}
