import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { nearest } from "../../model/nearest.ts";
import { isEqual } from "../../model/predicate/compare.ts";
import { sensorOf } from "../../model/predicate/targets.ts";
import { show } from "../../model/value-type.ts";
import { STARTABLE } from "../stock/startable.ts";
import { CLUSTER_MEMBER_ID } from "./cluster-keys.ts";

/** The members that may go, best first. */
export type RemovalStrategy = (members: readonly Entity[]) => Entity[];

/** Brooklyn's default: those that can be stopped first, the highest number first, the latest made first. */
export const newestFirst: RemovalStrategy = (members) => members.toSorted((a, b) => Number(b.is(STARTABLE)) - Number(a.is(STARTABLE)) || numberOf(b) - numberOf(a) || b.createdAt - a.createdAt);

const named: Readonly<Record<string, (config: Readonly<Record<string, unknown>>) => RemovalStrategy>> = {
  newest: () => newestFirst,
  oldest: () => (members) => newestFirst(members).toReversed(),
  random: () => (members) => members.map((member) => ({ member, at: Math.random() })).toSorted((a, b) => a.at - b.at).map(({ member }) => member),
  sensormatching: sensorMatching,
  firstfrom: firstFrom,
};

/**
 * A removal strategy by its name or as an object: `newest`, `oldest`, `random`, and Brooklyn's `SensorMatchingRemovalStrategy` and
 * `FirstFromRemovalStrategy`.
 * @throws ClockerError `invalid-value` with the known names
 */
export function removalStrategy(given: unknown): RemovalStrategy {
  if (given === undefined || given === null) return newestFirst;
  if (typeof given === "string") return strategyNamed(given, {});
  const map = recordOf(given);
  const object = map?.["$brooklyn:object"];
  if (object !== undefined) return removalStrategy(object);
  if (map === undefined || typeof map["type"] !== "string") throw unknownStrategy(show(given));
  return strategyNamed(map["type"], { ...map, ...recordOf(map["object.fields"]), ...recordOf(map["brooklyn.config"]) });
}

function strategyNamed(name: string, config: Readonly<Record<string, unknown>>): RemovalStrategy {
  const word = name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("$")) + 1).replace(/RemovalStrategy$/, "").replaceAll(/[-_]/g, "").toLowerCase();
  const make = Object.hasOwn(named, word) ? named[word] : undefined;
  if (make === undefined) throw unknownStrategy(`"${name}"`, nearest(word, Object.keys(named)));
  return make(config);
}

/** Only members whose sensor has the value, the newest first. */
function sensorMatching(config: Readonly<Record<string, unknown>>): RemovalStrategy {
  const given = valueUnder(config, "sensor");
  const sensor = recordOf(given)?.["name"] ?? given;
  const value = valueUnder(config, "value");
  if (typeof sensor !== "string") throw new ClockerError("invalid-value", "Cannot remove members by a sensor: the removal strategy has no sensor", { remedy: "Set sensor.matching.sensor and sensor.matching.value" });
  return (members) =>
    newestFirst(members).filter((member) => {
      const found = sensorOf(member, sensor);
      return isEqual(found.isPresent ? found.value : null, value ?? null);
    });
}

/** What the first strategy chooses, then what the second does, and so on. */
function firstFrom(config: Readonly<Record<string, unknown>>): RemovalStrategy {
  const given = valueUnder(config, "strategies");
  const strategies = (Array.isArray(given) ? (given as unknown[]) : []).map(removalStrategy);
  return (members) => [...new Set(strategies.flatMap((strategy) => strategy(members)))];
}

/** The value of the key, in whatever namespace it is written. */
function valueUnder(config: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.entries(config).find(([name]) => name === key || name.endsWith(`.${key}`))?.[1];
}

function numberOf(member: Entity): number {
  return member.get(CLUSTER_MEMBER_ID) ?? 0;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function unknownStrategy(shown: string, near?: string): ClockerError {
  const known = ["newest", "oldest", "random", "SensorMatchingRemovalStrategy", "FirstFromRemovalStrategy"];
  return new ClockerError("invalid-value", `Cannot use ${shown} as a removal strategy: the known ones are ${known.join(", ")}`, { ...(near === undefined ? {} : { remedy: `Did you mean "${near}"?` }), details: { known } });
}
