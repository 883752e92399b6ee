import { ClockerError } from "../model/errors.ts";
import type { Clock } from "../model/clock.ts";
import type { Work } from "../model/work.ts";
import type { Machine } from "../machine/machine.ts";
import type { MachineDescription, MachineProvider, MachineRequest } from "./provider.ts";

/** How a cloud in memory behaves; change it while it runs to inject failures. */
export interface InMemoryCloudOptions {
  clock: Clock;
  /** What one of its machines does. */
  machine: (description: MachineDescription) => Machine;
  /** How many machines there can be at once; no limit when absent. */
  capacity?: number;
  /** Milliseconds that making one takes; 0 when absent. */
  makingTime?: number;
  /** Throws to make a request fail: before anything is made, or once the machine is there (as when the answer is lost). */
  inject?: (phase: "before" | "after", request: MachineRequest) => void;
}

/** What outlives a provider and the server: the machines that exist, by request id. For unit tests and simulation. */
export class InMemoryCloud {
  readonly options: InMemoryCloudOptions;
  readonly machines = new Map<string, { owner: string; description: MachineDescription }>();
  #made = 0;

  constructor(options: InMemoryCloudOptions) {
    this.options = options;
  }

  /** @throws ClockerError `no-machine` when the cloud is full. */
  make(request: MachineRequest): MachineDescription {
    const { capacity = Infinity } = this.options;
    if (this.machines.size >= capacity) throw new ClockerError("no-machine", `No machines available: the cloud has ${this.machines.size} of ${capacity}`);
    const number = ++this.#made;
    const address = `10.${Math.floor(number / 65_536) % 256}.${Math.floor(number / 256) % 256}.${number % 256}`;
    const description = { requestId: request.id, provider: "in-memory", nativeId: `machine-${number}`, address, subnetAddress: address, hostname: request.name };
    this.machines.set(request.id, { owner: request.owner, description });
    return description;
  }
}

/** A provider without a computer: its machines are entries of a map. */
export class InMemoryProvider implements MachineProvider {
  readonly name = "in-memory";
  readonly #cloud: InMemoryCloud;

  constructor(cloud: InMemoryCloud) {
    this.#cloud = cloud;
  }

  async obtain(request: MachineRequest, work: Work): Promise<MachineDescription> {
    const existing = this.#cloud.machines.get(request.id);
    if (existing !== undefined) return existing.description;
    return work.step("Make machine", async (step) => {
      const { clock, makingTime = 0, inject } = this.#cloud.options;
      step.signal.throwIfAborted();
      inject?.("before", request);
      const description = this.#cloud.make(request);
      try {
        if (makingTime > 0) await clock.sleep(makingTime, step.signal);
        inject?.("after", request);
        return description;
      } catch (error) {
        this.#cloud.machines.delete(request.id);
        throw error;
      }
    });
  }

  async release(requestId: string): Promise<void> {
    this.#cloud.machines.delete(requestId);
  }

  async list(owner: string): Promise<string[]> {
    return [...this.#cloud.machines].filter(([, machine]) => machine.owner === owner).map(([id]) => id);
  }

  connect(description: MachineDescription): Machine {
    return this.#cloud.options.machine(description);
  }
}
