import { GoneMachine } from "../machine/gone-machine.ts";
import type { Machine } from "../machine/machine.ts";
import { ClockerError } from "../model/errors.ts";
import type { Json } from "../model/spec.ts";
import type { MachineLocation, ProvisioningLocation } from "./location.ts";

/**
 * A machine that a location lends to an entity: a location of its own, with an id of its own, so that giving it back goes to who lent it. The machine
 * behind it is looked up when used: after a restart of the server it is there only later, and who lends it may lose it.
 */
export class BorrowedMachine implements MachineLocation {
  readonly id: string;
  readonly parent: ProvisioningLocation;
  readonly type = "org.apache.brooklyn.location.ssh.SshMachineLocation";
  readonly isLent = true;
  readonly #lookUp: () => MachineLocation | undefined;
  #last: MachineLocation | undefined;

  constructor(id: string, parent: ProvisioningLocation, lookUp: () => MachineLocation | undefined) {
    this.id = id;
    this.parent = parent;
    this.#lookUp = lookUp;
  }

  get name(): string {
    return this.#inner?.name ?? this.parent.name;
  }
  get spec(): string {
    return this.parent.spec;
  }
  get config(): Readonly<Record<string, Json>> {
    return this.#inner?.config ?? {};
  }
  get machine(): Machine {
    return this.#inner?.machine ?? new GoneMachine(this.name, new ClockerError("no-machine", `The machine that "${this.parent.name}" lent is gone`, { remedy: "Stop what runs on it and start it again" }));
  }
  get address(): string {
    return this.#inner?.address ?? "";
  }
  get subnetAddress(): string {
    return this.#inner?.subnetAddress ?? "";
  }
  get hostname(): string {
    return this.#inner?.hostname ?? "";
  }
  get sshAddress(): string | undefined {
    return this.#inner?.sshAddress;
  }

  get isBehindMapping(): boolean {
    return this.#inner?.isBehindMapping ?? false;
  }

  mappedPort(port: number): { host: string; port: number } | undefined {
    return this.#inner?.mappedPort(port);
  }

  /** One that was given back keeps its name, for those who still note that. */
  get #inner(): MachineLocation | undefined {
    this.#last = this.#lookUp() ?? this.#last;
    return this.#last;
  }
}
