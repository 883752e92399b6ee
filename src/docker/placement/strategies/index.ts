import type { StrategyDefinition } from "../definition.ts";
import { breadthFirst } from "./breadth-first.ts";
import { cpuUsage } from "./cpu-usage.ts";
import { depthFirst } from "./depth-first.ts";
import { leastContainers } from "./least-containers.ts";
import { lowestCpuUsage } from "./lowest-cpu-usage.ts";
import { maxContainers } from "./max-containers.ts";
import { maxCpuUsage } from "./max-cpu-usage.ts";
import { random } from "./random.ts";

/** Every strategy by its name. A new one is its file and a line here. */
export const strategies: Readonly<Record<string, StrategyDefinition>> = {
  "breadth-first": breadthFirst,
  "cpu-usage": cpuUsage,
  "depth-first": depthFirst,
  "least-containers": leastContainers,
  "lowest-cpu-usage": lowestCpuUsage,
  "max-containers": maxContainers,
  "max-cpu-usage": maxCpuUsage,
  random,
};

/** The packages in which Clocker's releases kept their strategies; the ones without `basic` are stale names that its 1.1 catalog used. */
const packages: readonly string[] = [
  "brooklyn.entity.container.docker",
  "brooklyn.location.docker.strategy",
  "brooklyn.location.docker.strategy.affinity",
  "clocker.docker.location.strategy",
  "clocker.docker.location.strategy.affinity",
  "clocker.docker.location.strategy.basic",
  "clocker.docker.location.strategy.host",
];

const bySpelling = new Map<string, StrategyDefinition>();
for (const definition of Object.values(strategies)) {
  for (const name of [definition.name, ...definition.aliases]) bySpelling.set(compact(name), definition);
}

/**
 * The strategy of a name: `max-containers`, `MaxContainers`, `max containers`, `MaxContainersPlacementStrategy`, or the class name with
 * any of the packages of Clocker's releases. Undefined when there is none.
 */
export function strategyNamed(name: string): StrategyDefinition | undefined {
  const trimmed = name.trim();
  const dot = trimmed.lastIndexOf(".");
  if (dot >= 0 && !packages.includes(trimmed.slice(0, dot))) return undefined;
  return bySpelling.get(compact(trimmed.slice(dot + 1)));
}

/** The name without what spellings differ in: case, spaces, hyphens, `PlacementStrategy` at the end. */
function compact(name: string): string {
  const letters = name.toLowerCase().replace(/[\s_-]/g, "");
  return letters.replace(/(?:placement)?strategy$/, "") || letters;
}
