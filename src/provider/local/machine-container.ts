import type { Work } from "../../model/work.ts";
import type { ContainerSpec, Engine } from "../../engine/engine.ts";
import type { MachineRequest } from "../provider.ts";
import { tarOf } from "../tar-of.ts";
import type { HostNetwork } from "./host-network.ts";
import { ADDRESS_LABEL, HOST_KEY_LABEL, MACHINE_LABEL, OWNER_LABEL } from "./labels.ts";
import type { MachineNetwork } from "./network.ts";
import type { Privileges } from "./privileges.ts";
import type { KeyPair } from "./ssh-keys.ts";

export interface MachineContainer {
  request: MachineRequest;
  image: string;
  network: MachineNetwork;
  address: string;
  hostNetwork: HostNetwork;
  privileges: Privileges;
  limits: Pick<ContainerSpec, "memoryBytes" | "cpus">;
  hostKeyFingerprint: string;
}

/** The system container that a machine is: it comes back with its engine, keeps its address, and has its engine's data on volumes of its own. */
export function machineContainerSpec(machine: MachineContainer): ContainerSpec {
  const { request, network, address, hostNetwork } = machine;
  return {
    name: containerName(request.id),
    image: machine.image,
    hostname: request.name,
    labels: {
      [OWNER_LABEL]: request.owner,
      [MACHINE_LABEL]: request.id,
      [ADDRESS_LABEL]: address,
      [HOST_KEY_LABEL]: machine.hostKeyFingerprint,
    },
    env: { CLOCKER_DNS: hostNetwork.nameServers.join(" "), CLOCKER_MTU: hostNetwork.mtu === undefined ? "" : String(hostNetwork.mtu) },
    network: network.name,
    address,
    tmpfs: { "/run": "rw,exec", "/tmp": "rw,exec" },
    volumes: ["/var/lib/docker", "/var/lib/containerd"],
    restart: "unless-stopped",
    ...machine.privileges,
    ...machine.limits,
  };
}

/** For people, who may look at it with `docker`. */
export function containerName(requestId: string): string {
  return `clocker-${requestId}`;
}

/** Writes what makes the machine this one, before its first start: its host key, and who may log in. */
export async function installKeys(engine: Engine, containerId: string, hostKey: KeyPair, loginKey: string, work: Work): Promise<void> {
  const files = await tarOf([
    { path: "etc/ssh/ssh_host_ed25519_key", content: hostKey.privateKey, mode: 0o600 },
    { path: "etc/ssh/ssh_host_ed25519_key.pub", content: `${hostKey.publicKey}\n` },
    { path: "root/.ssh/authorized_keys", content: `${loginKey}\n`, mode: 0o600 },
  ]);
  await engine.putArchive(containerId, "/", files, work.signal);
}
