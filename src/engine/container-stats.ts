import { z } from "zod";
import type { ContainerStats } from "./engine.ts";
import { askFor, type EngineTransport } from "./transport.ts";

const cpu = z.object({ cpu_usage: z.object({ total_usage: z.number().default(0) }).default({ total_usage: 0 }) }).default({ cpu_usage: { total_usage: 0 } });
const answer = z.object({
  read: z.string(),
  preread: z.string().default(""),
  cpu_stats: cpu,
  precpu_stats: cpu,
  memory_stats: z.object({ usage: z.number().default(0), limit: z.number().default(0), stats: z.record(z.string(), z.number()).default({}) }).default({ usage: 0, limit: 0, stats: {} }),
});

interface Reading {
  /** Milliseconds since the epoch, by the engine's clock. */
  at: number;
  cpuNanoseconds: number;
}

/** Readings kept for the next one's difference; the oldest is forgotten first. */
const KEPT = 10_000;
/** A reading older than this says little about now. */
const OLDEST = 300_000;

/**
 * Reads CPU and memory of containers. The engine answers the first reading after it measured twice (a second or two); from then on the
 * difference to our own last reading is taken, which costs the engine one measurement and answers at once.
 */
export class ContainerStatsReader {
  readonly #transport: EngineTransport;
  readonly #last = new Map<string, Reading>();

  constructor(transport: EngineTransport) {
    this.#transport = transport;
  }

  async read(id: string, signal?: AbortSignal): Promise<ContainerStats> {
    const last = this.#last.get(id);
    const action = `read the statistics of container "${id}"`;
    const path = `/containers/${encodeURIComponent(id)}/stats`;
    const stats = await askFor(this.#transport, answer, { method: "GET", path, query: { stream: false, "one-shot": last !== undefined }, action, pace: "slow", signal });
    const now: Reading = { at: Date.parse(stats.read), cpuNanoseconds: stats.cpu_stats.cpu_usage.total_usage };
    const before = last ?? { at: Date.parse(stats.preread), cpuNanoseconds: stats.precpu_stats.cpu_usage.total_usage };
    this.#remember(id, now);
    const inactive = stats.memory_stats.stats["total_inactive_file"] ?? stats.memory_stats.stats["inactive_file"] ?? 0;
    return { cpu: fractionOfCore(before, now), memoryBytes: Math.max(0, stats.memory_stats.usage - inactive), memoryLimitBytes: stats.memory_stats.limit };
  }

  forget(id: string): void {
    this.#last.delete(id);
  }

  #remember(id: string, reading: Reading): void {
    this.#last.delete(id);
    if (!(reading.at > 0)) return;
    this.#last.set(id, reading);
    const oldest = this.#last.size > KEPT ? this.#last.keys().next() : undefined;
    if (oldest && !oldest.done) this.#last.delete(oldest.value);
  }
}

function fractionOfCore(before: Reading, now: Reading): number {
  const milliseconds = now.at - before.at;
  if (!(milliseconds > 0) || milliseconds > OLDEST) return 0;
  return Math.max(0, (now.cpuNanoseconds - before.cpuNanoseconds) / (milliseconds * 1e6));
}
