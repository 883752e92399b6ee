import type { Entity } from "../../model/entity.ts";
import type { Location } from "../../model/location.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { types } from "../../model/types/index.ts";
import type { ValueType } from "../../model/value-type.ts";
import { ZONE_FAILURE_DETECTOR } from "./cluster-keys.ts";

interface Attempt {
  readonly at: number;
  readonly hasFailed: boolean;
}

/** Starts of members, by cluster and zone: what a detector judges by. In memory, as in Brooklyn: they begin anew after a restart. */
const attempts = new WeakMap<Entity, Map<string, Attempt[]>>();
const MOST_ATTEMPTS = 1_000;

/** Notes how the start of a member in a zone ended. */
export function noteStart(cluster: Entity, zone: Location, outcome: { hasFailed: boolean }): void {
  const byZone = attempts.get(cluster) ?? new Map<string, Attempt[]>();
  attempts.set(cluster, byZone);
  const known = byZone.get(zone.id) ?? [];
  byZone.set(zone.id, [...known.slice(1 - MOST_ATTEMPTS), { at: cluster.management.clock.now(), ...outcome }]);
}

/** Whether so large a share of the latest starts in a zone has failed that it counts as failed (Brooklyn's `ProportionalZoneFailureDetector`). */
export function hasFailed(cluster: Entity, zone: Location): boolean {
  const { least, time, share } = detectorOf(cluster);
  const since = cluster.management.clock.now() - time;
  const recent = (attempts.get(cluster)?.get(zone.id) ?? []).filter(({ at }) => at >= since);
  return recent.length >= least && recent.filter((attempt) => attempt.hasFailed).length / recent.length >= share;
}

/** The detector's three numbers; Brooklyn's defaults where they are not given. */
function detectorOf(cluster: Entity): { least: number; time: number; share: number } {
  const given = cluster.config.find(ZONE_FAILURE_DETECTOR)?.raw;
  const map: Readonly<Record<string, unknown>> = isRecord(given) ? given : {};
  const inner = map["$brooklyn:object"];
  const object = isRecord(inner) ? inner : map;
  const [least = 2, time = "1h", share = 0.9]: unknown[] = Array.isArray(object["constructor.args"]) ? (object["constructor.args"] as unknown[]) : [];
  const { config } = cluster;
  const part = <T>(type: ValueType<T>, value: unknown): T => config.coerce<T>({ ...ZONE_FAILURE_DETECTOR, type, defaultValue: undefined }, value);
  return { least: part(types.integer, least), time: part(types.duration, time), share: part(types.double, share) };
}
