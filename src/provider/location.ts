import type { Engine } from "../engine/engine.ts";
import type { Machine } from "../machine/machine.ts";
import type { Entity } from "../model/entity.ts";
import type { Location } from "../model/location.ts";
import type { Json, JsonObject, LocationReference } from "../model/spec.ts";
import type { Work } from "../model/work.ts";

/** A location that gives out machines: one made by a provider, or a Docker cloud, in which every machine is a container. */
export interface ProvisioningLocation extends Location {
  /**
   * Gives the entity a machine of its own. Recorded durably before anything is asked for; a failure leaves nothing behind.
   * @throws ClockerError `no-machine`, `no-capacity`, `unreachable`, ...
   */
  obtain(request: ObtainRequest, work: Work): Promise<MachineLocation>;
  /** Gives it back. Idempotent. */
  release(machine: MachineLocation, work: Work): Promise<void>;
  /** Its availability zones as they are now: the hosts of a Docker cloud, the targets of `multi:`. Absent where it has none. */
  zones?(): readonly ProvisioningLocation[];
  /** The config by which an entity makes this location place it by a strategy of the location's own; undefined for a strategy that it does not know. */
  placedBy?(strategy: unknown): JsonObject | undefined;
}

export interface ObtainRequest {
  readonly entity: Entity;
  /** Ports that the entity will listen on and that others must reach. */
  readonly inboundPorts: readonly number[];
  /** `provisioning.properties`, resolved: minRam, minCores, ... */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Id of a location that holds the machine for several entities, and gives it back when the last has left it. */
  readonly holder?: string;
}

/** A machine as a location of an entity. */
export interface MachineLocation extends Location {
  readonly parent: Location;
  readonly machine: Machine;
  /** Where users reach it. */
  readonly address: string;
  /** Where its neighbours reach it. */
  readonly subnetAddress: string;
  readonly hostname: string;
  /** `user@host:port` where it is reached by SSH. */
  readonly sshAddress: string | undefined;
  /** Whether its ports are reached from outside only where they are mapped: a container. */
  readonly isBehindMapping: boolean;
  /** Whether it stays as it is when it is given back: a host of a list, this computer, a machine of a pool. What was made on it has to be removed first. */
  readonly isLent: boolean;
  /** Where a port of the machine is reached from outside; undefined where ports are not mapped. */
  mappedPort(port: number): { host: string; port: number } | undefined;
}

export function isProvisioning(location: Location): location is ProvisioningLocation {
  return "obtain" in location && "release" in location;
}

export function isMachineLocation(location: Location): location is MachineLocation {
  return "machine" in location;
}

/** A location with Docker Engines behind it: a Docker cloud, a container in it. */
export interface HostEngineLocation extends Location {
  /** The engine of its host, or of one of its hosts; undefined while it has none. */
  hostEngine(): Engine | undefined;
}

export function hasHostEngine(location: Location): location is HostEngineLocation {
  return "hostEngine" in location;
}

/** Makes locations of the specs with one prefix. */
export interface LocationResolver {
  readonly prefix: string;
  /** @throws ClockerError `unknown-location`, `invalid-value` when the arguments don't fit. */
  resolve(spec: ParsedLocationSpec, id: string, config: Readonly<Record<string, Json>>): Location;
  /** Lets a location that was made before go on with the settings that one made now would have. */
  refresh?(location: Location, spec: ParsedLocationSpec, config: Readonly<Record<string, Json>>): void;
  /** The locations that one of this spec is made of. @throws ClockerError `invalid-value` */
  targets?(spec: ParsedLocationSpec, config: Readonly<Record<string, Json>>): readonly LocationReference[];
}

/** `prefix:rest(arguments)` taken apart. */
export interface ParsedLocationSpec {
  readonly text: string;
  readonly prefix: string;
  /** What stands between the prefix and the arguments, split at colons. */
  readonly path: readonly string[];
  readonly arguments: Readonly<Record<string, string>>;
}
