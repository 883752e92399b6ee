import { randomBytes } from "node:crypto";
import type { ContainerSpec, ContainerState, ContainerStats, ContainerSummary, ImageState } from "../engine.ts";
import { withProtocol } from "../container-spec.ts";
import type { OutputStream } from "../stream-frames.ts";

/** A container of an engine in memory. */
export interface MemoryContainer {
  readonly id: string;
  readonly name: string;
  readonly spec: ContainerSpec;
  /** The image's labels, and its own over them. */
  readonly labels: Readonly<Record<string, string>>;
  state: "created" | "running" | "paused" | "exited";
  exitCode: number;
  /** Published ports while it runs. */
  ports: Record<string, number>;
  address: string;
  startedAt: string;
  stats: ContainerStats | undefined;
  readonly logs: { stream: OutputStream; text: string; time: number }[];
  readonly files: Map<string, MemoryFile>;
  /** Who follows its output. */
  readonly watchers: Set<Watcher>;
}

export interface Watcher {
  onPrint: (stream: OutputStream, text: string) => void;
  onExit: () => void;
}

export interface MemoryFile {
  mode: number;
  content: Buffer;
}

const NEVER = "0001-01-01T00:00:00Z";

export function newContainer(spec: ContainerSpec, image?: ImageState): MemoryContainer {
  const id = randomBytes(32).toString("hex");
  return {
    id,
    name: spec.name ?? `container_${id.slice(0, 12)}`,
    spec,
    labels: { ...image?.labels, ...spec.labels },
    state: "created",
    exitCode: 0,
    ports: {},
    address: "",
    startedAt: NEVER,
    stats: undefined,
    logs: [],
    files: new Map(),
    watchers: new Set(),
  };
}

export function isRunning(container: MemoryContainer): boolean {
  return container.state === "running" || container.state === "paused";
}

export function summaryOf(container: MemoryContainer): ContainerSummary {
  const { id, name, labels, state, ports, spec } = container;
  return { id, name, image: spec.image, labels: { ...labels }, state, ports: { ...ports } };
}

export function stateOf(container: MemoryContainer): ContainerState {
  const { spec } = container;
  const bound = Object.fromEntries(Object.entries(spec.ports ?? {}).flatMap(([port, hostPort]) => (hostPort > 0 ? [[withProtocol(port), hostPort]] : [])));
  return {
    ...summaryOf(container),
    ports: { ...bound, ...container.ports },
    running: isRunning(container),
    paused: container.state === "paused",
    exitCode: container.exitCode,
    error: "",
    pid: isRunning(container) ? 1 : 0,
    hostname: spec.hostname ?? container.id.slice(0, 12),
    addresses: container.address === "" ? {} : { [spec.network ?? "bridge"]: container.address },
    env: { ...spec.env },
    memoryBytes: spec.memoryBytes ?? 0,
    cpuShares: spec.cpuShares ?? 0,
    startedAt: container.startedAt,
    mounts: [...(spec.binds ?? []).map(({ source, target }) => ({ source, target })), ...(spec.volumes ?? []).map((target) => ({ source: `volume-of-${container.name}`, target }))],
  };
}
