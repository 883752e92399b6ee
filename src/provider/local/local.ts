import { ClockerError, messageOf } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import type { ContainerSummary, Engine } from "../../engine/engine.ts";
import type { Machine } from "../../machine/machine.ts";
import type { MachineDescription, MachineProvider, MachineRequest } from "../provider.ts";
import type { ProviderConfig } from "../provider-config.ts";
import { sshMachine } from "../ssh-machine.ts";
import { ADDRESS_LABEL, HOST_KEY_LABEL, MACHINE_LABEL, OWNER_LABEL } from "./labels.ts";
import { containerName, installKeys, machineContainerSpec } from "./machine-container.ts";
import { machineLimits } from "./machine-limits.ts";
import { freeAddress, removeNetworkIfUnused } from "./network.ts";
import { Site } from "./site.ts";
import { fingerprintOf, type KeyPair, newKeyPair, planeKey } from "./ssh-keys.ts";
import { waitForSshd } from "./wait-for-sshd.ts";

/**
 * Machines made on this computer: each is a system container with its own sshd and its own Docker Engine inside, reached by IP, in the manner of "kind" for
 * Kubernetes. The first brings Docker Engine and builds the machine image; after that one is made in about a second.
 */
export class LocalProvider implements MachineProvider {
  readonly name = "local";
  readonly #config: ProviderConfig;
  readonly #site: Site;

  constructor(config: ProviderConfig) {
    this.#config = config;
    this.#site = new Site(config);
  }

  async obtain(request: MachineRequest, work: Work): Promise<MachineDescription> {
    try {
      return (await this.#adopt(request, work)) ?? (await this.#make(request, work));
    } catch (error) {
      throw await this.#cleanUpAfter(error, request);
    }
  }

  async release(requestId: string, work: Work): Promise<void> {
    if (this.#site.engineIfInstalled() === undefined) return;
    await this.#remove(await this.#site.engine(work), requestId, work.signal);
  }

  async list(owner: string): Promise<string[]> {
    const containers = await this.#site.engineIfInstalled()?.listContainers({ labels: { [OWNER_LABEL]: owner, [MACHINE_LABEL]: undefined } });
    return (containers ?? []).map((container) => container.labels[MACHINE_LABEL] ?? "");
  }

  connect(description: MachineDescription): Machine {
    return sshMachine(description, this.#config.secrets);
  }

  /** The machine that an earlier call made. One that was never started may lack its keys, so it is made again. */
  async #adopt(request: MachineRequest, work: Work): Promise<MachineDescription | undefined> {
    const engine = await this.#site.engine(work);
    const [found] = await this.#containersOf(engine, request.id, work.signal);
    if (found === undefined) return undefined;
    if (found.state === "created") {
      await engine.removeContainer(found.id, work.signal);
      return undefined;
    }
    if (found.state === "paused") await engine.unpauseContainer(found.id, work.signal);
    else if (found.state !== "running") await engine.startContainer(found.id, work.signal);
    const address = found.labels[ADDRESS_LABEL] ?? "";
    await waitForSshd(engine, found.id, address, this.#config.clock, work.signal);
    return this.#describe(request, found.id, address, found.labels[HOST_KEY_LABEL] ?? "");
  }

  async #make(request: MachineRequest, work: Work): Promise<MachineDescription> {
    const hostKey = newKeyPair(`root@${request.name}`);
    const create = (step: Work) => this.#site.inTurn(step.signal, () => this.#create(request, hostKey, step));
    const { engine, id, address } = await work.step("Create machine", create);
    await work.step("Start machine", (step) => this.#start(engine, id, address, hostKey, step));
    return this.#describe(request, id, address, fingerprintOf(hostKey.publicKey));
  }

  /** The engine is not told of an abort while it creates the container, as it might do so nevertheless: the caller looks at the signal next. */
  async #create(request: MachineRequest, hostKey: KeyPair, work: Work): Promise<{ engine: Engine; id: string; address: string }> {
    const prepared = await this.#site.prepare(work);
    const { engine, network } = prepared;
    const limits = machineLimits(request.properties, await engine.info(work.signal));
    const address = await freeAddress(engine, this.#config.owner, network, work.signal);
    work.signal.throwIfAborted();
    const id = await engine.createContainer(machineContainerSpec({ ...prepared, request, address, limits, hostKeyFingerprint: fingerprintOf(hostKey.publicKey) }));
    return { engine, id, address };
  }

  async #start(engine: Engine, id: string, address: string, hostKey: KeyPair, work: Work): Promise<void> {
    const { publicKey } = await planeKey(this.#config.dataDir, this.#config.owner);
    await installKeys(engine, id, hostKey, publicKey, work);
    await engine.startContainer(id, work.signal);
    await waitForSshd(engine, id, address, this.#config.clock, work.signal);
  }

  async #describe(request: MachineRequest, id: string, address: string, hostKey: string): Promise<MachineDescription> {
    const { privateKeyFile } = await planeKey(this.#config.dataDir, this.#config.owner);
    return {
      requestId: request.id,
      provider: this.name,
      nativeId: id,
      address,
      subnetAddress: address,
      hostname: request.name,
      ssh: { host: address, port: 22, user: "root", privateKeyFile, hostKey },
    };
  }

  /** Nothing half-made stays; the error tells of it when something must. */
  async #cleanUpAfter(error: unknown, request: MachineRequest): Promise<unknown> {
    const engine = this.#site.engineIfInstalled();
    if (engine === undefined) return error;
    try {
      await this.#remove(engine, request.id, AbortSignal.timeout(CLEAN_UP_LIMIT));
      return error;
    } catch (second) {
      const message = `Cannot make machine "${request.name}", nor remove what was made of it (${messageOf(second)})`;
      return new ClockerError("engine-error", message, { cause: error, remedy: `Run: docker rm --force --volumes ${containerName(request.id)}` });
    }
  }

  async #remove(engine: Engine, requestId: string, signal: AbortSignal): Promise<void> {
    await this.#site.inTurn(signal, async () => {
      for (const container of await this.#containersOf(engine, requestId, signal)) await engine.removeContainer(container.id, signal);
      await removeNetworkIfUnused(engine, this.#config.owner, signal);
    });
  }

  async #containersOf(engine: Engine, requestId: string, signal: AbortSignal): Promise<ContainerSummary[]> {
    return engine.listContainers({ labels: { [OWNER_LABEL]: this.#config.owner, [MACHINE_LABEL]: requestId } }, signal);
  }
}

const CLEAN_UP_LIMIT = 60_000;
