import { ClockerError } from "../../model/errors.ts";
import { nearest } from "../../model/nearest.ts";
import { show } from "../../model/value-type.ts";
import type { InfrastructureLimits, StrategyDefinition } from "./definition.ts";
import { strategies, strategyNamed } from "./strategies/index.ts";
import type { PlacementStrategy } from "./strategy.ts";

/**
 * The chain that `docker.container.strategies` describes: a name, names with commas between, or a list of names and of maps
 * `{ type, brooklyn.config | object.fields }`, alone or under `$brooklyn:object`. Empty for undefined and null.
 * Resolve a chain once and keep it: waiting placements with the same chain are tried together.
 *
 * @throws ClockerError `invalid-value`, with the known names and the nearest.
 */
export function resolveStrategies(value: unknown, limits: InfrastructureLimits = {}): PlacementStrategy[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => resolveStrategies(item, limits));
  if (typeof value === "string") {
    return value
      .split(/[,\n]/)
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => definitionOf(name).create({}, limits));
  }
  if (isRecord(value)) {
    if (isStrategy(value)) return [value];
    return [strategyOf(unwrap(value), limits)];
  }
  throw notAStrategy(value);
}

function strategyOf(map: Readonly<Record<string, unknown>>, limits: InfrastructureLimits): PlacementStrategy {
  const { type, "brooklyn.config": config, "object.fields": fields, ...flags } = map;
  if (typeof type !== "string") throw notAStrategy(map);
  const definition = definitionOf(type);
  return definition.create(optionsOf(definition, { ...flags, ...mapOf("object.fields", fields), ...mapOf("brooklyn.config", config) }), limits);
}

/** The inside of `{ $brooklyn:object: { type: … } }`. */
function unwrap(map: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const inner = map["$brooklyn:object"] ?? map["brooklyn:object"];
  if (inner === undefined) return map;
  if (!isRecord(inner)) throw notAStrategy(map);
  return inner;
}

function definitionOf(name: string): StrategyDefinition {
  const definition = strategyNamed(name);
  if (definition !== undefined) return definition;
  const known = Object.keys(strategies);
  const simple = name.slice(name.lastIndexOf(".") + 1);
  const closest = strategyNamed(simple)?.name ?? nearest(simple.replace(/(?:Placement)?Strategy$/, "").replace(/(?<=[a-z])(?=[A-Z])/g, "-"), known);
  throw new ClockerError("invalid-value", `Cannot use "${name}" as a placement strategy: the known ones are ${known.join(", ")}`, {
    ...(closest === undefined ? {} : { remedy: `Write ${closest}, if that is what was meant` }),
    details: { value: name, known, ...(closest === undefined ? {} : { nearest: closest }) },
  });
}

/** The configuration by option name. @throws ClockerError `invalid-value` for a key that the strategy doesn't have. */
function optionsOf(definition: StrategyDefinition, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  const known = Object.values(definition.options).flat();
  for (const [key, value] of Object.entries(config)) {
    const option = Object.keys(definition.options).find((name) => definition.options[name]?.includes(key));
    if (option === undefined) throw unknownOption(definition.name, key, known);
    options[option] = value;
  }
  return options;
}

function unknownOption(strategy: string, key: string, known: readonly string[]): ClockerError {
  const closest = nearest(key, known);
  const has = known.length === 0 ? "it has no configuration" : `it has ${known.join(", ")}`;
  return new ClockerError("invalid-value", `Cannot configure "${key}" of the placement strategy "${strategy}": ${has}`, {
    ...(closest === undefined ? {} : { remedy: `Write ${closest}, if that is what was meant` }),
    details: { strategy, key, known },
  });
}

function mapOf(key: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (isRecord(value)) return value;
  throw new ClockerError("invalid-value", `Cannot use ${show(value)} as ${key} of a placement strategy: expected a map`, { details: { key } });
}

function notAStrategy(value: unknown): ClockerError {
  return new ClockerError("invalid-value", `Cannot use ${show(value)} as a placement strategy: expected a name such as "depth-first", or a map with "type"`, {
    details: { known: Object.keys(strategies) },
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A strategy that was resolved before. */
function isStrategy(value: object): value is PlacementStrategy {
  return "name" in value && "filter" in value && typeof value.filter === "function" && "describe" in value && "explain" in value;
}
