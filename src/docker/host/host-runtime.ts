import { openEngine } from "../../engine/docker-engine.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Submitted } from "../../model/management.ts";
import { Mutex } from "../../model/mutex.ts";
import { hasEngineAtHand } from "../../machine/machine.ts";
import { engineSocketOn } from "../../provider/engine-socket.ts";
import { isMachineLocation, type MachineLocation } from "../../provider/location.ts";
import { HOST_PORTS } from "../keys.ts";
import { PortAllocator } from "../ports/port-allocator.ts";

/** An image that is being got, as a task of its host. */
export interface ImageUnderWay<T> extends Submitted<T> {
  waiters: number;
}

/** The running side of a Docker host: its engine, reached through its machine, and its published ports. */
export class HostRuntime {
  readonly host: Entity;
  /** One scan of its containers at a time. */
  readonly scanning = new Mutex();
  /** Images that are being got, by name: whoever needs the same one waits for it. */
  readonly imagesUnderWay = new Map<string, ImageUnderWay<unknown>>();
  #engine: { location: MachineLocation; engine: Engine } | undefined;

  #ports: PortAllocator | undefined;

  constructor(host: Entity) {
    this.host = host;
  }

  /** Made when first used: a host gets its name when it starts. */
  get ports(): PortAllocator {
    const { displayName, management, config } = this.host;
    return (this.#ports ??= new PortAllocator({ hostName: displayName, clock: management.clock, range: config.peek(HOST_PORTS) }));
  }

  /** The host's machine. @throws ClockerError when it has none (yet, or any more). */
  get location(): MachineLocation {
    const location = this.host.locations.find(isMachineLocation);
    if (location === undefined) throw new ClockerError("unreachable", `Docker host "${this.host.displayName}" has no machine`, { remedy: "Start the host" });
    return location;
  }

  /** The host's engine; connections are made when it is used. */
  get engine(): Engine {
    const { location } = this;
    if (this.#engine?.location !== location) {
      const { machine } = location;
      const engine = hasEngineAtHand(machine) ? machine.engine : openEngine({ name: this.host.displayName, connect: (signal) => machine.forward({ socket: engineSocketOn(machine) }, { signal }) });
      this.#engine = { location, engine };
    }
    return this.#engine.engine;
  }

  async disconnect(): Promise<void> {
    const open = this.#engine;
    this.#engine = undefined;
    await open?.engine.close();
  }
}
