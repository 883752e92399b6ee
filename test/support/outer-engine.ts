import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs `docker` against this computer's engine. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("docker", [...args], { maxBuffer: 20_000_000 });
  return stdout.trim();
}

/** What of a plane is left in this computer's engine: containers by name and networks. */
export async function ownedBy(planeId: string): Promise<string[]> {
  const containers = await docker("ps", "--all", "--filter", `label=clocker.owner=${planeId}`, "--format", "container {{.Names}}");
  const networks = await docker("network", "ls", "--filter", `label=clocker.owner=${planeId}`, "--format", "network {{.Name}}");
  return `${containers}\n${networks}`.split("\n").filter((line) => line !== "");
}

/** The ids of a plane's machines on this computer. */
export async function machinesOf(planeId: string): Promise<string[]> {
  const ids = await docker("ps", "--all", "--quiet", "--no-trunc", "--filter", `label=clocker.owner=${planeId}`);
  return ids.split("\n").filter((id) => id !== "");
}

/** Removes what a failed test left behind. */
export async function removeOwnedBy(planeId: string): Promise<void> {
  const machines = await machinesOf(planeId);
  if (machines.length > 0) await docker("rm", "--force", "--volumes", ...machines);
  const networks = (await docker("network", "ls", "--quiet", "--filter", `label=clocker.owner=${planeId}`)).split("\n").filter((id) => id !== "");
  if (networks.length > 0) await docker("network", "rm", ...networks);
}

/** Containers in a machine's own engine, by name: none where it has not been set up yet. */
export async function containersIn(machine: string): Promise<string[]> {
  const names = await docker("exec", machine, "sh", "-c", "[ ! -S /var/run/docker.sock ] || docker ps --all --format '{{.Names}}'");
  return names.split("\n").filter((name) => name !== "");
}
