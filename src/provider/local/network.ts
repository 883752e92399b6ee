import { ClockerError } from "../../model/errors.ts";
import type { Engine, NetworkSpec, NetworkSummary } from "../../engine/engine.ts";
import { ADDRESS_LABEL, MACHINE_LABEL, OWNER_LABEL } from "./labels.ts";

/** The network on which a plane's machines reach each other by address. */
export interface MachineNetwork {
  name: string;
  /** `172.18.0.0/16`. */
  subnet: string;
}

/**
 * Gives the plane's network, making it when there is none. Machines keep their addresses over restarts, which Docker allows only on networks that were made
 * with a subnet: so Docker is first let choose one that is free here, and the network is then made again with it.
 */
export async function ensureNetwork(engine: Engine, owner: string, mtu: number | undefined, signal: AbortSignal): Promise<MachineNetwork> {
  const name = networkName(owner);
  const found = await findNetwork(engine, owner, name, signal);
  if (found !== undefined) return found;
  const options: Record<string, string> = mtu === undefined ? {} : { "com.docker.network.driver.mtu": String(mtu) };
  return makeNetwork(engine, { name, labels: { [OWNER_LABEL]: owner }, options }, signal);
}

/** Somebody else may take the subnet between the two calls: then another is chosen. */
async function makeNetwork(engine: Engine, spec: NetworkSpec, signal: AbortSignal): Promise<MachineNetwork> {
  for (let attempt = 1; ; attempt++) {
    const subnet = await freeSubnet(engine, { ...spec, name: `${spec.name}-probe` }, signal);
    try {
      await engine.createNetwork({ ...spec, subnet }, signal);
      return { name: spec.name, subnet };
    } catch (error) {
      const isTaken = error instanceof ClockerError && /overlap/i.test(error.message);
      if (!isTaken || attempt === SUBNET_ATTEMPTS) throw error;
    }
  }
}

const SUBNET_ATTEMPTS = 5;

/** Removes the plane's network when no machine is on it any more. */
export async function removeNetworkIfUnused(engine: Engine, owner: string, signal: AbortSignal): Promise<void> {
  const machines = await engine.listContainers({ labels: { [OWNER_LABEL]: owner, [MACHINE_LABEL]: undefined } }, signal);
  if (machines.length > 0) return;
  for (const network of await engine.listNetworks({ labels: { [OWNER_LABEL]: owner } }, signal)) {
    if (network.name === networkName(owner)) await removeUnlessInUse(engine, network, signal);
  }
}

/** The lowest address that no machine of the plane has; the first of a subnet is the gateway's. */
export async function freeAddress(engine: Engine, owner: string, network: MachineNetwork, signal: AbortSignal): Promise<string> {
  const machines = await engine.listContainers({ labels: { [OWNER_LABEL]: owner, [MACHINE_LABEL]: undefined } }, signal);
  const taken = new Set(machines.map((machine) => machine.labels[ADDRESS_LABEL]));
  for (const address of hostAddresses(network.subnet)) {
    if (!taken.has(address)) return address;
  }
  throw new ClockerError("no-machine", `Cannot make another local machine: all addresses of network "${network.name}" (${network.subnet}) are taken`);
}

/** The addresses of an IPv4 subnet that machines may have: all but the network's own, the gateway's (the first) and the broadcast address. */
export function* hostAddresses(subnet: string): Generator<string> {
  const [base = "", length = "32"] = subnet.split("/");
  const size = 2 ** (32 - Number(length));
  const start = Math.floor(base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) / size) * size;
  for (let offset = 2; offset < size - 1; offset++) {
    const value = start + offset;
    yield [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
  }
}

function networkName(owner: string): string {
  return `clocker-${owner}`;
}

async function findNetwork(engine: Engine, owner: string, name: string, signal: AbortSignal): Promise<MachineNetwork | undefined> {
  const networks = await engine.listNetworks({ labels: { [OWNER_LABEL]: owner } }, signal);
  const subnet = networks.find((network) => network.name === name)?.subnet;
  return subnet === undefined ? undefined : { name, subnet };
}

async function freeSubnet(engine: Engine, probe: NetworkSpec, signal: AbortSignal): Promise<string> {
  // A crash may have left one.
  await engine.removeNetwork(probe.name, signal);
  const id = await engine.createNetwork(probe, signal);
  try {
    const subnet = (await engine.listNetworks({}, signal)).find((network) => network.id === id)?.subnet;
    if (subnet === undefined) throw new ClockerError("engine-error", `Cannot make a network for local machines: engine "${engine.name}" gives networks no IPv4 subnet`);
    return subnet;
  } finally {
    await engine.removeNetwork(id);
  }
}

async function removeUnlessInUse(engine: Engine, network: NetworkSummary, signal: AbortSignal): Promise<void> {
  try {
    await engine.removeNetwork(network.id, signal);
  } catch (error) {
    // A machine that is being made at this moment is on it already: the network stays for it.
    const inUse = error instanceof ClockerError && /active endpoints/.test(error.message);
    if (!inUse) throw error;
  }
}
