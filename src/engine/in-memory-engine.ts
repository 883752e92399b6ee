import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { ContainerEvent, Engine, EngineInfo, EngineVersion, ImageState, NetworkSpec, NetworkSummary } from "./engine.ts";
import { build } from "./in-memory/build.ts";
import { newContainer, stateOf } from "./in-memory/container.ts";
import { MemoryContainerCalls } from "./in-memory/container-calls.ts";
import { GIB } from "./in-memory/host.ts";
import { copyOf } from "./in-memory/images.ts";
import { refusal } from "./in-memory/refusal.ts";

export type { EngineCall, InMemoryEngineOptions } from "./in-memory/host.ts";
export type { ExecHandler, ExecMatch, ExecReply, StreamHandler } from "./in-memory/scripts.ts";

/**
 * A Docker Engine without Docker, for unit tests and for simulating many hosts. It keeps the rules of a real one (names and host ports are
 * taken once, what isn't there is not found); commands are answered by scripts. The contract suite holds for it too.
 */
export class InMemoryEngine extends MemoryContainerCalls implements Engine {
  async version(signal?: AbortSignal): Promise<EngineVersion> {
    await this.enter("version", signal);
    return { version: "in-memory", apiVersion: "1.44", os: "linux", architecture: "amd64" };
  }

  async info(signal?: AbortSignal): Promise<EngineInfo> {
    await this.enter("info", signal);
    const { cpus = 4, memoryBytes = 8 * GIB } = this.options;
    const { size: containers, running } = this.containers;
    return { name: this.name, containers, running, images: this.images.size, cpus, memoryBytes, storageDriver: "memory", cgroupVersion: "2" };
  }

  async inspectImage(name: string, signal?: AbortSignal): Promise<ImageState> {
    await this.enter("inspectImage", signal);
    return copyOf(this.images.get(name, `inspect image "${name}"`));
  }

  async listImages(signal?: AbortSignal): Promise<ImageState[]> {
    await this.enter("listImages", signal);
    return this.images.list();
  }

  async pullImage(name: string, options: Parameters<Engine["pullImage"]>[1], signal?: AbortSignal): Promise<void> {
    await this.enter("pullImage", signal);
    if (!this.images.find(name)) this.images.add(name);
    options.onProgress?.(`Status: Image is up to date for ${name}`);
  }

  async buildImage(context: Readable | Buffer, options: Parameters<Engine["buildImage"]>[1], signal?: AbortSignal): Promise<string> {
    await this.enter("buildImage", signal);
    const made = await build(context, {
      engine: this.name,
      tag: options.tag,
      find: (image) => this.images.find(image),
      onOutput: (line) => options.onOutput?.(line),
      run: (argv) => this.answer({ argv }, stateOf(newContainer({ image: options.tag, name: "build" })), signal),
    });
    return this.images.add(options.tag, { exposedPorts: made.exposedPorts, labels: { ...made.labels, ...options.labels } }).id;
  }

  async tagImage(name: string, target: string, signal?: AbortSignal): Promise<void> {
    await this.enter("tagImage", signal);
    this.images.tag(name, target);
  }

  async pushImage(name: string, _options: Parameters<Engine["pushImage"]>[1], signal?: AbortSignal): Promise<void> {
    await this.enter("pushImage", signal);
    this.images.get(name, `push image "${name}"`);
  }

  async importImage(rootfs: Readable, options: Parameters<Engine["importImage"]>[1], signal?: AbortSignal): Promise<string> {
    await this.enter("importImage", signal);
    for await (const _chunk of rootfs);
    return this.images.add(options.tag).id;
  }

  /** Not a tar, but what `loadImage` of any engine in memory reads. */
  async saveImage(name: string, signal?: AbortSignal): Promise<Readable> {
    await this.enter("saveImage", signal);
    return Readable.from([JSON.stringify(this.images.get(name, `save image "${name}"`))]);
  }

  async loadImage(tar: Readable, signal?: AbortSignal): Promise<void> {
    await this.enter("loadImage", signal);
    this.images.load(await text(tar));
  }

  async commitContainer(id: string, options: Parameters<Engine["commitContainer"]>[1], signal?: AbortSignal): Promise<string> {
    await this.enter("commitContainer", signal);
    const container = this.containers.get(id, `make image "${options.tag}" of container "${id}"`);
    return this.images.add(options.tag, { labels: { ...container.labels } }).id;
  }

  async removeImage(name: string, options?: { force?: boolean }, signal?: AbortSignal): Promise<void> {
    await this.enter("removeImage", signal);
    const image = this.images.find(name);
    if (image && !options?.force && image.tags.length < 2 && this.containers.isUsing(image.id)) {
      throw refusal(this.name, `remove image "${name}"`, 409, `conflict: unable to remove repository reference "${name}": a container is using it`);
    }
    this.images.remove(name);
  }

  async createNetwork(spec: NetworkSpec, signal?: AbortSignal): Promise<string> {
    await this.enter("createNetwork", signal);
    return this.networks.create(spec);
  }

  async removeNetwork(id: string, signal?: AbortSignal): Promise<void> {
    await this.enter("removeNetwork", signal);
    this.networks.remove(id);
  }

  async listNetworks(filter?: { labels?: Readonly<Record<string, string | undefined>> }, signal?: AbortSignal): Promise<NetworkSummary[]> {
    await this.enter("listNetworks", signal);
    return this.networks.list(filter?.labels);
  }

  async *containerEvents(signal: AbortSignal, onListening?: () => void): AsyncGenerator<ContainerEvent, void, undefined> {
    if (signal.aborted) return;
    await this.enter("containerEvents", undefined);
    yield* this.events.listen(signal, onListening);
  }

  /** Nothing to free. */
  async close(): Promise<void> {}
}
