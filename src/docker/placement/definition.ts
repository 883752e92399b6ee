import { ClockerError } from "../../model/errors.ts";
import { show } from "../../model/value-type.ts";
import type { PlacementStrategy } from "./strategy.ts";

/** How blueprints name a strategy and what it makes of the configuration beside the name. */
export interface StrategyDefinition<Option extends string = string> {
  readonly name: string;
  /** Other names, beside the spellings that `strategies/index.ts` derives from these (`DepthFirst`, `depth first`, class names). */
  readonly aliases: readonly string[];
  /** Every option with the key names that set it, the ones of Clocker's releases included. */
  readonly options: Readonly<Record<Option, readonly string[]>>;
  /** @throws ClockerError `invalid-value`. */
  create(config: StrategyConfig<Option>, limits: InfrastructureLimits): PlacementStrategy;
}

/** Values by option name, as the blueprint gave them. */
export type StrategyConfig<Option extends string = string> = Readonly<Partial<Record<Option, unknown>>>;

/** What the infrastructure's own configuration says; it wins over a strategy's (Clocker 0.7 to 1.2). */
export interface InfrastructureLimits {
  /** `docker.container.cluster.maxSize` */
  readonly maxContainers?: number | undefined;
  /** `docker.container.cluster.maxCpu` */
  readonly maxCpu?: number | undefined;
}

/** An option that is a number, or undefined when it isn't set. @throws ClockerError `invalid-value`. */
export function numberOption(strategy: string, option: string, value: unknown, accepts: { test(value: number): boolean; expected: string }): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && accepts.test(number)) return number;
  throw new ClockerError("invalid-value", `Cannot use ${show(value)} as ${option} of the placement strategy "${strategy}": expected ${accepts.expected}`, {
    details: { strategy, option, expected: accepts.expected },
  });
}
