import type { Entity } from "../../model/entity.ts";
import { GROUP_SIZE } from "../../software/stock/attributes.ts";
import type { DockerCloud } from "../cloud.ts";
import * as keys from "../keys.ts";

/** Keeps the cloud's totals and averages true to its hosts, by their events. */
export function followTotals({ infrastructure }: DockerCloud, hosts: Entity): void {
  const { events } = infrastructure.management;
  const followed = new Map<string, () => void>();
  const update = () => publish(infrastructure, hosts);
  const follow = (host: Entity) => {
    if (followed.has(host.id)) return;
    const stops = [events.subscribeSensor(host.id, keys.HOST_CONTAINERS.name, update), events.subscribeSensor(host.id, keys.MACHINE_CPU.name, update)];
    followed.set(host.id, () => stops.forEach((stop) => stop()));
  };
  hosts.members.forEach(follow);
  const stops = [
    events.subscribeSensor(hosts.id, GROUP_SIZE.name, update),
    events.subscribeEntity(hosts.id, (event) => {
      if (event.kind === "member-added") follow(event.member);
      if (event.kind !== "member-removed") return;
      followed.get(event.member.id)?.();
      followed.delete(event.member.id);
      update();
    }),
  ];
  infrastructure.addWatch(() => [...stops, ...followed.values()].forEach((stop) => stop()));
  update();
}

function publish(infrastructure: Entity, hosts: Entity): void {
  const members = [...hosts.members.values()];
  const containers = members.map((host) => host.get(keys.HOST_CONTAINERS) ?? 0);
  const cpus = members.map((host) => host.get(keys.MACHINE_CPU)).filter((cpu) => cpu !== undefined);
  infrastructure.set(keys.HOSTS_TOTAL, members.length);
  infrastructure.set(keys.HOSTS_IDLE, containers.filter((count) => count === 0).length);
  infrastructure.set(keys.CONTAINERS_TOTAL, containers.reduce((sum, count) => sum + count, 0));
  if (cpus.length > 0) infrastructure.set(keys.CPU_AVERAGE, Math.round((cpus.reduce((sum, cpu) => sum + cpu, 0) / cpus.length) * 10_000) / 10_000);
}
