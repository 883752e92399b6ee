import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { INITIAL_SIZE } from "../../software/group/cluster-keys.ts";
import { expectedState } from "../../software/stock/service-state.ts";
import type { Work } from "../../model/work.ts";
import type { DockerCloud } from "../cloud.ts";
import { DOCKER_HOST, HOST_MAX_SIZE, REMOVE_EMPTY } from "../keys.ts";
import type { GrowthPermit } from "../placement/no-capacity.ts";

export const DOCKER_HOSTS = "Docker Hosts";

/** The cluster of a cloud's hosts. */
export function hostCluster(infrastructure: Entity): Entity {
  const cluster = infrastructure.children.find((child) => child.displayName === DOCKER_HOSTS);
  if (cluster === undefined) throw new ClockerError("internal", `"${infrastructure.displayName}" has no cluster of hosts`);
  return cluster;
}

/** Whether the cloud may have one more host. @param planned hosts that it is to have beside those that it has */
export function canGrow({ infrastructure }: DockerCloud, planned = 0): GrowthPermit {
  const state = expectedState(infrastructure);
  if (state !== "RUNNING") return { allowed: false, reason: `the cloud is ${String(state).toLowerCase()}` };
  const limit = infrastructure.config.peek(HOST_MAX_SIZE);
  // Those in quarantine keep their machines, so they count.
  const cluster = hostCluster(infrastructure);
  const all = cluster.children.filter((child) => child.is(DOCKER_HOST)).length;
  const quarantined = all - cluster.members.size;
  if (limit >= 0 && all + planned >= limit) {
    const reason = `the cloud is at its limit of ${limit} ${limit === 1 ? "host" : "hosts"}${quarantined === 0 ? "" : ` (${quarantined} in quarantine)`}`;
    return { allowed: false, reason, remedy: `Raise "${HOST_MAX_SIZE.name}", or remove ${quarantined === 0 ? "containers" : "what is in quarantine"}` };
  }
  return { allowed: true };
}

/** Adds one host, as a task of the host cluster: it belongs to none of those who wait for it. Gives its id. */
export async function growHosts({ infrastructure }: DockerCloud): Promise<string> {
  const cluster = hostCluster(infrastructure);
  const before = new Set(cluster.members.keys());
  await infrastructure.management.submit(cluster, "grow by one host", (work) => cluster.invoke("resizeByDelta", { delta: 1 }, work), { tags: ["EFFECTOR"] }).result;
  const added = [...cluster.members.keys()].find((id) => !before.has(id));
  if (added === undefined) throw new ClockerError("no-capacity", `"${infrastructure.displayName}" did not get a new host`);
  return added;
}

/** Removes a host that its last container left, where `docker.host.removeEmpty` asks for it; never below the initial size. */
export function removeIfEmpty(cloud: DockerCloud, host: Entity): void {
  const { infrastructure, pool } = cloud;
  if (!infrastructure.config.peek(REMOVE_EMPTY) || pool.host(host.id)?.containers !== 0) return;
  const cluster = hostCluster(infrastructure);
  const isOneTooMany = () => cluster.members.size > cluster.config.peek(INITIAL_SIZE) && pool.host(host.id)?.containers === 0;
  if (!isOneTooMany()) return;
  const removal = async (work: Work) => (isOneTooMany() ? cluster.invoke("resizeByDelta", { delta: -1 }, work) : undefined);
  infrastructure.management.submit(cluster, `remove empty host ${host.displayName}`, (work) => cloud.removing.run(() => removal(work), work.signal), { tags: ["EFFECTOR"] });
}
