import type { Entity } from "../model/entity.ts";
import { ClockerError } from "../model/errors.ts";
import type { Location } from "../model/location.ts";
import { Mutex } from "../model/mutex.ts";
import { INFRASTRUCTURE, MAX_CPU, STRATEGIES } from "./keys.ts";
import type { HostRuntime } from "./host/host-runtime.ts";
import { HostPool } from "./placement/host-pool.ts";
import { resolveStrategies } from "./placement/resolve-strategies.ts";
import type { PlacementStrategy } from "./placement/strategy.ts";

const clouds = new WeakMap<Entity, DockerCloud>();

/** The running side of a Docker infrastructure: its hosts as placement sees them, and how they are reached. */
export class DockerCloud {
  readonly infrastructure: Entity;
  readonly pool: HostPool;
  readonly hosts = new Map<string, HostRuntime>();
  /** One host is removed at a time where empty hosts are, so that enough stay. */
  readonly removing = new Mutex();
  #lastOrder = 0;
  #location: Location | undefined;
  #chain: { raw: string; strategies: PlacementStrategy[] } | undefined;

  private constructor(infrastructure: Entity) {
    this.infrastructure = infrastructure;
    this.pool = new HostPool({ clock: infrastructure.management.clock });
  }

  /** The cloud of an infrastructure, made when first asked for. */
  static of(infrastructure: Entity): DockerCloud {
    let cloud = clouds.get(infrastructure);
    if (cloud === undefined) clouds.set(infrastructure, (cloud = new DockerCloud(infrastructure)));
    return cloud;
  }

  /** The cloud that a host, a container, or anything below an infrastructure belongs to. */
  static find(entity: Entity): DockerCloud | undefined {
    for (let above: Entity | undefined = entity; above !== undefined; above = above.parent) {
      if (above.is(INFRASTRUCTURE)) return DockerCloud.of(above);
    }
    return undefined;
  }

  static get(entity: Entity): DockerCloud {
    const cloud = DockerCloud.find(entity);
    if (cloud === undefined) throw new ClockerError("internal", `"${entity.displayName}" does not belong to a Docker cloud`);
    return cloud;
  }

  /** The cloud as a location. */
  get location(): Location {
    if (this.#location === undefined) throw new ClockerError("internal", `"${this.infrastructure.displayName}" has no location yet`);
    return this.#location;
  }

  set location(location: Location) {
    this.#location = location;
  }

  /** The cloud's chain of strategies; depth first when none is configured. The same objects as long as the config is the same. */
  chain(): PlacementStrategy[] {
    const { config } = this.infrastructure;
    // As it was written: strategies may be given as `$brooklyn:object`, which is resolved here.
    const configured = config.find(STRATEGIES)?.raw ?? ["DepthFirst"];
    const maxCpu = config.peek(MAX_CPU);
    const raw = JSON.stringify([configured, maxCpu]);
    if (this.#chain?.raw !== raw) this.#chain = { raw, strategies: resolveStrategies(configured, { maxCpu }) };
    return this.#chain.strategies;
  }

  /** Hosts are numbered as they come under management, which is in order of creation. */
  nextOrder(): number {
    return ++this.#lastOrder;
  }

  host(hostId: string): HostRuntime {
    const runtime = this.hosts.get(hostId);
    if (runtime === undefined) throw new ClockerError("not-found", `There is no Docker host "${hostId}" in "${this.infrastructure.displayName}"`);
    return runtime;
  }
}
