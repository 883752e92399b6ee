import { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import { HOST_ADDRESS } from "../../software/stock/attributes.ts";
import type { OptionReader } from "../image/ensure-image.ts";
import { CONTAINER_ADDRESSES, CONTAINER_NAME_SENSOR, CONTAINER_OF, CONTAINER_PORTS, ENVIRONMENT, LINKS } from "../keys.ts";
import { hostOf, referencedId, runtimeOf } from "./relations.ts";

/** What links add to a container. */
export interface Links {
  env: Record<string, string>;
  /** `alias:address` */
  extraHosts: string[];
}

/**
 * `docker.container.links`: alias → entity (Clocker, 1.3 and 5.1). Waits until each target is up, then tells the container of it in the way of Docker's old links:
 * `ALIAS_PORT_6379_TCP_ADDR` and so on, and a host name. A target on the same host is reached at its own address and ports, one on another host at that host's published ports.
 */
export async function linksOf(container: Entity, entity: Entity | undefined, option: OptionReader, work: Work): Promise<Links> {
  const links: Links = { env: {}, extraHosts: [] };
  for (const [alias, reference] of Object.entries((await option(LINKS)) ?? {})) {
    const target = targetOf(container, alias, reference);
    await container.management.resolve(`$brooklyn:entity("${target.id}").attributeWhenReady("service.isUp")`, entity ?? container, work);
    addLink(links, container, entity, alias, target);
  }
  return links;
}

function targetOf(container: Entity, alias: string, reference: unknown): Entity {
  const id = reference instanceof Entity ? reference.id : typeof reference === "string" ? reference : referencedId(reference);
  const target = id === undefined ? undefined : container.management.entity(id);
  if (target !== undefined) return target;
  throw new ClockerError("invalid-value", `Cannot link "${container.displayName}" as "${alias}": there is no such entity`, { remedy: 'Name it with $brooklyn:component("its id")' });
}

function addLink(links: Links, container: Entity, entity: Entity | undefined, alias: string, target: Entity): void {
  const { env, extraHosts } = links;
  const targetContainer = container.management.entity(referencedId(target.get(CONTAINER_OF)) ?? "");
  const isNeighbour = targetContainer !== undefined && hostOf(targetContainer) === hostOf(container);
  const address = (isNeighbour ? targetContainer.get(CONTAINER_ADDRESSES)?.[0] : undefined) ?? (targetContainer === undefined ? target.get(HOST_ADDRESS) : runtimeOf(targetContainer).location.address);
  if (address === undefined) throw new ClockerError("invalid-value", `Cannot link "${container.displayName}" to "${target.displayName}": it has no address`);
  extraHosts.push(`${alias}:${address}`);
  // A target that is no container gets only the host name, as in Clocker.
  if (targetContainer === undefined) return;
  const prefix = alias.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  const own = entity?.planId ?? container.get(CONTAINER_NAME_SENSOR) ?? container.displayName;
  env[`${prefix}_NAME`] = `/${own}/${alias}`;
  for (const [port, hostPort] of Object.entries(targetContainer.get(CONTAINER_PORTS) ?? {})) {
    const [number = "", protocol = "tcp"] = port.split("/");
    const reached = isNeighbour ? number : String(hostPort);
    const name = `${prefix}_PORT_${number}_${protocol.toUpperCase()}`;
    env[`${prefix}_PORT`] ??= `${protocol}://${address}:${reached}`;
    Object.assign(env, { [name]: `${protocol}://${address}:${reached}`, [`${name}_ADDR`]: address, [`${name}_PORT`]: reached, [`${name}_PROTO`]: protocol });
  }
  for (const [variable, value] of Object.entries(target.config.peek(ENVIRONMENT) ?? {})) env[`${prefix}_ENV_${variable}`] = typeof value === "string" ? value : JSON.stringify(value);
}
