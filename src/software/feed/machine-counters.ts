import type { Machine } from "../../machine/machine.ts";
import { ClockerError } from "../../model/errors.ts";

/** One reading of a machine's counters. Memory in KiB, as /proc has it. */
export interface MachineCounters {
  uptimeSeconds: number;
  loadAverage: number;
  /** CPU time since boot, in ticks. */
  cpuBusy: number;
  cpuTotal: number;
  memoryTotal: number;
  memoryFree: number;
}

const SCRIPT = "cat /proc/uptime /proc/loadavg; grep '^cpu ' /proc/stat; grep -E '^(MemTotal|MemAvailable|MemFree):' /proc/meminfo";

/** Reads a Linux machine's counters with one command. */
export async function readCounters(machine: Machine, signal: AbortSignal): Promise<MachineCounters> {
  const result = await machine.run({ script: SCRIPT }, { signal, timeout: 30_000 });
  if (result.exitCode !== 0) throw new ClockerError("command-failed", `Cannot read the counters of "${machine.name}": ${result.stderr.trim()}`);
  return parseCounters(result.stdout, machine.name);
}

/** @throws ClockerError when the output isn't that of the script. */
export function parseCounters(output: string, machineName: string): MachineCounters {
  const [uptime = "", load = "", ...rest] = output.split("\n");
  const cpu = (rest.find((line) => line.startsWith("cpu ")) ?? "").split(/\s+/).slice(1).map(Number);
  const memory = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(output)?.[1]);
  const total = cpu.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
  // Idle and waiting for I/O are not busy.
  const idle = (cpu[3] ?? Number.NaN) + (cpu[4] ?? 0);
  const available = memory("MemAvailable");
  const counters: MachineCounters = {
    uptimeSeconds: Number(uptime.split(" ")[0]),
    loadAverage: Number(load.split(" ")[0]),
    cpuBusy: total - idle,
    cpuTotal: total,
    memoryTotal: memory("MemTotal"),
    memoryFree: Number.isNaN(available) ? memory("MemFree") : available,
  };
  if (Object.values(counters).some(Number.isNaN)) throw new ClockerError("command-failed", `Cannot understand the counters of "${machineName}"`, { details: { output: output.slice(0, 500) } });
  return counters;
}

/** CPU use between two readings, as a fraction of all cores; undefined when no time has passed. */
export function cpuBetween(before: MachineCounters, after: MachineCounters): number | undefined {
  const total = after.cpuTotal - before.cpuTotal;
  return total <= 0 ? undefined : Math.min(1, Math.max(0, (after.cpuBusy - before.cpuBusy) / total));
}
