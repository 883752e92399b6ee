import { usesOf } from "../../blueprint/dsl/uses.ts";
import { HOST_VOLUMES, VOLUMES_EXPORT } from "../../docker/keys.ts";
import type { Entity } from "../../model/entity.ts";
import { nearest } from "../../model/nearest.ts";
import { MADE_FROM } from "../../model/made-from.ts";
import { type EntitySpec, entitySpec, type Json } from "../../model/spec.ts";
import { isEntitySpec } from "../../model/types/index.ts";
import { MEMBER_SPEC } from "../../software/group/cluster-keys.ts";
import type { PlaneLocations } from "../location/location-registry.ts";
import type { Plane } from "../plane.ts";
import { compareSpecs } from "./compare-spec.ts";
import { refusals } from "./compare-tree.ts";
import { madeFrom, ownSpec } from "./made-from.ts";
import { type Place, Placements } from "./placements.ts";
import type { PlanMessage, PlannedEntity, PlannedMembers, PlanSummary } from "./plan.ts";
import { nameOf, nodesIn, type PlanNode, strongest } from "./plan-node.ts";
import { referencesOf } from "./relations.ts";
import { factsOf, imageOf, shownDifference, shownType } from "./shown.ts";

export interface DescribedPlan {
  readonly tree: PlannedEntity;
  readonly hosts: readonly { cloud: string; name: string }[];
  readonly problems: readonly PlanMessage[];
  readonly warnings: readonly PlanMessage[];
  readonly summary: PlanSummary;
}

/** A plan as it is shown: without secrets, with where each container would go. */
export function describePlan(plane: Plane, locations: PlaneLocations, root: PlanNode): DescribedPlan {
  return new Description(plane, locations, root).whole();
}

class Description {
  readonly #plane: Plane;
  readonly #root: PlanNode;
  readonly #placements: Placements;
  readonly #byId: ReadonlyMap<string, PlanNode>;
  /** Ids in the blueprint of what is removed. */
  readonly #removed: ReadonlySet<string>;
  readonly #problems: PlanMessage[] = [];
  readonly #warnings: PlanMessage[] = [];

  constructor(plane: Plane, locations: PlaneLocations, root: PlanNode) {
    this.#plane = plane;
    this.#root = root;
    this.#placements = new Placements(plane, locations, root.entity?.id ?? "a new application");
    this.#removed = new Set([...nodesIn(root)].flatMap(({ action, before }) => (action === "remove" && before?.planId !== undefined ? [before.planId] : [])));
    this.#byId = new Map([...nodesIn(root)].flatMap((node) => (node.spec?.planId === undefined ? [] : [[node.spec.planId, node] as const])));
  }

  whole(): DescribedPlan {
    const tree = this.#entity(this.#root, "", { references: undefined, isInherited: true, running: undefined, sharesMachine: false });
    for (const { error, name } of this.#placements.problems) this.#problems.push({ message: `Cannot place "${name}": ${error.message}`, code: error.code, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) });
    return { tree, hosts: this.#placements.hosts, problems: this.#problems, warnings: this.#warnings, summary: this.#summary() };
  }

  #entity(node: PlanNode, above: string, place: Place): PlannedEntity {
    const { entity, spec, action } = node;
    const name = nameOf(node);
    const path = above === "" ? name : `${above}/${name}`;
    const below = this.#placements.placeBelow(place, node);
    const placements = this.#placements.of(node, place);
    const location = this.#placements.locationOf(below);
    const effect = strongest(node.differences);
    const shown = spec ?? (node.before === undefined ? undefined : { ...node.before, children: [] });
    for (const each of placements) if (each.problem !== undefined) this.#problems.push({ message: `Cannot place "${each.name}" in "${each.cloud}": ${each.problem}`, code: "no-capacity", path });
    this.#warnOf(node, path);
    const changes = action === "replace" || action === "change";
    return {
      path,
      name,
      type: shown === undefined ? (entity?.type.displayName ?? "") : shownType(shown),
      action,
      ...(entity === undefined ? {} : { id: entity.id }),
      ...(shown?.planId === undefined ? {} : { planId: shown.planId }),
      facts: shown === undefined ? [] : factsOf(this.#plane, shown),
      ...(location === undefined || spec === undefined ? {} : { location }),
      differences: this.#differences(node),
      ...(changes ? { effect: effect === "none" && node.outdated.length > 0 ? "roll" : effect } : {}),
      ...(action === "replace" && entity !== undefined || node.outdated.length > 0 ? { order: node.order, ...(node.orderReason === undefined ? {} : { orderReason: node.orderReason }) } : {}),
      ...(node.size === undefined ? {} : { size: node.size }),
      ...this.#members(node),
      ...(node.removalReason === undefined ? {} : { removalReason: node.removalReason }),
      after: node.level === 0 ? [] : this.#before(node),
      waitsFor: spec === undefined || action === "none" ? [] : waitsOf(spec),
      placements,
      children: node.children.map((child) => this.#entity(child, path, below)),
    };
  }

  /** An image's name and tag are one thing for people. */
  #differences(node: PlanNode): PlannedEntity["differences"] {
    const shown = node.differences.map((each) => shownDifference(this.#plane, each));
    const parts = shown.filter(({ kind, key }) => kind === "config" && (key === "docker.image.name" || key === "docker.image.tag"));
    const [first] = parts;
    if (first === undefined || node.before === undefined || node.spec === undefined) return shown;
    const [from, to] = [node.before, node.spec].map(({ config }) => imageOf(String(config["docker.image.name"] ?? ""), config["docker.image.tag"]));
    return [{ ...first, key: "image", change: "changed", ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }, ...shown.filter((each) => !parts.includes(each))];
  }

  #members({ entity, spec, before, outdated, action, parent }: PlanNode): { members?: PlannedMembers } {
    const member = spec?.config[MEMBER_SPEC.name];
    if (spec === undefined || !isEntitySpec(member)) return {};
    const size = spec.config["cluster.initial.size"] ?? 1;
    const count = entity === undefined || action === "replace" ? (typeof size === "number" ? size : 1) : entity.members.size;
    const old = this.#oldMember(outdated, before);
    const node: PlanNode = { ...this.#root, entity: outdated[0], spec: member, before: old, parent, differences: old === undefined ? [] : compareSpecs({ types: this.#plane.types, before: old, after: ownSpec(member), inContainer: true, isRoot: false }) };
    return { members: { type: shownType(member), count, outdated: outdated.length, facts: factsOf(this.#plane, member), differences: outdated.length === 0 ? [] : this.#differences(node) } };
  }

  #oldMember([first]: readonly Entity[], before: PlanNode["before"]): PlanNode["before"] {
    if (first === undefined) return undefined;
    const known = before?.config[MEMBER_SPEC.name];
    return this.#plane.documents.get(MADE_FROM, first.id) === undefined ? (isEntitySpec(known) ? ownSpec(known) : undefined) : madeFrom(this.#plane, first)?.spec;
  }

  #before(node: PlanNode): string[] {
    return [...referencesOf(node)].flatMap((id) => {
      const target = this.#byId.get(id);
      return target === undefined || target === node || target.action === "none" || target.level >= node.level ? [] : [nameOf(target)];
    });
  }

  #warnOf(node: PlanNode, path: string): void {
    const { spec, entity, action } = node;
    for (const each of refusals(node)) {
      this.#problems.push({ message: `Cannot change ${each.key} of "${nameOf(node)}" while it runs: ${each.reason ?? "it is read when the application is made"}`, code: "conflict", remedy: "Delete the application and deploy it anew", path });
    }
    const old: EntitySpec | undefined = node.before === undefined ? undefined : { ...entitySpec(node.before.type), ...node.before };
    const volumes = old?.config[VOLUMES_EXPORT.name];
    if (entity !== undefined && (action === "replace" || action === "remove") && volumes !== undefined && old?.config[HOST_VOLUMES.name] === undefined) {
      this.#warnings.push({ message: `What is in the volumes of "${nameOf(node)}" (${[volumes].flat().map(String).join(", ")}) goes with its container`, remedy: "Copy it, or keep it in a folder of the host (docker.host.volumes)", path });
    }
    if (spec === undefined || action === "none") return;
    for (const { on, sensor } of waitsOf(spec)) {
      const target = this.#byId.get(on);
      if (target === undefined || mayHave(this.#plane, target, sensor)) continue;
      const near = nearest(sensor, this.#plane.types.entityType(target.spec?.type ?? "")?.sensors.keys() ?? []);
      this.#warnings.push({ message: `"${nameOf(node)}" waits for the sensor "${sensor}" of "${nameOf(target)}", which nothing there sets`, ...(near === undefined ? {} : { remedy: `Did you mean "${near}"?` }), path });
    }
    for (const id of referencesOf(node)) {
      if (this.#removed.has(id)) this.#warnings.push({ message: `"${nameOf(node)}" uses "${id}", which is removed`, path });
    }
  }

  #summary(): PlanSummary {
    const summary = { added: 0, removed: 0, replaced: 0, changed: 0, unchanged: 0 };
    const counted = { add: "added", remove: "removed", replace: "replaced", change: "changed", none: "unchanged" } as const;
    for (const { action } of nodesIn(this.#root)) summary[counted[action]]++;
    return { ...summary, containers: this.#placements.containers };
  }
}

/** Whether an entity may get a sensor: by its type, as a port, or by whatever the blueprint adds to it. */
function mayHave(plane: Plane, { spec, entity }: PlanNode, sensor: string): boolean {
  const type = plane.types.entityType(spec?.type ?? "");
  if (spec === undefined || type === undefined || entity?.sensor(sensor) !== undefined || type.sensors.has(sensor)) return true;
  // Ports are sensors too, and what is published is mapped.
  if (type.config.has(sensor) || spec.parameters.some(({ name }) => name === sensor) || /^(mapped\.|docker\.port\.)/.test(sensor)) return true;
  return spec.initializers.length > 0 || spec.enrichers.length > 0 || spec.policies.length > 0 || type.effectors.has("resize");
}

/** The sensors that config waits for, of an entity or of the members that it makes. */
function waitsOf(spec: EntitySpec): PlannedEntity["waitsFor"] {
  const own = Object.entries(spec.config).flatMap(([key, value]) => usesOf(value).waits.map(({ on, sensor }) => ({ key, on, sensor })));
  const links = Object.values(asMap(spec.config["docker.container.links"])).flatMap((value) => [...usesOf(value).entities].map((on) => ({ key: "docker.container.links", on, sensor: "service.isUp" })));
  const members = Object.values(spec.config).flatMap((value) => (isEntitySpec(value) ? waitsOf(value) : []));
  return [...own, ...links, ...members];
}

function asMap(value: Json | undefined): Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
