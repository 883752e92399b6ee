import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import type { MachineCounters } from "./machine-counters.ts";

/** A machine's figures (Brooklyn's `MachineAttributes`). */
export const MACHINE_UPTIME = sensor("machine.uptime", types.duration, "How long the machine has been up", { transient: true });
export const MACHINE_LOAD = sensor("machine.loadAverage", types.double, "Load average of the last minute", { transient: true });
export const MACHINE_CPU = sensor("machine.cpu", types.double, "CPU use, as a fraction of all cores", { transient: true });
export const MACHINE_MEMORY_FREE = sensor("machine.memory.free", types.long, "Free memory in KiB", { transient: true });
export const MACHINE_MEMORY_TOTAL = sensor("machine.memory.total", types.long, "Memory in KiB", { transient: true });
export const MACHINE_MEMORY_USED = sensor("machine.memory.used", types.long, "Used memory in KiB", { transient: true });

/** @param cpu a fraction of all cores; undefined for a first reading, which has nothing to be compared with */
export function publishMachine(entity: Entity, counters: MachineCounters, cpu: number | undefined): void {
  entity.set(MACHINE_UPTIME, Math.round(counters.uptimeSeconds * 1000));
  entity.set(MACHINE_LOAD, counters.loadAverage);
  entity.set(MACHINE_MEMORY_TOTAL, counters.memoryTotal);
  entity.set(MACHINE_MEMORY_FREE, counters.memoryFree);
  entity.set(MACHINE_MEMORY_USED, counters.memoryTotal - counters.memoryFree);
  if (cpu !== undefined) entity.set(MACHINE_CPU, Math.round(cpu * 10_000) / 10_000);
}
