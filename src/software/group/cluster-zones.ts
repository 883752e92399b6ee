import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Location } from "../../model/location.ts";
import type { Json, JsonObject } from "../../model/spec.ts";
import { show } from "../../model/value-type.ts";
import { isProvisioning, type ProvisioningLocation } from "../../provider/location.ts";
import { locationsFor } from "../stock/startable.ts";
import { CLUSTER_MEMBER_ZONE, FAILED_SUB_LOCATIONS, SUB_LOCATIONS, ZONE_COUNT, ZONE_NAMES, ZONE_PLACEMENT_STRATEGY, ZONES_ENABLED } from "./cluster-keys.ts";
import { hasFailed } from "./zone-failures.ts";

/** Where a new member goes: into a zone, or by config that makes the location place it. */
export interface Place {
  readonly zone?: ProvisioningLocation;
  readonly config?: JsonObject;
}

/**
 * Where the next members go. Without zones, wherever the cluster is.
 * @throws ClockerError `invalid-value` where the location has no zones, too few of them, or does not know the strategy
 */
export function placesFor(cluster: Entity, count: number): Place[] {
  if (!cluster.config.peek(ZONES_ENABLED)) return Array.from({ length: count }, () => ({}));
  const location = zonedLocation(cluster);
  const strategy = cluster.config.find(ZONE_PLACEMENT_STRATEGY)?.raw;
  if (!isBalancing(strategy)) {
    const config = location.placedBy?.(strategy);
    if (config === undefined) throw new ClockerError("invalid-value", `Cannot use ${show(strategy)} as "${ZONE_PLACEMENT_STRATEGY.name}" of "${cluster.displayName}": location "${location.name}" does not know it`, { remedy: "Write Balancing, or in a Docker cloud a placement strategy such as BreadthFirst" });
    publishZones(cluster, zonesOf(cluster, location), []);
    return Array.from({ length: count }, () => ({ config }));
  }
  return balanced(cluster, workingZones(cluster, location), count);
}

/** The zone of a member; undefined where it has none or the zone has gone. */
export function zoneOf(cluster: Entity, member: Entity): ProvisioningLocation | undefined {
  const id = zoneIdOf(member);
  if (id === undefined || !cluster.config.peek(ZONES_ENABLED)) return undefined;
  return zonesOf(cluster, zonedLocation(cluster)).find((zone) => zone.id === id);
}

export function zoneIdOf(member: Entity): string | undefined {
  const zone = member.get(CLUSTER_MEMBER_ZONE);
  return typeof zone === "object" && zone !== null && "id" in zone ? String(zone.id) : undefined;
}

/** Members in the order in which zones stay balanced: each time the first of those in the zones with the most members. */
export function fromFullestZones(cluster: Entity, members: readonly Entity[]): Entity[] {
  // Members that must stay count in their zones.
  const sizes = new Map<string | undefined, number>();
  for (const member of cluster.members.values()) sizes.set(zoneIdOf(member), (sizes.get(zoneIdOf(member)) ?? 0) + 1);
  const sizeOf = (member: Entity): number => sizes.get(zoneIdOf(member)) ?? 0;
  const left = [...members];
  const ordered: Entity[] = [];
  while (left.length > 0) {
    const most = Math.max(...left.map(sizeOf));
    const [member] = left.splice(left.findIndex((each) => sizeOf(each) === most), 1);
    if (member === undefined) break;
    sizes.set(zoneIdOf(member), most - 1);
    ordered.push(member);
  }
  return ordered;
}

export function locationReference(location: Location): Json {
  return { type: "org.apache.brooklyn.api.location.Location", id: location.id, name: location.name };
}

function isBalancing(strategy: unknown): boolean {
  if (strategy === undefined || strategy === null) return true;
  const record: Readonly<Record<string, unknown>> = typeof strategy === "object" ? { ...strategy } : {};
  if (record["$brooklyn:object"] !== undefined) return isBalancing(record["$brooklyn:object"]);
  const name = typeof strategy === "string" ? strategy : record["type"];
  return typeof name === "string" && /(?:^|\.)balancing(?:NodePlacementStrategy)?$/i.test(name);
}

function zonedLocation(cluster: Entity): ProvisioningLocation & { zones(): readonly ProvisioningLocation[] } {
  const [location] = cluster.locations.length > 0 ? cluster.locations : locationsFor(cluster, undefined);
  if (location === undefined || !isProvisioning(location) || location.zones === undefined) {
    throw new ClockerError("invalid-value", `Cannot spread members of "${cluster.displayName}" over zones: ${location === undefined ? "it has no location" : `Availability zone extension not supported for location "${location.name}"`}`, { remedy: `Use a location with zones, such as a Docker cloud or multi:(targets="…"), or unset "${ZONES_ENABLED.name}"` });
  }
  // Checked above.
  return location as ProvisioningLocation & { zones(): readonly ProvisioningLocation[] };
}

function zonesOf(cluster: Entity, location: ReturnType<typeof zonedLocation>): readonly ProvisioningLocation[] {
  const all = location.zones();
  const names = cluster.config.peek(ZONE_NAMES) ?? [];
  const count = cluster.config.peek(ZONE_COUNT);
  const chosen = names.length > 0 ? all.filter((zone) => names.includes(zone.name) || names.includes(zone.id)) : all.slice(0, count);
  const wanted = names.length > 0 ? names.length : (count ?? 0);
  if (wanted > chosen.length) {
    const asked = names.length > 0 ? `${names.length} - ${names.join(", ")}` : String(wanted);
    throw new ClockerError("invalid-value", `Number of required zones (${asked}) not satisfied in "${location.name}"; only ${chosen.length} available: ${all.map(({ name }) => name).join(", ")}`);
  }
  return chosen;
}

/** The zones that members start in; all of them where every one has failed. */
function workingZones(cluster: Entity, location: ReturnType<typeof zonedLocation>): readonly ProvisioningLocation[] {
  const zones = zonesOf(cluster, location);
  const failed = zones.filter((zone) => hasFailed(cluster, zone));
  const working = failed.length === zones.length ? zones : zones.filter((zone) => !failed.includes(zone));
  publishZones(cluster, working, failed);
  return working;
}

function publishZones(cluster: Entity, zones: readonly Location[], failed: readonly Location[]): void {
  cluster.set(SUB_LOCATIONS, zones.map(locationReference));
  cluster.set(FAILED_SUB_LOCATIONS, failed.map(locationReference));
}

/** Each into the zone with the fewest members; without zones (a cloud that has no host yet) wherever the cluster is. */
function balanced(cluster: Entity, zones: readonly ProvisioningLocation[], count: number): Place[] {
  const sizes = new Map(zones.map((zone) => [zone.id, 0]));
  for (const member of cluster.members.values()) {
    const id = zoneIdOf(member);
    if (id !== undefined && sizes.has(id)) sizes.set(id, (sizes.get(id) ?? 0) + 1);
  }
  return Array.from({ length: count }, () => {
    const [zone] = zones.toSorted((a, b) => (sizes.get(a.id) ?? 0) - (sizes.get(b.id) ?? 0));
    if (zone === undefined) return {};
    sizes.set(zone.id, (sizes.get(zone.id) ?? 0) + 1);
    return { zone };
  });
}
