import type { Entity } from "../../model/entity.ts";
import type { Management } from "../../model/management.ts";
import type { MachineLocation } from "../../provider/location.ts";

/**
 * Which entity of the plane has which port of which machine. Kept in memory, so that two entities that start at once on one machine never take the
 * same port; after a restart of the server it is made again from the entities' port sensors.
 */
export class PortClaims {
  readonly #byMachine = new Map<string, Map<number, string>>();

  /** The plane's claims. */
  static of(management: Management): PortClaims {
    const known = claimsOf.get(management) ?? new PortClaims();
    claimsOf.set(management, known);
    return known;
  }

  /** Takes a port for an entity; false when another one has it. */
  claim(location: MachineLocation, port: number, entity: Entity): boolean {
    const machine = nameOf(location);
    const ports = this.#byMachine.get(machine) ?? new Map<number, string>();
    const owner = ports.get(port);
    if (owner !== undefined && owner !== entity.id) return false;
    this.#byMachine.set(machine, ports.set(port, entity.id));
    return true;
  }

  /** Gives back all ports that an entity has on a machine. */
  release(location: MachineLocation, entity: Entity): void {
    const machine = nameOf(location);
    const ports = this.#byMachine.get(machine);
    for (const [port, owner] of ports ?? []) if (owner === entity.id) ports?.delete(port);
    if (ports?.size === 0) this.#byMachine.delete(machine);
  }
}

const claimsOf = new WeakMap<Management, PortClaims>();

/** Two locations may be one machine (this computer): its name tells. */
function nameOf(location: MachineLocation): string {
  return location.machine.name;
}
