import { DockerLocation } from "../../docker/location/docker-location.ts";
import { STRATEGIES } from "../../docker/keys.ts";
import type { PlacementRehearsal } from "../../docker/placement/rehearsal.ts";
import type { PlacementStrategy } from "../../docker/placement/strategy.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Location } from "../../model/location.ts";
import type { EntitySpec, Json, LocationReference } from "../../model/spec.ts";
import { isEntitySpec } from "../../model/types/index.ts";
import { isProvisioning } from "../../provider/location.ts";
import { INITIAL_SIZE, MEMBER_SPEC, ZONES_ENABLED } from "../../software/group/cluster-keys.ts";
import type { PlaneLocations } from "../location/location-registry.ts";
import type { Plane } from "../plane.ts";
import { CLUSTER, SAME_SERVER, SOFTWARE } from "./effect-of-key.ts";
import type { PlannedLocation, PlannedPlacement } from "./plan.ts";
import { nameOf, type PlanNode } from "./plan-node.ts";

/** Where something is to be: by its own words or those above it, or where the application runs already. */
export interface Place {
  readonly references: readonly LocationReference[] | undefined;
  readonly isInherited: boolean;
  /** Of what runs above it. */
  readonly running: Location | undefined;
  /** Whether it shares the machine of what is above it. */
  readonly sharesMachine: boolean;
}

/** Containers in one plan that are placed; more are only counted. */
const MOST_PLACEMENTS = 1_000;

/** Rehearses where the containers of a plan would go, one after the other, each seeing the places that those before it took. */
export class Placements {
  readonly #plane: Plane;
  readonly #locations: PlaneLocations;
  readonly #applicationId: string;
  readonly #rehearsals = new Map<string, { readonly name: string; readonly rehearsal: PlacementRehearsal }>();
  /** Entities whose containers go before others are placed. */
  readonly #left: string[] = [];
  /** Problems with strategies, each told once. */
  readonly problems: { readonly error: ClockerError; readonly name: string }[] = [];
  containers = 0;

  constructor(plane: Plane, locations: PlaneLocations, applicationId: string) {
    this.#plane = plane;
    this.#locations = locations;
    this.#applicationId = applicationId;
  }

  /** Hosts that the clouds would add. */
  get hosts(): { cloud: string; name: string }[] {
    return [...this.#rehearsals.values()].flatMap(({ name, rehearsal }) => rehearsal.addedHosts.map((host) => ({ cloud: name, name: host })));
  }

  placeBelow(place: Place, node: PlanNode): Place {
    const { entity, spec } = node;
    const own = spec?.locations;
    const type = this.#plane.types.entityType(spec?.type ?? entity?.type.name ?? "");
    const hasMachine = type?.traits.has(SOFTWARE) === true || type?.traits.has(SAME_SERVER) === true;
    const running = entity?.locations.find((location) => isProvisioning(location));
    return { references: own ?? place.references, isInherited: own === undefined, running: own === undefined ? (running ?? place.running) : undefined, sharesMachine: place.sharesMachine || hasMachine };
  }

  /** What is made of a node, its children aside. */
  of(node: PlanNode, above: Place): PlannedPlacement[] {
    const { entity, spec, action } = node;
    if (spec === undefined) return [];
    const place = own(above, spec);
    if (action === "add") return this.#placeSpec(spec, nameOf(node), place);
    if (action === "replace") {
      const old = entity === undefined ? [] : [...entity.descendants()];
      return this.#instead(old, node.order, () => this.#placeSpec(spec, nameOf(node), place));
    }
    return this.#members(node, place);
  }

  #leave(entity: Entity): void {
    for (const { id } of entity.descendants()) {
      this.#left.push(id);
      for (const { rehearsal } of this.#rehearsals.values()) rehearsal.leave(id);
    }
  }

  #rehearsalOf(location: DockerLocation): { readonly name: string; readonly rehearsal: PlacementRehearsal } {
    const known = this.#rehearsals.get(location.cloudId);
    if (known !== undefined) return known;
    const made = { name: location.name, rehearsal: location.rehearse() };
    for (const id of this.#left) made.rehearsal.leave(id);
    this.#rehearsals.set(location.cloudId, made);
    return made;
  }

  locationOf(place: Place): PlannedLocation | undefined {
    const { references, running, isInherited } = place;
    const [first] = references ?? [];
    const location = first === undefined ? running : this.#locations.find(first);
    const spec = references === undefined || references.length === 0 ? running?.name : references.map((each) => each.spec).join(", ");
    if (spec === undefined) return undefined;
    return { spec, isInherited, kind: location instanceof DockerLocation ? "docker" : first?.spec.startsWith("$brooklyn:") === true ? "unknown" : "machines" };
  }

  #instead<T>(old: readonly Entity[], order: PlanNode["order"], body: () => T): T {
    const leave = () => old.forEach((entity) => this.#leave(entity));
    if (order === "stop-first") leave();
    const result = body();
    if (order === "start-first") leave();
    return result;
  }

  #members(node: PlanNode, place: Place): PlannedPlacement[] {
    const member = node.spec?.config[MEMBER_SPEC.name];
    if (!isEntitySpec(member) || node.spec === undefined) return [];
    const zones = this.#zonesOf(node.spec, place);
    const placements: PlannedPlacement[] = [];
    for (const old of node.outdated) placements.push(...this.#instead([old], node.order, () => this.#placeSpec(member, `${old.displayName}, anew`, own(place, member), zones)));
    const more = node.size === undefined ? 0 : node.size.to - node.size.from;
    for (let i = 0; i < more; i++) placements.push(...this.#placeSpec(member, `${nameOf(node)} ${(node.size?.from ?? 0) + i + 1}`, own(place, member), zones));
    return placements;
  }

  /** Of the entity itself, or of the members that a new cluster begins with. Children have nodes of their own. */
  #placeSpec(spec: EntitySpec, name: string, place: Place, zones?: Zones): PlannedPlacement[] {
    const type = this.#plane.types.entityType(spec.type);
    if (type === undefined || place.sharesMachine) return [];
    if (type.traits.has(SOFTWARE) || type.traits.has(SAME_SERVER)) return this.#placeOne(spec, name, place, zones);
    const member = type.traits.has(CLUSTER) ? spec.config[MEMBER_SPEC.name] : undefined;
    if (!isEntitySpec(member)) return zones === undefined ? [] : spec.children.flatMap((child) => this.#placeSpec(child, `${name}/${child.displayName ?? child.planId ?? "child"}`, own(place, child), zones));
    const size = spec.config[INITIAL_SIZE.name] ?? INITIAL_SIZE.defaultValue;
    const spread = this.#zonesOf(spec, place);
    return Array.from({ length: typeof size === "number" ? Math.min(size, MOST_PLACEMENTS) : 0 }, (_, i) => this.#placeSpec(member, `${name} ${i + 1}`, own(place, member), spread ?? ALL)).flat();
  }

  #placeOne(spec: EntitySpec, name: string, place: Place, zones: Zones | undefined): PlannedPlacement[] {
    const [reference] = place.references ?? [];
    const location = reference === undefined ? place.running : this.#locations.find(reference);
    if (!(location instanceof DockerLocation) || ++this.containers > MOST_PLACEMENTS) return [];
    const known = this.#rehearsalOf(location);
    const chain = this.#chainOf(zones?.next() ?? location, spec, name);
    if (chain === undefined) return [];
    const entityId = `planned ${this.containers}`;
    const request = { entityId, entityType: spec.typeName ?? spec.type, displayName: name, applicationId: this.#applicationId, properties: propertiesOf(spec.config["provisioning.properties"]) };
    const { decision, host, isNewHost, waits, refusal } = known.rehearsal.place(request, chain);
    return [{
      name,
      cloud: known.name,
      ...(host === undefined ? {} : { host }),
      isNewHost,
      waits,
      ...(refusal === undefined ? {} : { problem: refusal.remedy === undefined ? refusal.reason : `${refusal.reason}. ${refusal.remedy}` }),
      chain: decision.chain,
      hosts: decision.candidates,
      ...(decision.grouped === undefined ? {} : { grouped: decision.grouped }),
    }];
  }

  #chainOf(location: DockerLocation, spec: EntitySpec, name: string): PlacementStrategy[] | undefined {
    const own = spec.config[STRATEGIES.name];
    try {
      // Strategies are given as `$brooklyn:object`, which is resolved here; another expression is known at the start.
      return location.entityChain(typeof own === "string" && own.startsWith("$brooklyn:") ? undefined : own);
    } catch (error) {
      if (!(error instanceof ClockerError)) throw error;
      this.problems.push({ error, name });
      return undefined;
    }
  }

  /** The zones of a cluster that spreads its members: in turn, those with the fewest first. */
  #zonesOf(spec: EntitySpec, place: Place): Zones | undefined {
    if (spec.config[ZONES_ENABLED.name] !== true) return undefined;
    const [reference] = place.references ?? [];
    const location = reference === undefined ? place.running : this.#locations.find(reference);
    const zones = location instanceof DockerLocation ? location.zones().filter((zone) => zone instanceof DockerLocation) : [];
    let turn = 0;
    return { next: () => zones[turn++ % Math.max(1, zones.length)] };
  }
}

interface Zones {
  next(): DockerLocation | undefined;
}

/** Within a cluster, whose members' children have no nodes of their own. */
const ALL: Zones = { next: () => undefined };

function own(above: Place, spec: EntitySpec): Place {
  return spec.locations === undefined ? { ...above, isInherited: true } : { ...above, references: spec.locations, isInherited: false, running: undefined };
}

function propertiesOf(value: Json | undefined): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
