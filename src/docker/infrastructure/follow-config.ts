import type { Entity } from "../../model/entity.ts";
import { MAX_SIZE } from "../../software/group/cluster-keys.ts";
import { DockerCloud } from "../cloud.ts";
import { HOST_MAX_SIZE, MAX_CONTAINERS } from "../keys.ts";
import { hostCluster } from "./host-growth.ts";

/** Makes the limits that a cloud's config was changed to count at once: that of its hosts, and that of the containers on each. */
export function followConfig(infrastructure: Entity): void {
  hostCluster(infrastructure).config.set(MAX_SIZE.name, infrastructure.config.peek(HOST_MAX_SIZE));
  const { hosts, pool } = DockerCloud.of(infrastructure);
  for (const { host } of hosts.values()) pool.updateHost(host.id, { maxContainers: host.config.peek(MAX_CONTAINERS) });
}
