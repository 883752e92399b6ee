import { messageOf } from "../../model/errors.ts";
import type { Machine } from "../../machine/machine.ts";
import type { Location } from "../../model/location.ts";
import type { Management } from "../../model/management.ts";
import type { Json, JsonObject } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";
import type { MachineLocation, ObtainRequest, ProvisioningLocation } from "../../provider/location.ts";
import type { MachineDescription, MachineProvider } from "../../provider/provider.ts";
import { checkProvisioningAllowed } from "../../provider/provisioning-access.ts";

/** The machine records of the plane: written before a machine is asked for, removed after it was given back. */
export const MACHINE_DOCUMENTS = "machine";

export interface MachineRecord {
  locationId: string;
  entityId: string;
  state: "requested" | "obtained" | "releasing";
  description: MachineDescription | null;
  /** The location that shares the machine among entities, where one does. */
  holderId?: string;
}

/** A location whose machines come from a provider: `local`, `byon(...)`, `localhost`, a cloud. */
export class ProviderLocation implements ProvisioningLocation {
  readonly id: string;
  readonly spec: string;
  readonly type: string;
  readonly parent = undefined;
  #name: string;
  #config: Readonly<Record<string, Json>>;
  #provider: MachineProvider;
  readonly #management: Management;

  constructor(init: { id: string; name: string; spec: string; type: string; config: Readonly<Record<string, Json>>; provider: MachineProvider; management: Management }) {
    this.id = init.id;
    this.#name = init.name;
    this.spec = init.spec;
    this.type = init.type;
    this.#config = init.config;
    this.#provider = init.provider;
    this.#management = init.management;
  }

  get name(): string {
    return this.#name;
  }

  get config(): Readonly<Record<string, Json>> {
    return this.#config;
  }

  /** Goes on with other settings: machines that were obtained before stay, and are given back to the new provider. */
  reconfigure({ name, config, provider }: { name: string; config: Readonly<Record<string, Json>>; provider: MachineProvider }): void {
    for (const data of this.#management.documents.all(MACHINE_DOCUMENTS).values()) {
      const record = machineRecord(data);
      // A provider may only know by this who uses what (byon).
      if (record?.locationId === this.id && record.description !== null) provider.connect(record.description);
    }
    this.#name = name;
    this.#config = config;
    this.#provider = provider;
  }

  async obtain(request: ObtainRequest, work: Work): Promise<MachineLocation> {
    const { entity, holder } = request;
    const { documents, ids, planeId } = this.#management;
    checkProvisioningAllowed(documents, this.name);
    await this.#releaseLeft(work);
    const id = ids.entityId();
    const record: MachineRecord = { locationId: this.id, entityId: entity.id, state: "requested", description: null, ...(holder === undefined ? {} : { holderId: holder }) };
    this.#write(id, record);
    await documents.flush();
    const properties = { ...this.config, ...request.properties, inboundPorts: [...request.inboundPorts] };
    const description = await this.#provider.obtain({ id, owner: planeId, name: machineName(entity.displayName, id), properties }, work).catch(async (error: unknown) => {
      await this.#forget(id, record, work);
      throw error;
    });
    this.#write(id, { ...record, state: "obtained", description });
    try {
      await documents.flush();
    } catch (error) {
      await work.step("give the machine back", (step) => this.releaseById(id, step), { inessential: true });
      throw error;
    }
    const location = this.machineLocation(id, description);
    this.#management.locations.add(location);
    return location;
  }

  /** The provider's contract is that a failure leaves nothing behind; where it could not clean up itself, the machine is remembered, and given back later. */
  async #forget(id: string, record: MachineRecord, work: Work): Promise<void> {
    try {
      if (!work.signal.aborted) await this.#provider.release(id, work);
      this.#management.documents.remove(MACHINE_DOCUMENTS, id);
    } catch (error) {
      work.write("stderr", `Cannot clean up after machine ${id} now, it will be tried again: ${messageOf(error)}\n`);
      this.#write(id, { ...record, state: "releasing" });
    }
  }

  /** Machines that could not be given back when they should have been. */
  async #releaseLeft(work: Work): Promise<void> {
    const { documents, locations } = this.#management;
    for (const [id, data] of documents.all(MACHINE_DOCUMENTS)) {
      const record = machineRecord(data);
      if (record?.locationId !== this.id || record.state !== "releasing" || locations.location(id) !== undefined) continue;
      await work.step(`release half-made machine ${id}`, (step) => this.releaseById(id, step), { inessential: true });
    }
  }

  async release(location: MachineLocation, work: Work): Promise<void> {
    const { documents, locations } = this.#management;
    await this.#releaseLeft(work);
    const record = machineRecord(documents.get(MACHINE_DOCUMENTS, location.id));
    if (record === undefined) return;
    this.#write(location.id, { ...record, state: "releasing" });
    await documents.flush();
    await location.machine.close();
    await this.#provider.release(location.id, work);
    locations.forget(location);
    documents.remove(MACHINE_DOCUMENTS, location.id);
    await documents.flush();
  }

  /** Finishes what a crash cut off: gives back a machine of which only the record, or not even that, is known. */
  async releaseById(id: string, work: Work): Promise<void> {
    await this.#provider.release(id, work);
    const { documents, locations } = this.#management;
    const location = locations.location(id);
    const entity = this.#management.entity(machineRecord(documents.get(MACHINE_DOCUMENTS, id))?.entityId ?? "");
    if (location !== undefined) {
      entity?.removeLocation(location);
      locations.forget(location);
    }
    documents.remove(MACHINE_DOCUMENTS, id);
  }

  /** Machines labelled as ours of which there is no record. */
  async forgottenMachines(work: Work): Promise<string[]> {
    const { documents, planeId } = this.#management;
    work.signal.throwIfAborted();
    return (await this.#provider.list(planeId)).filter((id) => documents.get(MACHINE_DOCUMENTS, id) === undefined);
  }

  /** The machine as a location, of its record: at provisioning and again after a restart. */
  machineLocation(id: string, description: MachineDescription): MachineLocation {
    return new ProviderMachineLocation(id, this, description, this.#provider.connect(description), this.#provider.lends ?? false);
  }

  #write(id: string, record: MachineRecord): void {
    this.#management.documents.put(MACHINE_DOCUMENTS, id, record as unknown as JsonObject);
  }
}

export function machineRecord(data: JsonObject | undefined): MachineRecord | undefined {
  return data as unknown as MachineRecord | undefined;
}

class ProviderMachineLocation implements MachineLocation {
  readonly id: string;
  readonly name: string;
  readonly spec: string;
  readonly type = "org.apache.brooklyn.location.ssh.SshMachineLocation";
  readonly parent: Location;
  readonly config: Readonly<Record<string, Json>>;
  readonly machine: Machine;
  readonly address: string;
  readonly subnetAddress: string;
  readonly hostname: string;
  readonly sshAddress: string | undefined;
  readonly isBehindMapping = false;
  readonly isLent: boolean;

  constructor(id: string, parent: ProviderLocation, description: MachineDescription, machine: Machine, isLent: boolean) {
    this.id = id;
    this.name = machine.name;
    this.spec = parent.spec;
    this.parent = parent;
    this.machine = machine;
    this.isLent = isLent;
    this.address = description.address;
    this.subnetAddress = description.subnetAddress;
    this.hostname = description.hostname;
    const { ssh } = description;
    this.sshAddress = ssh === undefined ? undefined : `${ssh.user}@${ssh.host}:${ssh.port}`;
    this.config = { address: description.address, hostname: description.hostname, provider: description.provider, nativeId: description.nativeId };
  }

  mappedPort(): undefined {
    return undefined;
  }
}

/** A host name for people: what the entity is called, and an id that keeps it apart. */
function machineName(displayName: string, id: string): string {
  const readable = displayName.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);
  return `${readable === "" ? "machine" : readable}-${id.slice(0, 4)}`;
}

