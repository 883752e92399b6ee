import { readFile } from "node:fs/promises";
import path from "node:path";
import { openEngine } from "../../src/engine/docker-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { SshMachine } from "../../src/machine/ssh/ssh-machine.ts";
import { DOCKER_HOST } from "../../src/docker/keys.ts";
import type { Bench } from "./bench.ts";
import { startClocker } from "./clocker-server.ts";
import { Rest, type Task } from "./rest.ts";

/** The name under which the cloud is a location. */
export const CLOUD = "bench-cloud";

/** Two `local` hosts. The oldest host is filled first, so that what is measured after one another is on the same one; foreign containers are left alone. */
const BLUEPRINT = `
name: Docker Cloud
location: local
services:
- type: docker-infrastructure
  brooklyn.config:
    entity.dynamicLocation.name: ${CLOUD}
    docker.host.cluster.initial.size: 2
    docker.container.cluster.maxSize: 64
    docker.container.strategies: depth-first
    docker.host.scanInterval: 1h
`;

/** A Docker cloud on two hosts, in a server of its own: made when the first benchmark asks for it, removed at the end of the run. */
export interface BenchCloud {
  readonly rest: Rest;
  /** Milliseconds from the request until the cloud was ready. */
  readonly readyIn: number;
  /** Whether images had to be made for it, which happens once on a computer. */
  readonly builtImages: boolean;
  /** The engine of the host that is filled first, reached as Clocker reaches it: through one SSH connection. */
  readonly engine: Engine;
}

const clouds = new WeakMap<Bench, Promise<BenchCloud>>();

export function benchCloud(bench: Bench): Promise<BenchCloud> {
  let cloud = clouds.get(bench);
  if (cloud === undefined) clouds.set(bench, (cloud = makeCloud(bench)));
  return cloud;
}

async function makeCloud(bench: Bench): Promise<BenchCloud> {
  const dataDir = await bench.folder();
  const server = await startClocker(bench, dataDir);
  // Removal goes on when the run is stopped.
  const last = new Rest(server.url, AbortSignal.timeout(60 * 60_000));
  bench.atEnd("remove the applications and the cloud", () => removeAll(last));
  const rest = new Rest(server.url, bench.signal);
  const { applicationId, task, ms } = await rest.deploy(BLUEPRINT);
  const engine = await firstEngine(rest, applicationId, dataDir, bench);
  return { rest, readyIn: ms, builtImages: await hasBuilt(rest, task), engine };
}

async function hasBuilt(rest: Rest, task: Task): Promise<boolean> {
  return (await rest.below(task)).some(({ displayName }) => /^(Build machine image|Make base image|Bring Docker Engine)/.test(displayName));
}

async function firstEngine(rest: Rest, applicationId: string, dataDir: string, bench: Bench): Promise<Engine> {
  const hosts = (await rest.descendants(applicationId)).filter(({ type }) => type === DOCKER_HOST);
  const address = String((await rest.sensors(applicationId, hosts[0]?.id ?? ""))["host.address"]);
  const machine = new SshMachine({
    host: address,
    user: "root",
    privateKey: async () => readFile(path.join(dataDir, "keys", "machines_ed25519")),
    // A machine that this run has made on this computer.
    onHostKey: () => {},
  });
  const engine = openEngine({ name: address, connect: (signal) => machine.forward({ socket: "/var/run/docker.sock" }, { signal }) });
  bench.atEnd("close the connection to the engine", async () => {
    await engine.close();
    await machine.close();
  });
  return engine;
}

/** The youngest first, so that the cloud goes last. */
async function removeAll(rest: Rest): Promise<void> {
  const applications = await rest.json("GET", "/v1/applications");
  const ids = Array.isArray(applications) ? applications.map((each: unknown) => (typeof each === "object" && each !== null && "id" in each ? String(each.id) : "")) : [];
  for (const id of ids.toReversed()) await rest.remove(id);
}
