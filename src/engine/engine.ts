import type { Duplex, Readable } from "node:stream";
import type { CommandSession, CommandSessionOptions } from "./command-session.ts";

export type { CommandSession, CommandSessionOptions, TerminalSize } from "./command-session.ts";

/**
 * A Docker Engine, through its HTTP API. `openEngine` (docker-engine.ts) talks to a real one over any stream (unix socket, SSH-forwarded socket, TLS);
 * `InMemoryEngine` is for unit tests and simulation. The contract test in `test/contract/engine.ts` holds for both.
 * Every call takes an AbortSignal; failures are ClockerErrors: `engine-error` (details.status has the HTTP status), `not-found` (404),
 * `conflict` (409), `unreachable`.
 */
export interface Engine {
  /** How people name it in messages. */
  readonly name: string;
  version(signal?: AbortSignal): Promise<EngineVersion>;
  info(signal?: AbortSignal): Promise<EngineInfo>;

  createContainer(spec: ContainerSpec, signal?: AbortSignal): Promise<string>;
  startContainer(id: string, signal?: AbortSignal): Promise<void>;
  /** Idempotent: a container that is not running counts as stopped. */
  stopContainer(id: string, options?: { graceSeconds?: number }, signal?: AbortSignal): Promise<void>;
  killContainer(id: string, signal?: AbortSignal): Promise<void>;
  pauseContainer(id: string, signal?: AbortSignal): Promise<void>;
  unpauseContainer(id: string, signal?: AbortSignal): Promise<void>;
  /** Kills and removes, with its anonymous volumes. Idempotent: one that is not there counts as removed. */
  removeContainer(id: string, signal?: AbortSignal): Promise<void>;
  inspectContainer(id: string, signal?: AbortSignal): Promise<ContainerState>;
  /** Containers in any state whose labels match all of `labels` (a value of `undefined` matches any). */
  listContainers(filter?: { labels?: Readonly<Record<string, string | undefined>> }, signal?: AbortSignal): Promise<ContainerSummary[]>;
  /** One reading: CPU (fraction of one core), memory bytes. */
  containerStats(id: string, signal?: AbortSignal): Promise<ContainerStats>;
  /**
   * Standard output and error of the main process, demultiplexed. `since` in milliseconds since the epoch; with `timestamps` each line begins with the
   * engine's time of it. What `onChunk` gives is waited for before more is read.
   */
  containerLogs(id: string, options: { follow?: boolean; tail?: number; since?: number; timestamps?: boolean }, onChunk: (stream: "stdout" | "stderr", chunk: string) => void | Promise<void>, signal?: AbortSignal): Promise<void>;

  /** Runs a command in a running container. Aborting the signal kills the command. */
  exec(id: string, spec: ExecSpec, signal?: AbortSignal): Promise<{ exitCode: number }>;
  /** Starts a command and leaves its standard streams open, at a terminal where one is asked for. */
  openExec(id: string, spec: OpenExecSpec): Promise<CommandSession>;
  /** Opens a command's standard streams as one duplex (stdin in, stdout out): how sockets inside a container are forwarded. */
  execStream(id: string, argv: readonly string[], signal?: AbortSignal): Promise<Duplex>;
  /** Unpacks a tar stream at a folder inside the container. */
  putArchive(id: string, folder: string, tar: Readable | Buffer, signal?: AbortSignal): Promise<void>;
  /** A file or folder inside the container as a tar stream. */
  getArchive(id: string, path: string, signal?: AbortSignal): Promise<Readable>;

  /** @throws not-found when the image isn't on the host. */
  inspectImage(name: string, signal?: AbortSignal): Promise<ImageState>;
  listImages(signal?: AbortSignal): Promise<ImageState[]>;
  pullImage(name: string, options: { registryAuth?: RegistryAuth; onProgress?: (line: string) => void }, signal?: AbortSignal): Promise<void>;
  /** Builds from a tar of the context holding `Dockerfile`; output lines go to `onOutput`. @throws `build-failed` with the last lines. */
  buildImage(context: Readable | Buffer, options: { tag: string; buildArgs?: Record<string, string>; labels?: Record<string, string>; networkMode?: string; onOutput?: (line: string) => void }, signal?: AbortSignal): Promise<string>;
  tagImage(name: string, target: string, signal?: AbortSignal): Promise<void>;
  pushImage(name: string, options: { registryAuth?: RegistryAuth; onProgress?: (line: string) => void }, signal?: AbortSignal): Promise<void>;
  /** Makes an image of a root file system's tar (gzip allowed). */
  importImage(rootfs: Readable, options: { tag: string; changes?: readonly string[] }, signal?: AbortSignal): Promise<string>;
  saveImage(name: string, signal?: AbortSignal): Promise<Readable>;
  loadImage(tar: Readable, signal?: AbortSignal): Promise<void>;
  commitContainer(id: string, options: { tag: string; changes?: readonly string[] }, signal?: AbortSignal): Promise<string>;
  /** Idempotent. */
  removeImage(name: string, options?: { force?: boolean }, signal?: AbortSignal): Promise<void>;

  createNetwork(spec: NetworkSpec, signal?: AbortSignal): Promise<string>;
  /** Idempotent. */
  removeNetwork(id: string, signal?: AbortSignal): Promise<void>;
  listNetworks(filter?: { labels?: Readonly<Record<string, string | undefined>> }, signal?: AbortSignal): Promise<NetworkSummary[]>;

  /**
   * Container events (`start`, `die`, `destroy`, `pause`, ...) until the signal aborts or the engine goes away (then it throws `unreachable`).
   * It starts with the first `next()`. `onListening` is called once events arrive: who lists the containers then misses nothing.
   */
  containerEvents(signal: AbortSignal, onListening?: () => void): AsyncIterable<ContainerEvent>;
  close(): Promise<void>;
}

export interface EngineVersion { version: string; apiVersion: string; os: string; architecture: string }
export interface EngineInfo { name: string; containers: number; running: number; images: number; cpus: number; memoryBytes: number; storageDriver: string; cgroupVersion: string }

export interface ContainerSpec {
  name?: string;
  image: string;
  hostname?: string;
  entrypoint?: readonly string[];
  command?: readonly string[];
  env?: Readonly<Record<string, string>>;
  labels?: Readonly<Record<string, string>>;
  user?: string;
  workingDir?: string;
  interactive?: boolean;
  init?: boolean;
  /** Container port (`8080/tcp`, `53/udp`) → host port. */
  ports?: Readonly<Record<string, number>>;
  /** Ports that are exposed without being published. */
  exposedPorts?: readonly string[];
  binds?: readonly VolumeBind[];
  /** Anonymous volumes at these paths. */
  volumes?: readonly string[];
  volumesFrom?: readonly string[];
  /** tmpfs mounts: path → options, for instance `rw,exec`. */
  tmpfs?: Readonly<Record<string, string>>;
  cpuShares?: number;
  /** At most so many CPUs' time. */
  cpus?: number;
  memoryBytes?: number;
  privileged?: boolean;
  capAdd?: readonly string[];
  securityOpt?: readonly string[];
  deviceCgroupRules?: readonly string[];
  cgroupnsMode?: "host" | "private";
  cgroupParent?: string;
  network?: string;
  /** A fixed IPv4 address on `network`, which must have been made with a subnet. */
  address?: string;
  extraHosts?: readonly string[];
  restart?: "no" | "always" | "unless-stopped" | "on-failure";
}

export interface VolumeBind { source: string; target: string; readOnly?: boolean }

export interface ContainerSummary {
  id: string;
  name: string;
  image: string;
  labels: Record<string, string>;
  state: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
  /** Container port (`8080/tcp`) → published host port. */
  ports: Record<string, number>;
}

export interface ContainerState extends ContainerSummary {
  running: boolean;
  paused: boolean;
  exitCode: number;
  error: string;
  pid: number;
  hostname: string;
  /** Network name → IP address. */
  addresses: Record<string, string>;
  env: Record<string, string>;
  memoryBytes: number;
  cpuShares: number;
  startedAt: string;
  mounts: { source: string; target: string }[];
}

export interface ContainerStats { cpu: number; memoryBytes: number; memoryLimitBytes: number }

export interface ExecSpec {
  argv: readonly string[];
  env?: Readonly<Record<string, string>>;
  user?: string;
  workingDir?: string;
  stdin?: string | Buffer;
  onStdout?: (chunk: string) => void;
  onStderr?: (chunk: string) => void;
}

export interface OpenExecSpec extends CommandSessionOptions {
  readonly argv: readonly string[];
  readonly user?: string | undefined;
}

export interface ImageState { id: string; tags: string[]; sizeBytes: number; labels: Record<string, string>; exposedPorts: string[]; entrypoint: string[]; command: string[] }
export interface NetworkSpec { name: string; driver?: string; subnet?: string; attachable?: boolean; internal?: boolean; labels?: Record<string, string>; options?: Record<string, string> }
/** `subnet` is its first IPv4 one, for instance `172.18.0.0/16`. */
export interface NetworkSummary { id: string; name: string; driver: string; labels: Record<string, string>; subnet?: string }
/** `time` in milliseconds since the epoch. */
export interface ContainerEvent { id: string; action: string; time: number; attributes: Record<string, string> }
export interface RegistryAuth { username: string; password: string; server?: string }
