import { ClockerError } from "../../model/errors.ts";
import type { Management } from "../../model/management.ts";
import type { Json, JsonObject, LocationReference } from "../../model/spec.ts";
import type { LocationResolver, ParsedLocationSpec } from "../../provider/location.ts";
import { MultiLocation } from "./multi-location.ts";
import { SharedMachineLocation } from "./shared-machine.ts";

type Config = Readonly<Record<string, Json>>;

/** Locations made of others (reference, 6.1): `host:(1.2.3.4)`, `single:(target=…)`, `multi:(targets="…")`. */
export function composedResolvers(management: Management): LocationResolver[] {
  const nameOf = (config: Config, prefix: string): string => String(config["displayName"] ?? config["name"] ?? prefix);
  const shared = (prefix: string, target: (spec: ParsedLocationSpec, config: Config) => LocationReference): LocationResolver => ({
    prefix,
    resolve: (spec, id, given) => {
      const config = { ...given, ...spec.arguments };
      return new SharedMachineLocation({ id, name: nameOf(config, prefix), spec: spec.text, config, target: target(spec, config), management });
    },
    targets: (spec, given) => [target(spec, { ...given, ...spec.arguments })],
  });
  return [
    shared("host", hostTarget),
    shared("single", (_spec, config) => referencesOf(config["target"])[0] ?? noTarget()),
    {
      prefix: "multi",
      resolve: (spec, id, given) => {
        const config = { ...given, ...spec.arguments };
        return new MultiLocation({ id, name: nameOf(config, "multi"), spec: spec.text, config, targets: targetsOf(config), management });
      },
      targets: (spec, given) => targetsOf({ ...given, ...spec.arguments }),
    },
  ];
}

/** One host is a list of one. */
function hostTarget(spec: ParsedLocationSpec, { host, ...config }: Config): LocationReference {
  if ((typeof host !== "string" || host === "") && !isMap(host)) throw new ClockerError("invalid-value", `Invalid location '${spec.text}'; for example, "host:(1.2.3.4)" or "host:(host=1.2.3.4, user=bob)"`);
  return { spec: "byon", config: { ...config, hosts: [host] } };
}

function targetsOf(config: Config): readonly LocationReference[] {
  const targets = referencesOf(config["targets"]);
  return targets.length === 0 ? noTarget() : targets;
}

/** Brooklyn's words, for `multi` too. */
function noTarget(): never {
  throw new ClockerError("invalid-value", "target must be specified in single-machine spec", { remedy: 'Write single:(target=…) or multi:(targets="first, second")' });
}

/** Spec strings, commas between, or a list of those and of maps. */
function referencesOf(given: Json | undefined): LocationReference[] {
  if (given === undefined || given === null) return [];
  if (typeof given === "string") return partsOf(given).map((spec) => ({ spec }));
  if (Array.isArray(given)) return given.flatMap(referencesOf);
  if (!isMap(given)) throw new ClockerError("invalid-value", `Cannot use ${JSON.stringify(given)} as the target of a location: expected a location's spec`);
  const { spec, config } = given;
  if (typeof spec === "string") return [{ spec, ...(isMap(config) ? { config } : {}) }];
  return Object.entries(given).map(([name, inner]) => ({ spec: name, ...(isMap(inner) ? { config: inner } : {}) }));
}

/** Splits at commas that are not within parentheses or quotes. */
function partsOf(text: string): string[] {
  const parts = [""];
  let depth = 0;
  let quote: string | undefined;
  for (const char of text) {
    if (quote !== undefined) quote = char === quote ? undefined : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "(") depth++;
    else if (char === ")") depth--;
    if (char === "," && depth === 0 && quote === undefined) parts.push("");
    else parts.push((parts.pop() ?? "") + char);
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
