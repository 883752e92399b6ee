import type { Machine } from "../machine/machine.ts";
import type { Work } from "../model/work.ts";

/**
 * Where machines come from. Adding one is one file with this interface and one line in `src/provider/index.ts`;
 * the contract test in `test/contract/provider.ts` holds for every implementation.
 *
 * Nothing is ever orphaned: the caller records a request (its id) durably *before* calling `obtain`, the provider labels what it makes with
 * that id and the owner, so that after a crash `release` finds and removes it by id alone, and `list` finds what nobody remembers.
 */
export interface MachineProvider {
  /** The prefix of its location specs: `local`, `byon`, `localhost`. */
  readonly name: string;
  /** Whether a machine stays as it is when it is given back, for the next who asks: what was made on it has to be removed first. Else it is destroyed. */
  readonly lends?: boolean;
  /** Makes or takes one machine. A failure leaves nothing behind. Calling it again with the same request id adopts what the first call made. */
  obtain(request: MachineRequest, work: Work): Promise<MachineDescription>;
  /** Gives one back, by its request id. Idempotent: one that is not there counts as released. */
  release(requestId: string, work: Work): Promise<void>;
  /** Request ids of all machines labelled with this owner that exist now. */
  list(owner: string): Promise<string[]>;
  /** Connects to a machine obtained before (also after a restart of the server); does no I/O until the machine is used. */
  connect(description: MachineDescription): Machine;
}

export interface MachineRequest {
  /** Recorded by the caller before it asks; 10 characters `[a-z][a-z0-9]{9}`. */
  id: string;
  /** The management plane's id: the label that says whose the machine is. */
  owner: string;
  /** For people: becomes the machine's host name where the provider can set it. `[a-z0-9-]{1,60}`. */
  name: string;
  /** The location's config and the entity's `provisioning.properties`, merged: minRam, minCores, inboundPorts, ... */
  properties: Readonly<Record<string, unknown>>;
}

/** All that is needed to connect to a machine again; stored as JSON. Private keys are named by file, never inlined. */
export interface MachineDescription {
  requestId: string;
  provider: string;
  /** The provider's own id: container id, instance id, `host:port`. */
  nativeId: string;
  /** Where users reach it. */
  address: string;
  /** Where machines beside it reach it; equals `address` where there is one network. */
  subnetAddress: string;
  hostname: string;
  /** Absent for machines that are not reached by SSH (this computer). */
  ssh?: SshDescription;
}

export interface SshDescription {
  host: string;
  port: number;
  user: string;
  privateKeyFile?: string;
  /** The pass phrase of the private key, sealed by the server's secret store. */
  passphraseRef?: string;
  /** The password, sealed by the server's secret store: never in clear. */
  passwordRef?: string;
  /** Whether commands run as root through `sudo`, for a user who isn't root. */
  sudo?: boolean;
  /** `SHA256:...` fingerprint recorded at provisioning; absent until first contact for hosts that were given (trust on first use). */
  hostKey?: string;
}
