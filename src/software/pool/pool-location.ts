import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Management } from "../../model/management.ts";
import type { Json } from "../../model/spec.ts";
import { BorrowedMachine } from "../../provider/borrowed-machine.ts";
import type { LocationResolver, MachineLocation, ObtainRequest, ProvisioningLocation } from "../../provider/location.ts";
import { machineOf } from "../process/provision.ts";
import { SERVICE_STATE } from "../stock/attributes.ts";
import { AVAILABLE, CLAIMED, CLAIMED_BY, LOCATION_NAME, SERVER_STATUS } from "./pool-keys.ts";

/** Trait of pools: what `pool:ID` may name. */
export const SERVER_POOL = "org.apache.brooklyn.entity.machine.pool.ServerPool";

/** Members that are being removed: nobody may claim them any more. */
const leaving = new WeakSet<Entity>();

/** The machines of a server pool as a location: an entity claims one, and gives it back for the next. */
export class ServerPoolLocation implements ProvisioningLocation {
  readonly id: string;
  readonly spec: string;
  readonly type = "org.apache.brooklyn.entity.machine.pool.ServerPoolLocation";
  readonly parent = undefined;
  readonly config: Readonly<Record<string, Json>>;
  readonly #pool: Entity;
  readonly #machines = new WeakMap<Entity, MachineLocation>();

  private constructor(pool: Entity) {
    this.#pool = pool;
    this.id = pool.id;
    this.spec = `pool:${pool.id}`;
    this.config = { pool: pool.id };
  }

  /** The location of a pool, made when first asked for. */
  static of(pool: Entity): ServerPoolLocation {
    const known = locations.get(pool) ?? new ServerPoolLocation(pool);
    locations.set(pool, known);
    return known;
  }

  get name(): string {
    return this.#pool.get(LOCATION_NAME) ?? this.#pool.displayName;
  }

  async obtain({ entity, holder }: ObtainRequest): Promise<MachineLocation> {
    const member = [...this.#pool.members.values()].find((each) => statusOf(each) === "AVAILABLE");
    if (member === undefined) {
      throw new ClockerError("no-machine", `No machines available in "${this.name}": all ${this.#pool.members.size} of "${this.#pool.displayName}" are claimed or not running`, { remedy: "Resize the pool, or stop something that runs in it" });
    }
    member.set(CLAIMED_BY, holder ?? entity.id);
    this.count();
    await member.management.documents.flush();
    return this.pooled(member);
  }

  async release(location: MachineLocation): Promise<void> {
    const member = this.#pool.members.get(location.id);
    if (member === undefined) return;
    member.set(CLAIMED_BY, undefined);
    this.count();
    await member.management.documents.flush();
  }

  /** A member's machine, as the location of who claims it; it has the member's id. */
  pooled(member: Entity): MachineLocation {
    const known = this.#machines.get(member) ?? new BorrowedMachine(member.id, this, () => machineOf(member));
    this.#machines.set(member, known);
    return known;
  }

  count(): void {
    const statuses = [...this.#pool.members.values()].map((member) => {
      const status = statusOf(member);
      member.set(SERVER_STATUS, status);
      return status;
    });
    this.#pool.set(AVAILABLE, statuses.filter((status) => status === "AVAILABLE").length);
    this.#pool.set(CLAIMED, statuses.filter((status) => status === "CLAIMED").length);
  }

  /** From here on the member can't be claimed, or again can be. */
  setLeaving(member: Entity, isLeaving: boolean): void {
    if (isLeaving) leaving.add(member);
    else leaving.delete(member);
    this.count();
  }
}

const locations = new WeakMap<Entity, ServerPoolLocation>();

function statusOf(member: Entity): "AVAILABLE" | "CLAIMED" | "UNUSABLE" {
  if (member.get(CLAIMED_BY) !== undefined) return "CLAIMED";
  return !leaving.has(member) && member.get(SERVICE_STATE) === "RUNNING" && machineOf(member) !== undefined ? "AVAILABLE" : "UNUSABLE";
}

/** Resolves `pool:ID[:(name=…)]`. */
export function poolResolver(management: Pick<Management, "entity">): LocationResolver {
  return {
    prefix: "pool",
    resolve: (spec) => {
      const [id = ""] = spec.path;
      const unknown = Object.keys(spec.arguments).find((name) => name !== "name" && name !== "displayName");
      if (spec.path.length !== 1 || unknown !== undefined) throw new ClockerError("invalid-value", `Invalid location '${spec.text}'; for example, "pool:ID" or "pool:ID:(name=my-pool)"`);
      const pool = management.entity(id);
      if (pool?.is(SERVER_POOL) !== true) throw new ClockerError("unknown-location", `Unknown ServerPool location id ${id}, spec ${spec.text}`);
      return ServerPoolLocation.of(pool);
    },
  };
}
