import type { Engine } from "../../engine/engine.ts";
import { entitySpec, type EntitySpec, type Json, type JsonObject } from "../../model/spec.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import type { HostEngineLocation, LocationResolver, MachineLocation, ObtainRequest, ProvisioningLocation } from "../../provider/location.ts";
import { checkProvisioningAllowed } from "../../provider/provisioning-access.ts";
import { entityReference } from "../../software/group/group.ts";
import { isUp } from "../../software/stock/service-state.ts";
import { DockerCloud } from "../cloud.ts";
import { expectPorts, removeFromEngine } from "../container/run-container.ts";
import { containersOf, hostOf, runningIn } from "../container/relations.ts";
import { canGrow, growHosts, removeIfEmpty } from "../infrastructure/host-growth.ts";
import * as keys from "../keys.ts";
import { formatName } from "../name-format.ts";
import { resolveStrategies } from "../placement/resolve-strategies.ts";
import { PlacementRehearsal } from "../placement/rehearsal.ts";
import { keepUnless, type PlacementStrategy } from "../placement/strategy.ts";
import type { Reservation, Reserved } from "../placement/reservation.ts";
import type { Decision } from "../placement/types.ts";
import { joinCloud } from "../container/join-cloud.ts";
import { containerLocation } from "./container-location.ts";

/**
 * A Docker cloud as a location (Clocker's DockerLocation): every machine that it gives is a container, placed by the cloud's strategies,
 * so that a blueprint written for virtual machines runs in containers unchanged.
 */
export class DockerLocation implements ProvisioningLocation, HostEngineLocation {
  readonly id: string;
  readonly spec: string;
  readonly type = "clocker.docker.location.DockerLocation";
  readonly parent = undefined;
  readonly config: Readonly<Record<string, Json>>;
  readonly #cloud: DockerCloud;
  /** When given, only this host is used. */
  readonly #host: Entity | undefined;

  constructor(cloud: DockerCloud, host?: Entity) {
    const { infrastructure } = cloud;
    this.#cloud = cloud;
    this.#host = host;
    this.id = host?.id ?? infrastructure.id;
    this.spec = host === undefined ? `docker:${infrastructure.id}` : `docker:${infrastructure.id}:${host.id}`;
    this.config = { infrastructure: infrastructure.id, ...(host === undefined ? {} : { host: host.id }) };
  }

  get name(): string {
    const { infrastructure } = this.#cloud;
    return this.#host?.displayName ?? infrastructure.get(keys.LOCATION_NAME_SENSOR) ?? `docker-${infrastructure.id}`;
  }

  async obtain(request: ObtainRequest, work: Work): Promise<MachineLocation> {
    checkProvisioningAllowed(request.entity.management.documents, this.name);
    const { decision, reservation } = await this.#place(request, work);
    try {
      const { host } = this.#cloud.host(reservation.hostId);
      const spec = (await host.config.get(keys.CONTAINER_SPEC, work)) ?? entitySpec(keys.DOCKER_CONTAINER);
      return await this.#startContainer(this.#makeContainer(request, host, spec, decision), reservation, work);
    } catch (error) {
      reservation.cancel();
      throw error;
    }
  }

  /** The hosts that take containers now (Clocker's availability-zone extension). */
  zones(): readonly ProvisioningLocation[] {
    if (this.#host !== undefined) return [];
    const { hosts, pool } = this.#cloud;
    return [...hosts.values()].filter(({ host }) => pool.host(host.id)?.accepting === true).map(({ host }) => hostLocation(host));
  }

  /** Of the first host that takes containers. */
  hostEngine(): Engine | undefined {
    const { hosts, pool } = this.#cloud;
    return [...hosts.values()].find(({ host }) => (this.#host === undefined ? pool.host(host.id)?.accepting === true : host.id === this.#host.id))?.engine;
  }

  /** What placing in this cloud would do, as it is now; the same for the locations of its hosts. */
  rehearse(): PlacementRehearsal {
    const { infrastructure, pool } = this.#cloud;
    const { length } = pool.hosts();
    return new PlacementRehearsal({
      hosts: pool.hosts(),
      chain: this.#cloud.chain(),
      canGrow: (added) => canGrow(this.#cloud, added),
      newHost: (number) => ({ name: `new host ${length + number}`, maxContainers: infrastructure.config.peek(keys.MAX_CONTAINERS) }),
      at: infrastructure.management.clock.now(),
    });
  }

  /** The strategies that an entity brings: its own, and the host's where this is the location of one. @throws ClockerError `invalid-value` */
  entityChain(own: unknown): PlacementStrategy[] {
    return [...(this.#host === undefined ? [] : [onlyHost(this.#host.id)]), ...resolveStrategies(own)];
  }

  /** The id of the cloud that it is, or is a host of. */
  get cloudId(): string {
    return this.#cloud.infrastructure.id;
  }

  /** An entity that is placed by one of this cloud's strategies, on top of those that the cloud has. @throws ClockerError `invalid-value` with the known names. */
  placedBy(strategy: unknown): JsonObject {
    resolveStrategies(strategy);
    // Config of an entity: JSON.
    return { [keys.STRATEGIES.name]: strategy as Json };
  }

  async release(location: MachineLocation, work: Work): Promise<void> {
    const { management } = this.#cloud.infrastructure;
    const container = management.entity(location.id);
    if (container === undefined) return;
    // First it is nobody's, durably: should the server end now, the next start removes it.
    runningIn(container)?.set(keys.CONTAINER_OF, undefined);
    await management.documents.flush();
    const host = hostOf(container);
    await container.invoke("stop", {}, work);
    management.unmanage(container);
    await management.documents.flush();
    removeIfEmpty(this.#cloud, host);
  }

  /** Chooses a host and reserves a place on it; grows the cloud by one host, once for all who wait, when none is left. */
  async #place({ entity, properties }: ObtainRequest, work: Work): Promise<Reserved> {
    const cloud = this.#cloud;
    const own = await entity.config.get(keys.STRATEGIES, work);
    return work.step(`place container for ${entity.displayName}`, async (step) => {
      const placed = await cloud.pool.reserveOrGrow(
        { entityId: entity.id, entityType: entity.typeName, displayName: entity.displayName, applicationId: entity.application.id, parentId: entity.parent?.id, properties },
        {
          chains: { infrastructure: cloud.chain(), entity: this.entityChain(own) },
          grow: () => growHosts(cloud),
          canGrow: () => (this.#host === undefined ? canGrow(cloud) : { allowed: false, reason: "only this host was asked for" }),
          signal: step.signal,
          onWait: (waitsFor) => step.waitFor(waitsFor === "growth" ? `a new Docker host in ${cloud.infrastructure.displayName}` : "a Docker host that takes it"),
        },
      );
      step.log(`${placed.decision.hostName}: ${placed.decision.chain.join("; ")}`);
      for (const { hostName, kept, reason, by } of placed.decision.candidates) step.log(`  ${kept ? "kept" : "dropped"} ${hostName}: ${reason} (${by})`);
      return placed;
    });
  }

  /** The container's entity; it is made durable before the container is asked for. */
  #makeContainer({ entity, inboundPorts }: ObtainRequest, host: Entity, spec: EntitySpec, decision: Decision): Entity {
    const container = host.management.create({ ...spec, displayName: nextName(host, spec) }, containersOf(host));
    container.set(keys.CONTAINER_ENTITY, entityReference(entity));
    container.set(keys.PLACEMENT, JSON.parse(JSON.stringify(decision)));
    expectPorts(container, inboundPorts);
    entity.set(keys.CONTAINER_OF, entityReference(container));
    joinCloud(container);
    return container;
  }

  async #startContainer(container: Entity, reservation: Reservation, work: Work): Promise<MachineLocation> {
    const { management } = container;
    try {
      await management.documents.flush();
      await container.invoke("start", {}, work);
      reservation.confirm(container.id);
      await management.documents.flush();
      return containerLocation(container);
    } catch (error) {
      await removeFromEngine(container, work);
      management.unmanage(container);
      throw error;
    }
  }
}

const hostLocations = new WeakMap<Entity, DockerLocation>();

/** The location of one host: `docker:INFRA:HOST`. */
export function hostLocation(host: Entity): DockerLocation {
  let location = hostLocations.get(host);
  if (location === undefined) hostLocations.set(host, (location = new DockerLocation(DockerCloud.get(host), host)));
  return location;
}

/** Resolves `docker:INFRA[:HOST][:(name=...)]`, by entity ids as Clocker 0.4 to 0.8 did; 1.1's location ids are the same here. */
export function dockerResolver(entity: (id: string) => Entity | undefined): LocationResolver {
  return {
    prefix: "docker",
    resolve: (spec) => {
      const [infrastructureId = "", hostId] = spec.path;
      const unknown = Object.keys(spec.arguments).filter((name) => name !== "name" && name !== "displayName");
      if (unknown.length > 0 || spec.path.length > 2 || infrastructureId === "") {
        throw new ClockerError("invalid-value", `Invalid location '${spec.text}'; for example, "docker:INFRASTRUCTURE" or "docker:INFRASTRUCTURE:HOST"`);
      }
      const infrastructure = entity(infrastructureId);
      if (infrastructure === undefined || !infrastructure.is(keys.INFRASTRUCTURE)) throw new ClockerError("unknown-location", `Unknown location '${spec.text}': there is no Docker infrastructure "${infrastructureId}"`);
      if (!isUp(infrastructure)) throw new ClockerError("unknown-location", `Cannot use location '${spec.text}': "${infrastructure.displayName}" is not up`);
      if (hostId === undefined) return DockerCloud.of(infrastructure).location;
      return hostLocation(DockerCloud.of(infrastructure).host(hostId).host);
    },
  };
}

function onlyHost(hostId: string): PlacementStrategy {
  return keepUnless({
    name: "location",
    refusesBy: [],
    describe: () => "only the host that the location names",
    explain: () => "the location names another host",
    refuse: (host) => (host.id === hostId ? undefined : { reason: "the location names another host" }),
  });
}

/** `clocker-07`: the next number on this host, in the container's own name format. */
function nextName(host: Entity, spec: EntitySpec): string {
  const format = String(spec.config[keys.CONTAINER_NAME_FORMAT.name] ?? keys.CONTAINER_NAME_FORMAT.defaultValue);
  const number = (host.get(keys.CONTAINER_COUNTER) ?? 0) + 1;
  host.set(keys.CONTAINER_COUNTER, number);
  return formatName(format, spec.displayName ?? host.id, number);
}
