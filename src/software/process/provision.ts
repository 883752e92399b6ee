import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import { isMachineLocation, isProvisioning, type MachineLocation, type ProvisioningLocation } from "../../provider/location.ts";
import { HOST_ADDRESS, HOST_NAME, HOST_SSH_ADDRESS, HOST_SUBNET_ADDRESS, HOST_SUBNET_HOSTNAME, PROVISIONING_LOCATION } from "../stock/attributes.ts";
import { locationsFor } from "../stock/startable.ts";
import { PROVISIONING_PROPERTIES, REQUIRED_OPEN_LOGIN_PORTS } from "./keys.ts";
import { ofMachine } from "./sensors.ts";

/** The machine an entity stands on, if it does. */
export function machineOf(entity: Entity): MachineLocation | undefined {
  return entity.locations.find((location) => isMachineLocation(location));
}

/**
 * The machine that the entity stands on already, the one given as its location, or a new one obtained from the location
 * (Brooklyn's `MachineLifecycleEffectorTasks`). The entity has it, durably, when this resolves; a failure leaves none.
 * @param given the effector's `locations`
 * @throws ClockerError `no-machine` when there is no location that has machines; those of `ProvisioningLocation.obtain`
 */
export async function standOnMachine(entity: Entity, given: unknown, inboundPorts: readonly number[], work: Work): Promise<MachineLocation> {
  const standing = machineOf(entity);
  if (standing !== undefined) return standing;
  const location = locationsFor(entity, given).find((each) => isMachineLocation(each) || isProvisioning(each));
  if (location === undefined) {
    throw new ClockerError("no-machine", `Cannot start "${entity.displayName}": no location that gives machines is known for it`, {
      remedy: "Give the blueprint or the entity a location, or pass one to start",
    });
  }
  const machine = isMachineLocation(location) ? location : isProvisioning(location) ? await obtain(entity, location, inboundPorts, work) : undefined;
  if (machine === undefined) throw new ClockerError("internal", `Location "${location.name}" gives no machines`);
  entity.addLocation(machine);
  await entity.management.documents.flush();
  return machine;
}

/**
 * Gives an obtained machine back; one that was given stays as it is. The entity's sensors of the machine go with it. Idempotent.
 */
export async function leaveMachine(entity: Entity, work: Work): Promise<void> {
  const machine = machineOf(entity);
  if (machine !== undefined) {
    if (entity.get(PROVISIONING_LOCATION) !== undefined && isProvisioning(machine.parent)) await machine.parent.release(machine, work);
    entity.removeLocation(machine);
  }
  for (const sensor of ofMachine) entity.set(sensor, undefined);
  await entity.management.documents.flush();
}

export function publishHost(entity: Entity, machine: MachineLocation): void {
  // A container's URLs hold its own address: at its host's, only the mapped ones lead to it (Clocker, 6).
  const own = machine.isBehindMapping ? machine.subnetAddress : machine.address;
  entity.set(HOST_NAME, own);
  entity.set(HOST_ADDRESS, own);
  entity.set(HOST_SUBNET_HOSTNAME, machine.subnetAddress);
  entity.set(HOST_SUBNET_ADDRESS, machine.subnetAddress);
  entity.set(HOST_SSH_ADDRESS, machine.sshAddress);
}

async function obtain(entity: Entity, location: ProvisioningLocation, inboundPorts: readonly number[], work: Work): Promise<MachineLocation> {
  const properties = { ...(await entity.config.get(PROVISIONING_PROPERTIES, work)) };
  if (entity.config.find(REQUIRED_OPEN_LOGIN_PORTS) !== undefined) properties[REQUIRED_OPEN_LOGIN_PORTS.name] = await entity.config.get(REQUIRED_OPEN_LOGIN_PORTS, work);
  // Set first: it says that the machine is ours to give back, whenever the server ends.
  entity.set(PROVISIONING_LOCATION, { type: "org.apache.brooklyn.api.location.Location", id: location.id });
  try {
    return await work.step(`provisioning (${location.name})`, (step) => location.obtain({ entity, inboundPorts, properties }, step), { description: `Obtaining a machine in ${location.name}` });
  } catch (error) {
    entity.set(PROVISIONING_LOCATION, undefined);
    throw error;
  }
}
