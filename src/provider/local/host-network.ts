import { readFile } from "node:fs/promises";

/** What machines made on this computer take over from its network. */
export interface HostNetwork {
  /** Name servers that containers can reach: none on a loopback address. */
  nameServers: string[];
  /** Of the default route's interface, where it is smaller than Ethernet's. */
  mtu: number | undefined;
}

const ETHERNET_MTU = 1500;

export async function readHostNetwork(): Promise<HostNetwork> {
  const device = defaultRouteDevice(await textOf("/proc/net/route"));
  const mtu = device === undefined ? Number.NaN : Number(await textOf(`/sys/class/net/${device}/mtu`));
  return {
    // systemd-resolved listens on a loopback address, and keeps the real servers in a file of its own.
    nameServers: firstNotEmpty(reachableNameServers(await textOf("/etc/resolv.conf")), reachableNameServers(await textOf("/run/systemd/resolve/resolv.conf"))),
    mtu: mtu > 0 && mtu < ETHERNET_MTU ? mtu : undefined,
  };
}

/** The addresses of a resolv.conf(5) that are not this computer's loopback. */
export function reachableNameServers(resolvConf: string): string[] {
  const servers = resolvConf.split("\n").flatMap((line) => /^\s*nameserver\s+([0-9a-fA-F.:]+)\s*$/.exec(line)?.[1] ?? []);
  return servers.filter((server) => !server.startsWith("127.") && server !== "::1");
}

/** The interface of the first default route in `/proc/net/route`. */
export function defaultRouteDevice(table: string): string | undefined {
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  return rows.find(([, destination, , , , , , mask]) => destination === "00000000" && mask === "00000000")?.[0];
}

function firstNotEmpty(first: string[], second: string[]): string[] {
  return first.length > 0 ? first : second;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
