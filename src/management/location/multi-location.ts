import { ClockerError } from "../../model/errors.ts";
import type { Management } from "../../model/management.ts";
import type { Json, LocationReference } from "../../model/spec.ts";
import type { Work } from "../../model/work.ts";
import { isProvisioning, type MachineLocation, type ObtainRequest, type ProvisioningLocation } from "../../provider/location.ts";

/** Locations tried in order (Brooklyn's `MultiLocation`); each is an availability zone. */
export class MultiLocation implements ProvisioningLocation {
  readonly id: string;
  readonly name: string;
  readonly spec: string;
  readonly type = "org.apache.brooklyn.location.multi.MultiLocation";
  readonly parent = undefined;
  readonly config: Readonly<Record<string, Json>>;
  readonly #targets: readonly LocationReference[];
  readonly #management: Management;

  constructor(init: { id: string; name: string; spec: string; config: Readonly<Record<string, Json>>; targets: readonly LocationReference[]; management: Management }) {
    this.id = init.id;
    this.name = init.name;
    this.spec = init.spec;
    this.config = init.config;
    this.#targets = init.targets;
    this.#management = init.management;
  }

  /** From the first that has a machine left. */
  async obtain(request: ObtainRequest, work: Work): Promise<MachineLocation> {
    let last: unknown;
    for (const zone of this.zones()) {
      try {
        return await zone.obtain(request, work);
      } catch (error) {
        if (work.signal.aborted || !(error instanceof ClockerError) || (error.code !== "no-machine" && error.code !== "no-capacity")) throw error;
        work.log(`${zone.name}: ${error.message}`);
        last = error;
      }
    }
    throw new ClockerError("no-machine", `No machines available in any of ${this.zones().map(({ name }) => `"${name}"`).join(", ")}`, { cause: last });
  }

  async release(machine: MachineLocation, work: Work): Promise<void> {
    if (isProvisioning(machine.parent)) await machine.parent.release(machine, work);
  }

  zones(): readonly ProvisioningLocation[] {
    return this.#targets.map((target) => {
      const location = this.#management.locations.resolve(target);
      if (!isProvisioning(location)) throw new ClockerError("invalid-value", `Cannot use location "${location.name}" in "${this.name}": it gives no machines`);
      return location;
    });
  }
}
