import { numberOption } from "../definition.ts";
import type { HostSnapshot } from "../types.ts";

/** The keys that set a CPU ceiling: Clocker's key, its flag, and our short name. */
export const maxCpuKeys = ["docker.container.cluster.maxCpu", "maxCpuUsage", "maxCpu"] as const;

/** The host's CPU reading; a reading that is no number counts as none. */
export function cpuOf(host: HostSnapshot): number | undefined {
  return host.cpu !== undefined && Number.isFinite(host.cpu) ? host.cpu : undefined;
}

/** Lowest CPU first; a host without a reading counts as -1, that is first (Clocker 0.7). */
export function byCpu(a: HostSnapshot, b: HostSnapshot): number {
  return (cpuOf(a) ?? -1) - (cpuOf(b) ?? -1);
}

export function showCpu(host: HostSnapshot): string {
  const cpu = cpuOf(host);
  return cpu === undefined ? "no CPU reading" : `CPU at ${percent(cpu)}`;
}

export function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10}%`;
}

/** A CPU ceiling as a fraction. Values above 1 are percentages, as Clocker 0.4 wrote them. @throws ClockerError `invalid-value`. */
export function cpuCeiling(strategy: string, value: unknown): number | undefined {
  const number = numberOption(strategy, "maxCpu", value, {
    test: (given) => given > 0 && given <= 100,
    expected: "a fraction above 0 and up to 1, or a percentage up to 100",
  });
  return number !== undefined && number > 1 ? number / 100 : number;
}
