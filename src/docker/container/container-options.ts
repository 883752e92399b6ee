import type { ContainerSpec, VolumeBind } from "../../engine/engine.ts";
import type { Entity } from "../../model/entity.ts";
import { simpleName } from "../../model/entity-type.ts";
import type { Work } from "../../model/work.ts";
import type { FoundImage, OptionReader } from "../image/ensure-image.ts";
import {
  CONTAINER_LABEL,
  CONTAINER_NAME,
  CPU_SHARES,
  DIRECT_PORTS,
  ENVIRONMENT,
  IMAGE_COMMANDS,
  IMAGE_ENTRYPOINT,
  INTERACTIVE,
  MEMORY,
  OPEN_PORTS,
  OWNER_LABEL,
  PORT_BINDINGS,
  PRIVILEGED,
  VOLUMES_EXPORT,
  VOLUMES_IMPORT,
} from "../keys.ts";
import type { Links } from "./links.ts";
import type { PortWish } from "../ports/port-allocator.ts";

/** Options are read on the running entity first, then on the container (Clocker, 5.1). */
export function optionReader(entity: Entity | undefined, container: Entity, work: Work): OptionReader {
  return async (key) => {
    if (entity !== undefined && entity.config.find(key) !== undefined) return entity.config.get(key, work);
    return container.config.get(key, work);
  };
}

/** The ports to publish: those the entity listens on and those asked for, under numbers of their own or of our choice. */
export async function portWishes(inboundPorts: readonly number[], option: OptionReader): Promise<PortWish[]> {
  const wishes = new Map<number, number | undefined>();
  for (const port of inboundPorts) wishes.set(port, undefined);
  for (const port of (await option(OPEN_PORTS)) ?? []) wishes.set(port, undefined);
  for (const port of (await option(DIRECT_PORTS)) ?? []) wishes.set(port, port);
  // Bindings are written host port → container port, and win over direct ports.
  for (const [hostPort, port] of Object.entries((await option(PORT_BINDINGS)) ?? {})) wishes.set(port, Number(hostPort));
  return [...wishes].map(([port, hostPort]) => ({ containerPort: `${port}/tcp`, hostPort }));
}

/** The ports that the blueprint names by number: each gets a sensor `docker.port.N`, mapped like any other. */
export async function namedPorts(option: OptionReader): Promise<number[]> {
  return [...new Set([...((await option(OPEN_PORTS)) ?? []), ...((await option(DIRECT_PORTS)) ?? []), ...Object.values((await option(PORT_BINDINGS)) ?? {})])];
}

/** What the engine is asked to make, but for the ports. */
export async function containerSpec(init: { container: Entity; entity: Entity | undefined; image: FoundImage; hostName: string; links: Links; binds: readonly VolumeBind[]; option: OptionReader }): Promise<ContainerSpec> {
  const { container, entity, image, option } = init;
  const name = await containerName(container, entity, option);
  const entrypoint = await option(IMAGE_ENTRYPOINT);
  const command = (await option(IMAGE_COMMANDS)) ?? (image.runsItself ? undefined : KEEP_RUNNING);
  const [cpuShares, memoryBytes] = [await option(CPU_SHARES), await option(MEMORY)];
  return {
    name,
    hostname: name.slice(0, 63),
    image: image.name,
    env: { ...(await environment(container, entity, option)), ...init.links.env, CLOCKER_HOST_NAME: init.hostName, CLOCKER_CONTAINER_NAME: name },
    labels: { [OWNER_LABEL]: container.management.planeId, [CONTAINER_LABEL]: container.id },
    binds: init.binds,
    volumes: (await option(VOLUMES_EXPORT)) ?? [],
    volumesFrom: (await option(VOLUMES_IMPORT)) ?? [],
    extraHosts: init.links.extraHosts,
    privileged: (await option(PRIVILEGED)) ?? false,
    interactive: (await option(INTERACTIVE)) ?? false,
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(command === undefined ? {} : { command }),
    ...(cpuShares === undefined ? {} : { cpuShares }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  };
}

/** Keeps a container running for what is installed in it, reaps what is left over, and ends at once when told to. */
const KEEP_RUNNING = ["/bin/sh", "-c", "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done"];

async function environment(container: Entity, entity: Entity | undefined, option: OptionReader): Promise<Record<string, string>> {
  const values = { ...container.config.peek(ENVIRONMENT), ...(entity === undefined ? undefined : await option(ENVIRONMENT)) };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]));
}

/** The name that was asked for, else `<plan id or type>_<entity id>`; lower case, and every run of other characters an underscore (Clocker 1.1). */
async function containerName(container: Entity, entity: Entity | undefined, option: OptionReader): Promise<string> {
  const asked = await option(CONTAINER_NAME);
  const base = asked ?? (entity === undefined ? container.displayName : `${entity.planId ?? simpleName(entity.typeName)}_${entity.id}`);
  const name = base.toLowerCase().replace(/[^a-z0-9_]+/g, "_").replace(/^_+/, "");
  return name.length < 2 ? `c_${container.id}` : name;
}
