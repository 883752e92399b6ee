import type { Clock } from "../../model/clock.ts";
import { ClockerError } from "../../model/errors.ts";
import { DEFAULT_HOST_PORTS, hostPortRange, type HostPortRange } from "./port-range.ts";

/** Container port as the engine writes it (`8080/tcp`, `53/udp`) → host port. */
export type PublishedPorts = Readonly<Record<string, number>>;

/** A container port to publish: anywhere in the range, or at a port of its own choice (`directPorts`, `portBindings`). */
export interface PortWish {
  /** `8080/tcp`; without a protocol it is tcp. */
  readonly containerPort: string;
  readonly hostPort?: number | undefined;
}

export interface PortAllocatorOptions {
  /** For messages. */
  readonly hostName: string;
  readonly clock: Pick<Clock, "now">;
  /** Default `DEFAULT_HOST_PORTS`. */
  readonly range?: string | undefined;
  /** Milliseconds for which a port that another process holds is left alone. Default ten minutes. */
  readonly avoidForMs?: number | undefined;
}

const TEN_MINUTES = 600_000;

/**
 * The published ports of one host. A port goes to one container at a time, and a freed one is used again only after the rest of the
 * range, so that a client of the container before doesn't meet the one after. Ports are numbers of tcp and udp apart, as on the host,
 * but a port of the range is given out only when it is free in both.
 */
export class PortAllocator {
  readonly #hostName: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #avoidForMs: number;
  readonly #range: HostPortRange;
  /** `49153/tcp` → owner. */
  readonly #owners = new Map<string, string>();
  /** Owner → container port → host port. */
  readonly #published = new Map<string, Map<string, number>>();
  /** Port in use by another process → when to try it again, milliseconds since the epoch. */
  readonly #foreign = new Map<number, number>();
  #next: number;

  /** @throws ClockerError `invalid-value` for a range that isn't one. */
  constructor(options: PortAllocatorOptions) {
    this.#hostName = options.hostName;
    this.#clock = options.clock;
    this.#avoidForMs = options.avoidForMs ?? TEN_MINUTES;
    this.#range = hostPortRange(options.range ?? DEFAULT_HOST_PORTS);
    this.#next = this.#range.first;
  }

  /**
   * Publishes all of the wishes or none. A wish that the owner has already is kept as it is, so that a step can be done again.
   *
   * @returns all of the owner's ports.
   * @throws ClockerError `no-port` when a wished host port is another container's or the range is used up; `invalid-value` for a wish that isn't a port.
   */
  allocate(owner: string, wishes: readonly PortWish[]): PublishedPorts {
    const added: string[] = [];
    try {
      // Wishes for a certain port come first, so that none of the others takes it.
      for (const wish of wishes.toSorted((a, b) => Number(a.hostPort === undefined) - Number(b.hostPort === undefined))) {
        const containerPort = normalPort(wish.containerPort);
        if (this.#isGranted(owner, containerPort, wish.hostPort)) continue;
        this.#claim(owner, containerPort, wish.hostPort ?? this.#freePort(owner));
        added.push(containerPort);
      }
    } catch (error) {
      for (const containerPort of added) this.#unclaim(owner, containerPort);
      throw error;
    }
    return this.portsOf(owner);
  }

  /** The engine says that another process has the host port: it is left alone for a while, and whoever was to have it needs another. */
  taken(hostPort: number): void {
    this.#foreign.set(hostPort, this.#clock.now() + this.#avoidForMs);
    for (const protocol of ["tcp", "udp"]) {
      const owner = this.#owners.get(`${hostPort}/${protocol}`);
      if (owner === undefined) continue;
      const containerPort = [...(this.#published.get(owner) ?? [])].find(([port, host]) => host === hostPort && port.endsWith(`/${protocol}`))?.[0];
      if (containerPort !== undefined) this.#unclaim(owner, containerPort);
    }
  }

  /** The container is gone. Idempotent. */
  release(owner: string): void {
    for (const containerPort of [...(this.#published.get(owner)?.keys() ?? [])]) this.#unclaim(owner, containerPort);
  }

  portsOf(owner: string): PublishedPorts {
    return Object.fromEntries(this.#published.get(owner) ?? []);
  }

  /**
   * Starts anew from the containers that the host has, running ones first: of two that claim one port the first keeps it.
   *
   * @returns the claims that were left out, `{ owner, containerPort, hostPort, keeper }`.
   */
  rebuild(containers: Iterable<{ readonly owner: string; readonly ports: PublishedPorts }>): PortClash[] {
    this.#owners.clear();
    this.#published.clear();
    const clashes: PortClash[] = [];
    for (const { owner, ports } of containers) {
      for (const [port, hostPort] of Object.entries(ports)) {
        const containerPort = normalPort(port);
        const keeper = this.#owners.get(hostKey(hostPort, containerPort));
        if (keeper === undefined) this.#claim(owner, containerPort, hostPort);
        else if (keeper !== owner) clashes.push({ owner, containerPort, hostPort, keeper });
      }
    }
    return clashes;
  }

  /** Whether the owner has the port already, where it wants it. @throws ClockerError `no-port` when it has it elsewhere. */
  #isGranted(owner: string, containerPort: string, wished: number | undefined): boolean {
    const present = this.#published.get(owner)?.get(containerPort);
    if (present === undefined) return false;
    if (wished === undefined || wished === present) return true;
    throw this.#noPort(`Cannot publish port ${containerPort} at ${wished} on "${this.#hostName}": it is published at ${present} already`, { owner, containerPort, present });
  }

  #claim(owner: string, containerPort: string, hostPort: number): void {
    if (!isPort(hostPort)) throw invalidPort(hostPort);
    const key = hostKey(hostPort, containerPort);
    const keeper = this.#owners.get(key);
    if (keeper !== undefined) {
      throw this.#noPort(`Cannot publish port ${containerPort} at ${hostPort} on "${this.#hostName}": "${keeper}" has it`, { owner, containerPort, hostPort, keeper });
    }
    this.#owners.set(key, owner);
    const ports = this.#published.get(owner) ?? new Map<string, number>();
    this.#published.set(owner, ports.set(containerPort, hostPort));
  }

  #unclaim(owner: string, containerPort: string): void {
    const ports = this.#published.get(owner);
    const hostPort = ports?.get(containerPort);
    if (ports === undefined || hostPort === undefined) return;
    this.#owners.delete(hostKey(hostPort, containerPort));
    ports.delete(containerPort);
    if (ports.size === 0) this.#published.delete(owner);
  }

  /** The next port of the range that nobody has. @throws ClockerError `no-port`. */
  #freePort(owner: string): number {
    const { first, last } = this.#range;
    const size = last - first + 1;
    const now = this.#clock.now();
    for (let step = 0; step < size; step++) {
      const port = first + ((this.#next - first + step) % size);
      if (this.#owners.has(`${port}/tcp`) || this.#owners.has(`${port}/udp`) || this.#isForeign(port, now)) continue;
      this.#next = port === last ? first : port + 1;
      return port;
    }
    throw this.#noPort(`Cannot publish a port of "${owner}" on "${this.#hostName}": all ${size} ports of ${first}-${last} are in use`, { owner, first, last });
  }

  #isForeign(port: number, now: number): boolean {
    const until = this.#foreign.get(port);
    if (until === undefined) return false;
    if (now < until) return true;
    this.#foreign.delete(port);
    return false;
  }

  #noPort(message: string, details: Record<string, unknown>): ClockerError {
    const remedy = "Choose another host port, widen the range of host ports, or remove a container from the host";
    return new ClockerError("no-port", message, { remedy, details: { host: this.#hostName, ...details } });
  }
}

/** A claim that `rebuild` left out since an earlier container has the port. */
export interface PortClash {
  owner: string;
  containerPort: string;
  hostPort: number;
  keeper: string;
}

function hostKey(hostPort: number, containerPort: string): string {
  return `${hostPort}/${containerPort.slice(containerPort.indexOf("/") + 1)}`;
}

/** `8080/tcp` of `8080`, `8080/tcp`, `8080/TCP`. @throws ClockerError `invalid-value`. */
function normalPort(port: string): string {
  const match = /^(\d{1,5})(?:\/([a-z]+))?$/i.exec(port);
  if (match === null || !isPort(Number(match[1]))) throw invalidPort(port);
  return `${Number(match[1])}/${match[2]?.toLowerCase() ?? "tcp"}`;
}

function isPort(port: number): boolean {
  return Number.isSafeInteger(port) && port >= 1 && port <= 65535;
}

function invalidPort(port: string | number): ClockerError {
  return new ClockerError("invalid-value", `Cannot publish port "${port}": expected a port from 1 to 65535 such as "8080/tcp"`, { details: { value: port } });
}
