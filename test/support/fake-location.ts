import type { Machine } from "../../src/machine/machine.ts";
import { ClockerError } from "../../src/model/errors.ts";
import type { Work } from "../../src/model/work.ts";
import type { MachineLocation, ObtainRequest, ProvisioningLocation } from "../../src/provider/location.ts";

/** A machine as a location, in a test. */
export function machineLocation(machine: Machine, parent: ProvisioningLocation, rest: Partial<MachineLocation> = {}): MachineLocation {
  return {
    id: `machine-${machine.name.replaceAll(/\W/g, "-")}`,
    name: machine.name,
    spec: "test",
    type: "test-machine",
    config: {},
    parent,
    machine,
    address: machine.address,
    subnetAddress: "172.17.0.9",
    hostname: "test-host",
    sshAddress: undefined,
    isBehindMapping: false,
    isLent: false,
    mappedPort: () => undefined,
    ...rest,
  };
}

/** A location that gives the machines it was made with, one after the other, and remembers what was asked of it. */
export class FakeLocation implements ProvisioningLocation {
  readonly id = "fakelocation";
  readonly name = "fake";
  readonly spec = "fake";
  readonly type = "fake";
  readonly parent = undefined;
  readonly config = {};
  readonly requests: ObtainRequest[] = [];
  readonly released: string[] = [];
  readonly #machines: ((parent: ProvisioningLocation) => MachineLocation)[];
  /** Called before a machine is given; may wait or throw. */
  beforeObtain: (work: Work) => Promise<void> = async () => {};

  constructor(...machines: ((parent: ProvisioningLocation) => MachineLocation)[]) {
    this.#machines = machines;
  }

  async obtain(request: ObtainRequest, work: Work): Promise<MachineLocation> {
    this.requests.push(request);
    await this.beforeObtain(work);
    work.signal.throwIfAborted();
    const make = this.#machines[this.requests.length - 1] ?? this.#machines.at(-1);
    if (make === undefined) throw new ClockerError("no-machine", "Cannot obtain a machine: there is none");
    return make(this);
  }

  async release(machine: MachineLocation): Promise<void> {
    this.released.push(machine.name);
  }
}
