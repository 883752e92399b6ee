import type { Work } from "../../model/work.ts";
import { unixEngine } from "../../engine/docker-engine.ts";
import type { Engine } from "../../engine/engine.ts";
import { Limiter } from "../../engine/limiter.ts";
import { defaultCacheDir, type ProviderConfig } from "../provider-config.ts";
import { ensureEngine, knownEngineSocket } from "./ensure-engine.ts";
import { ensureMachineImage } from "./machine-image.ts";
import { ensureNetwork, type MachineNetwork } from "./network.ts";
import { type HostNetwork, readHostNetwork } from "./host-network.ts";
import { findPrivileges, type Privileges } from "./privileges.ts";

/** What a plane's machines on this computer share. */
export interface Prepared {
  engine: Engine;
  image: string;
  network: MachineNetwork;
  hostNetwork: HostNetwork;
  privileges: Privileges;
}

/** Prepares this computer for a plane's machines, once: whatever is there already is used. */
export class Site {
  readonly #config: Pick<ProviderConfig, "cacheDir" | "owner">;
  readonly #turns = new Limiter(1);
  readonly #engines = new Map<string, Engine>();
  #privileges: Privileges | undefined;

  constructor(config: Pick<ProviderConfig, "cacheDir" | "owner">) {
    this.#config = config;
  }

  /** Runs `body` while no other does: for what must not happen twice at once. */
  async inTurn<T>(signal: AbortSignal, body: () => Promise<T>): Promise<T> {
    const leave = await this.#turns.acquire("change the local machines of this computer", signal);
    try {
      return await body();
    } finally {
      leave();
    }
  }

  /** Call it in turn. */
  async prepare(work: Work): Promise<Prepared> {
    const { cacheDir, owner } = this.#config;
    const engine = await this.engine(work);
    const image = await ensureMachineImage(engine, cacheDir ?? defaultCacheDir(), work);
    const hostNetwork = await readHostNetwork();
    this.#privileges ??= await findPrivileges(engine, image, owner, work);
    return { engine, image, hostNetwork, privileges: this.#privileges, network: await ensureNetwork(engine, owner, hostNetwork.mtu, work.signal) };
  }

  /** This computer's engine; brought when there is none. */
  async engine(work: Work): Promise<Engine> {
    return this.#open(await ensureEngine(work));
  }

  /** This computer's engine, or undefined where none was ever installed. */
  engineIfInstalled(): Engine | undefined {
    const socket = knownEngineSocket();
    return socket === undefined ? undefined : this.#open(socket);
  }

  #open(socket: string): Engine {
    const engine = this.#engines.get(socket) ?? unixEngine(socket, "localhost");
    this.#engines.set(socket, engine);
    return engine;
  }
}
