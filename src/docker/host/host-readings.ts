import type { Entity } from "../../model/entity.ts";
import type { Work } from "../../model/work.ts";
import { publishMachine } from "../../software/feed/machine-sensors.ts";
import { DockerCloud } from "../cloud.ts";
import * as keys from "../keys.ts";
import { cpuBetween, readCounters, type MachineCounters } from "../../software/feed/machine-counters.ts";
import type { HostRuntime } from "./host-runtime.ts";

const last = new WeakMap<Entity, MachineCounters>();

/** Reads the host's machine and publishes `machine.*` and `docker.machine.*`; placement gets the readings too. */
export async function readHost(runtime: HostRuntime, work: Work): Promise<void> {
  const { host } = runtime;
  const counters = await readCounters(runtime.location.machine, work.signal);
  const before = last.get(host);
  last.set(host, counters);
  const cpu = before === undefined ? undefined : cpuBetween(before, counters);
  publish(host, counters, cpu);
  const used = (counters.memoryTotal - counters.memoryFree) * 1024;
  DockerCloud.find(host)?.pool.updateHost(host.id, { ...(cpu === undefined ? {} : { cpu }), loadAverage: counters.loadAverage, memoryUsedBytes: used, memoryTotalBytes: counters.memoryTotal * 1024 });
}

function publish(host: Entity, counters: MachineCounters, cpu: number | undefined): void {
  const used = counters.memoryTotal - counters.memoryFree;
  publishMachine(host, counters, cpu);
  host.set(keys.DOCKER_MACHINE_UPTIME, Math.round(counters.uptimeSeconds * 1000));
  host.set(keys.DOCKER_MACHINE_LOAD, counters.loadAverage);
  host.set(keys.DOCKER_MACHINE_MEMORY_TOTAL, counters.memoryTotal * 1024);
  host.set(keys.DOCKER_MACHINE_MEMORY_FREE, counters.memoryFree * 1024);
  host.set(keys.DOCKER_MACHINE_MEMORY_USED, used * 1024);
  if (cpu !== undefined) host.set(keys.DOCKER_MACHINE_CPU, Math.round(cpu * 10_000) / 100);
}
