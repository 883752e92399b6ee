import { ClockerError } from "../../model/errors.ts";
import type { Management } from "../../model/management.ts";
import { Mutex } from "../../model/mutex.ts";
import type { Json, JsonObject, LocationReference } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";
import { BorrowedMachine } from "../../provider/borrowed-machine.ts";
import { isMachineLocation, isProvisioning, type MachineLocation, type ObtainRequest, type ProvisioningLocation } from "../../provider/location.ts";

/** Which machine a `single:` or `host:` location holds, and for whom. By the location's id. */
const SHARE_DOCUMENTS = "shared-machine";

interface Share {
  machineId: string;
  /** The id of the machine as each entity's location, by the entity's id. */
  users: Record<string, string>;
}

/**
 * One machine for all entities that ask (Brooklyn's `SingleMachineProvisioningLocation`): obtained from its target with the first, given back with the last.
 */
export class SharedMachineLocation implements ProvisioningLocation {
  readonly id: string;
  readonly name: string;
  readonly spec: string;
  readonly type = "org.apache.brooklyn.location.byon.SingleMachineProvisioningLocation";
  readonly parent = undefined;
  readonly config: Readonly<Record<string, Json>>;
  readonly #target: LocationReference;
  readonly #management: Management;
  readonly #mutex = new Mutex();

  constructor(init: { id: string; name: string; spec: string; config: Readonly<Record<string, Json>>; target: LocationReference; management: Management }) {
    this.id = init.id;
    this.name = init.name;
    this.spec = init.spec;
    this.config = init.config;
    this.#target = init.target;
    this.#management = init.management;
    const share = shareOf(this.#management, this.id);
    for (const locationId of Object.values(share?.users ?? {})) this.#expose(locationId, share?.machineId ?? "");
  }

  obtain(request: ObtainRequest, work: Work): Promise<MachineLocation> {
    return this.#mutex.run(async () => {
      const { documents, ids } = this.#management;
      const known = shareOf(this.#management, this.id);
      const own = known?.users[request.entity.id];
      if (known !== undefined && own !== undefined) return this.#expose(own, known.machineId);
      const machineId = known?.machineId ?? (await this.#first(request, work)).id;
      const locationId = ids.entityId();
      this.#write({ machineId, users: { ...known?.users, [request.entity.id]: locationId } });
      await documents.flush();
      return this.#expose(locationId, machineId);
    }, work.signal);
  }

  release(location: MachineLocation, work: Work): Promise<void> {
    return this.#mutex.run(async () => {
      const share = shareOf(this.#management, this.id);
      const user = Object.entries(share?.users ?? {}).find(([, locationId]) => locationId === location.id)?.[0];
      if (share !== undefined && user !== undefined) await this.#leave(share, [user], work);
    }, work.signal);
  }

  /** After a restart: those who are gone use the machine no more. */
  releaseUnused(work: Work): Promise<void> {
    return this.#mutex.run(async () => {
      const share = shareOf(this.#management, this.id);
      if (share !== undefined) await this.#leave(share, Object.keys(share.users).filter((id) => this.#management.entity(id) === undefined), work);
    }, work.signal);
  }

  async #first(request: ObtainRequest, work: Work): Promise<MachineLocation> {
    const target = this.#management.locations.resolve(this.#target);
    if (!isProvisioning(target)) throw new ClockerError("invalid-value", `Cannot share a machine of location "${target.name}": it gives no machines`);
    if (target.placedBy !== undefined) throw new ClockerError("invalid-value", `Cannot share a container of "${target.name}" among entities: each has its own`, { remedy: "Put them into a SameServerEntity, or use the Docker cloud itself" });
    return target.obtain({ ...request, holder: this.id }, work);
  }

  async #leave(share: Share, users: readonly string[], work: Work): Promise<void> {
    const { documents, locations } = this.#management;
    const left = { ...share.users };
    for (const user of users) {
      const location = locations.location(left[user] ?? "");
      if (location !== undefined) locations.forget(location);
      delete left[user];
    }
    this.#write({ machineId: share.machineId, users: left });
    await documents.flush();
    if (Object.keys(left).length > 0) return;
    const machine = locations.location(share.machineId);
    if (machine !== undefined && isMachineLocation(machine) && isProvisioning(machine.parent)) await machine.parent.release(machine, work);
    documents.remove(SHARE_DOCUMENTS, this.id);
    await documents.flush();
  }

  /** The machine as one entity's location: giving it back is said to who shares it. */
  #expose(id: string, machineId: string): MachineLocation {
    const { locations } = this.#management;
    const known = locations.location(id);
    if (known instanceof BorrowedMachine) return known;
    const machine = new BorrowedMachine(id, this, () => {
      const location = locations.location(machineId);
      return location !== undefined && isMachineLocation(location) ? location : undefined;
    });
    locations.add(machine);
    return machine;
  }

  #write(share: Share): void {
    const data: JsonObject = { machineId: share.machineId, users: share.users };
    this.#management.documents.put(SHARE_DOCUMENTS, this.id, data);
  }
}

/** Whether a location holds this machine for somebody. */
export function isShared(management: Management, holderId: string, machineId: string): boolean {
  return shareOf(management, holderId)?.machineId === machineId;
}

/** Who uses a shared machine: the entity's id, and that of the machine as its location. */
export function usersOfShared(management: Management): [entityId: string, locationId: string][] {
  return [...management.documents.all(SHARE_DOCUMENTS).keys()].flatMap((id) => Object.entries(shareOf(management, id)?.users ?? {}));
}

function shareOf(management: Management, holderId: string): Share | undefined {
  const data = management.documents.get(SHARE_DOCUMENTS, holderId);
  const { machineId, users } = data ?? {};
  if (typeof machineId !== "string" || typeof users !== "object" || users === null || Array.isArray(users)) return undefined;
  return { machineId, users: Object.fromEntries(Object.entries(users).map(([entityId, locationId]) => [entityId, String(locationId)])) };
}
