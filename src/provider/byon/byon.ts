import { ClockerError, messageOf, remedyOf } from "../../model/errors.ts";
import { durationType } from "../../model/types/duration.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Work } from "../../model/work.ts";
import type { Machine } from "../../machine/machine.ts";
import type { MachineDescription, MachineProvider, MachineRequest } from "../provider.ts";
import type { ProviderConfig } from "../provider-config.ts";
import { runChecked } from "../run-checked.ts";
import { sshMachine } from "../ssh-machine.ts";
import { HostClaims } from "./host-claims.ts";
import { type ByonHost, byonHosts, nameOfHost } from "./hosts.ts";
import { KnownHosts } from "./known-hosts.ts";
import { loginOf } from "./login.ts";

const CONNECT_LIMIT = 30_000;
/** For a command once the connection is there. */
const COMMAND_LIMIT = 15_000;

/** Hosts that were given ("bring your own nodes"): each is used by one request of the plane at a time, unless it is listed more than once. */
export class ByonProvider implements MachineProvider {
  readonly name = "byon";
  readonly lends = true;
  readonly #config: ProviderConfig;
  readonly #hosts: readonly ByonHost[];
  readonly #connectTimeout: number;
  readonly #knownHosts: KnownHosts;
  readonly #claims: HostClaims;

  /** @throws ClockerError `invalid-value` when the hosts can't be read. */
  constructor(config: ProviderConfig) {
    this.#config = config;
    this.#claims = config.hostClaims ?? new HostClaims();
    this.#hosts = byonHosts(config.properties);
    this.#connectTimeout = connectTimeoutOf(config.properties);
    this.#knownHosts = new KnownHosts(config.dataDir);
  }

  async obtain(request: MachineRequest, work: Work): Promise<MachineDescription> {
    const claimed = this.#claims.known(request.id);
    if (claimed !== undefined) return claimed;
    const failures: unknown[] = [];
    work.signal.throwIfAborted();
    for (const host of this.#hosts) {
      if (!this.#claim(request.id, host)) continue;
      try {
        return await work.step(`Connect to ${host.user}@${nameOfHost(host)}`, (step) => this.#take(request, host, step));
      } catch (error) {
        this.#claims.release(request.id);
        work.signal.throwIfAborted();
        failures.push(error);
      }
    }
    throw this.#nothingFree(failures);
  }

  async release(requestId: string): Promise<void> {
    this.#claims.release(requestId);
  }

  async list(owner: string): Promise<string[]> {
    return owner === this.#config.owner ? this.#claims.requests() : [];
  }

  connect(description: MachineDescription): Machine {
    this.#claims.hold(description.requestId, description);
    return sshMachine(description, this.#config.secrets, { connectTimeout: this.#connectTimeout });
  }

  #claim(requestId: string, host: ByonHost): boolean {
    const nativeId = nameOfHost(host);
    return this.#claims.claim(requestId, nativeId, this.#hosts.filter((other) => nameOfHost(other) === nativeId).length);
  }

  /** Logs in once: whoever gets the machine can rely on it. */
  async #take(request: MachineRequest, host: ByonHost, work: Work): Promise<MachineDescription> {
    const nativeId = nameOfHost(host);
    const recorded = host.hostKey ?? (await this.#knownHosts.find(nativeId));
    const description = await this.#describe(request, host);
    let hostKey = recorded;
    const machine = sshMachine({ ...description, ssh: { ...description.ssh, ...(recorded === undefined ? {} : { hostKey: recorded }) } }, this.#config.secrets, {
      connectTimeout: this.#connectTimeout,
      onHostKey: async (fingerprint) => {
        await this.#knownHosts.record(nativeId, fingerprint);
        work.log(`Recorded the host key of ${nativeId}: ${fingerprint}`);
        hostKey = fingerprint;
      },
    });
    try {
      const hostname = (await runChecked(machine, "read the host name", { argv: ["uname", "-n"] }, work, { timeout: this.#connectTimeout + COMMAND_LIMIT })).trim();
      const taken = { ...description, hostname, ssh: { ...description.ssh, ...(hostKey === undefined ? {} : { hostKey }) } };
      this.#claims.hold(request.id, taken);
      return taken;
    } finally {
      await machine.close();
    }
  }

  async #describe(request: MachineRequest, host: ByonHost): Promise<MachineDescription & Required<Pick<MachineDescription, "ssh">>> {
    const login = await loginOf(host, this.#config.dataDir, this.#config.secrets);
    return {
      requestId: request.id,
      provider: this.name,
      nativeId: nameOfHost(host),
      address: host.address,
      subnetAddress: host.subnetAddress,
      hostname: host.address,
      ssh: { host: host.sshHost, port: host.sshPort, user: host.user, sudo: host.sudo, ...login },
    };
  }

  #nothingFree(failures: readonly unknown[]): ClockerError {
    const total = `${this.#hosts.length} ${this.#hosts.length === 1 ? "host" : "hosts"}`;
    if (failures.length === 0) {
      return new ClockerError("no-machine", `No machines available in byon location of ${total}: all are in use`, { remedy: "Add hosts to the location, or stop what uses them" });
    }
    const reasons = failures.map(messageOf);
    return new ClockerError("unreachable", `No machines available in byon location of ${total}: ${failures.length} free, none of which can be used: ${reasons.join("; ")}`, {
      cause: failures[0],
      remedy: remedyOf(failures[0]) ?? "Check the hosts and the login that the location gives",
      details: { reasons },
    });
  }
}

/** Milliseconds; `connectTimeout`, or Brooklyn's `brooklyn.ssh.config.connectTimeout`. */
function connectTimeoutOf(properties: Readonly<Record<string, unknown>>): number {
  const given = properties["connectTimeout"] ?? properties["brooklyn.ssh.config.connectTimeout"];
  if (given === undefined || given === null) return CONNECT_LIMIT;
  try {
    return durationType.coerce(typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given);
  } catch (error) {
    if (error instanceof CoercionError) throw new ClockerError("invalid-value", `Cannot use location byon: "connectTimeout" is not valid: expected ${error.expected}`, { cause: error });
    throw error;
  }
}
