import { hostname, networkInterfaces } from "node:os";
import type { Work } from "../../model/work.ts";
import { LocalMachine } from "../../machine/local-machine.ts";
import type { Machine } from "../../machine/machine.ts";
import type { MachineDescription, MachineProvider, MachineRequest } from "../provider.ts";
import type { ProviderConfig } from "../provider-config.ts";

const LOOPBACK = "127.0.0.1";

/** This computer, for any number of requests; nothing is made, so that nothing can be left behind. */
export class LocalhostProvider implements MachineProvider {
  readonly name = "localhost";
  readonly lends = true;
  readonly #config: ProviderConfig;
  readonly #inUse = new Set<string>();

  constructor(config: ProviderConfig) {
    this.#config = config;
  }

  async obtain(request: MachineRequest, work: Work): Promise<MachineDescription> {
    work.signal.throwIfAborted();
    this.#inUse.add(request.id);
    return {
      requestId: request.id,
      provider: this.name,
      nativeId: "localhost",
      address: LOOPBACK,
      subnetAddress: ownAddress() ?? LOOPBACK,
      hostname: hostname(),
    };
  }

  async release(requestId: string): Promise<void> {
    this.#inUse.delete(requestId);
  }

  async list(owner: string): Promise<string[]> {
    return owner === this.#config.owner ? [...this.#inUse] : [];
  }

  connect(description: MachineDescription): Machine {
    this.#inUse.add(description.requestId);
    return new LocalMachine({ name: "localhost", address: description.address });
  }
}

/** By which containers and neighbours reach this computer. */
function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find((address) => address.family === "IPv4" && !address.internal)?.address;
}
