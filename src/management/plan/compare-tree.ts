import { usesOf } from "../../blueprint/dsl/uses.ts";
import { HOST_INITIAL_SIZE, HOSTS_TOTAL, INFRASTRUCTURE } from "../../docker/keys.ts";
import type { Entity } from "../../model/entity.ts";
import type { EntityType } from "../../model/entity-type.ts";
import type { MadeFrom, OwnSpec } from "../../model/made-from.ts";
import type { EntitySpec, Json, LocationReference } from "../../model/spec.ts";
import { isEntitySpec } from "../../model/types/index.ts";
import { FIRST_MEMBER_SPEC, INITIAL_SIZE, MEMBER_SPEC } from "../../software/group/cluster-keys.ts";
import { machineOf } from "../../software/process/provision.ts";
import { STARTABLE } from "../../software/stock/startable.ts";
import type { Plane } from "../plane.ts";
import { compareSpecs } from "./compare-spec.ts";
import { CLUSTER, DOCKER_APPLICATION, effectOfKey, isHolder, SAME_SERVER, SOFTWARE } from "./effect-of-key.ts";
import { isHealthy } from "./apply/gate.ts";
import { asJson, isSame, madeFrom, ownSpec, plannedChildren } from "./made-from.ts";
import { matchChildren, type Running } from "./match.ts";
import { type Difference, type Effect, has, type PlanNode, strongest } from "./plan-node.ts";

/** What an entity inherits in the comparison: where it was and is to be, and what changed above it. */
interface Above {
  readonly from: readonly LocationReference[] | undefined;
  readonly to: readonly LocationReference[] | undefined;
  readonly changes: readonly (Difference & { readonly owner: string })[];
}

/** Compares what runs with what a blueprint wants, entity by entity. Nothing is touched. */
export function compareTree(plane: Plane, application: Entity, wanted: EntitySpec): PlanNode {
  return compared(plane, { entity: application, spec: wanted, parent: undefined }, { from: undefined, to: undefined, changes: [] });
}

function compared(plane: Plane, { entity, spec, parent }: { entity: Entity; spec: EntitySpec; parent: PlanNode | undefined }, above: Above): PlanNode {
  const made = madeFrom(plane, entity);
  const before = made?.spec ?? ownSpec(spec);
  const node = nodeOf({ entity, spec, parent, before });
  const after = ownSpec(spec);
  const type = plane.types.entityType(spec.type);
  node.differences.push(...ownDifferences(plane, node, after, made));
  const [from, to] = [before.locations ?? above.from, after.locations ?? above.to];
  if (type !== undefined && !isSame(asJson(from ?? []), asJson(to ?? []))) node.differences.push(...moved(node, type, from, to, !isSame(asJson(before.locations ?? []), asJson(after.locations ?? []))));
  if (type !== undefined) node.differences.push(...inherited(node, type, above.changes));
  if (type?.traits.has(CLUSTER) === true && before.type === after.type) compareMembers(plane, node, above);
  if (type?.traits.has(INFRASTRUCTURE) === true) compareHosts(node);
  settleAction(node);
  if (node.action === "replace") node.children.push(...spec.children.map((child) => described(child, node, "replace")));
  else compareChildren(plane, node, { from, to, changes: [...above.changes, ...node.differences.filter(({ kind }) => kind === "config" || kind === "parameter").map((each) => ({ ...each, owner: entity.displayName }))] });
  return node;
}

export function nodeOf(init: Pick<PlanNode, "entity" | "spec" | "parent"> & { before?: OwnSpec | undefined; action?: PlanNode["action"] }): PlanNode {
  return { action: init.action ?? "none", entity: init.entity, spec: init.spec, parent: init.parent, before: init.before, children: [], differences: [], outdated: [], order: "start-first", level: 0 };
}

/** What becomes of an entity, by its differences. */
export function settleAction(node: PlanNode): void {
  if (node.action !== "none" && node.action !== "change") return;
  if (strongest(node.differences) === "replace") node.action = "replace";
  else if (node.differences.length > 0 || node.size !== undefined || node.outdated.length > 0) node.action = "change";
}

/** A spec that is added, replaced or removed as a whole. */
export function described(spec: EntitySpec, parent: PlanNode | undefined, action: "add" | "replace"): PlanNode {
  const node = nodeOf({ entity: undefined, spec, parent, action });
  node.children.push(...spec.children.map((child) => described(child, node, action)));
  return node;
}

/** Also where an earlier change was cut off: then nobody knows which of the two an entity is. */
function ownDifferences(plane: Plane, node: PlanNode, after: OwnSpec, made: MadeFrom | undefined): Difference[] {
  const { entity } = node;
  const common = { types: plane.types, after, inContainer: entity !== undefined && machineOf(entity)?.isBehindMapping === true, isRoot: node.parent === undefined };
  const differences = compareSpecs({ ...common, before: made?.spec ?? after });
  if (made?.target === undefined) return differences;
  const known = new Set(differences.map(({ kind, key }) => `${kind} ${key}`));
  differences.push(...compareSpecs({ ...common, before: made.target }).filter(({ kind, key }) => !known.has(`${kind} ${key}`)));
  // It was to learn of a change elsewhere, and nobody knows whether it has.
  if (differences.length === 0) differences.push({ kind: "reference", key: "cut off", change: "changed", effect: effectOfAnew(plane.types.entityType(after.type)), reason: "a change of it was cut off" });
  return differences;
}

/** What it takes for an entity to read all of its config again. */
export function effectOfAnew(type: EntityType | undefined): Effect {
  if (type === undefined) return "set";
  if (type.traits.has(DOCKER_APPLICATION)) return "replace";
  if (type.traits.has(CLUSTER)) return "roll";
  return type.traits.has(STARTABLE) && !isHolder(type) ? "restart" : "set";
}

function* moved(node: PlanNode, type: EntityType, from: readonly LocationReference[] | undefined, to: readonly LocationReference[] | undefined, isOwn: boolean): Generator<Difference> {
  const common = { kind: "location", key: "location", change: "changed", from: locationText(from), to: locationText(to) } as const;
  if (type.traits.has(INFRASTRUCTURE)) yield { ...common, effect: "refused", reason: "its hosts are where they are" };
  else if (type.traits.has(CLUSTER)) yield { ...common, effect: "roll" };
  else if (type.traits.has(SOFTWARE) || type.traits.has(SAME_SERVER)) yield { ...common, effect: "replace", reason: "it is elsewhere" };
  else if (isOwn || node.parent === undefined || !isHolder(type)) yield { ...common, effect: "set" };
}

export function locationText(locations: readonly LocationReference[] | undefined): string {
  return locations === undefined || locations.length === 0 ? "none" : locations.map(({ spec }) => spec).join(", ");
}

/** Config that changes above an entity, where the entity reads it. */
function inherited(node: PlanNode, type: EntityType, changes: Above["changes"]): Difference[] {
  if (node.spec === undefined || type.traits.has(CLUSTER)) return [];
  return inheritedBy(type, node.spec, changes, node.entity !== undefined && machineOf(node.entity)?.isBehindMapping === true);
}

function inheritedBy(type: EntityType, spec: EntitySpec, changes: Above["changes"], inContainer: boolean): Difference[] {
  const asked = new Set(Object.values(spec.config).flatMap((value) => [...usesOf(value).config]));
  return changes.flatMap((change): Difference[] => {
    const key = type.config.get(change.key);
    const isRead = asked.has(change.key) || (key !== undefined && key.inherited && (key.merge === "deep_merge" || spec.config[change.key] === undefined));
    if (!isRead || isHolder(type)) return [];
    const { effect, reason } = effectOfKey(type, change.key, key, inContainer);
    return effect === "set" ? [] : [{ ...change, kind: "inherited", effect, reason: reason ?? `inherited from "${change.owner}"` }];
  });
}

function compareHosts(node: PlanNode): void {
  const to = node.spec?.config[HOST_INITIAL_SIZE.name] ?? HOST_INITIAL_SIZE.defaultValue;
  const from = node.entity?.get(HOSTS_TOTAL);
  if (node.differences.some(({ kind, effect }) => kind === "config" && effect === "resize") && typeof to === "number" && from !== undefined && from !== to) node.size = { from, to };
}

/** A cluster's size, and which of its members are of another spec than the one that is wanted. */
function compareMembers(plane: Plane, node: PlanNode, above: Above): void {
  const { entity: cluster, spec, before } = node;
  if (cluster === undefined || spec === undefined || before === undefined) return;
  const wanted = spec.config[MEMBER_SPEC.name];
  const first = spec.config[FIRST_MEMBER_SPEC.name];
  const members = [...cluster.members.values()].filter((member) => member.parent === cluster && madeFrom(plane, member)?.isMember !== false);
  const size = node.differences.find(({ kind, key }) => kind === "config" && key === INITIAL_SIZE.name);
  const to = spec.config[INITIAL_SIZE.name] ?? INITIAL_SIZE.defaultValue;
  if (size !== undefined && typeof to === "number" && to !== cluster.members.size) node.size = { from: cluster.members.size, to };
  const type = isEntitySpec(wanted) ? plane.types.entityType(wanted.type) : undefined;
  const changes = [...above.changes, ...node.differences.filter(({ kind }) => kind === "config" || kind === "parameter").map((each) => ({ ...each, owner: cluster.displayName }))];
  if (isEntitySpec(wanted) && type !== undefined) node.differences.push(...inheritedBy(type, wanted, changes, members.some((member) => machineOf(member)?.isBehindMapping === true)).map((each): Difference => ({ ...each, effect: "roll" })));
  const rollsAll = node.differences.some(({ effect, kind }) => effect === "roll" && kind !== "config");
  // Where a change was cut off, members may be half made.
  const isCutOff = madeFrom(plane, cluster)?.target !== undefined;
  node.outdated = members.filter((member) => rollsAll || (isCutOff && !isHealthy(member)) || isOutdated(plane, member, { wanted, first, before, node }));
}

function isOutdated(plane: Plane, member: Entity, { wanted, first, before, node }: { wanted: Json | undefined; first: Json | undefined; before: OwnSpec; node: PlanNode }): boolean {
  // A spec that is an expression is known when it is used: then its text is all there is to compare.
  if (!isEntitySpec(wanted)) return node.differences.some(({ kind, key }) => kind === "config" && key === MEMBER_SPEC.name);
  const made = madeFrom(plane, member)?.spec;
  const old = made === undefined ? before.config[MEMBER_SPEC.name] : asJson(made);
  return !isSame(old, asJson(wanted)) && !(first !== undefined && isSame(old, first));
}

function compareChildren(plane: Plane, node: PlanNode, above: Above): void {
  const { entity, spec } = node;
  if (entity === undefined || spec === undefined) return;
  const running: Running[] = [];
  for (const child of plannedChildren(plane, entity)) {
    const made = madeFrom(plane, child);
    if (made === undefined) continue;
    const leftOver = leftOverOf(plane, made);
    if (leftOver === undefined) running.push({ entity: child, spec: made.spec });
    else node.children.push(removed(plane, child, node, leftOver));
  }
  const { pairs, gone } = matchChildren(spec.children, running);
  const left = node.children.splice(0);
  node.children.push(...pairs.map(({ wanted, running: found }) => (found === undefined ? described(wanted, node, "add") : compared(plane, { entity: found.entity, spec: wanted, parent: node }, above))));
  node.children.push(...left, ...gone.map((each) => removed(plane, each.entity, node)));
}

/** What a change that was cut off left behind: a replacement that never took its place, or what had been replaced. */
function leftOverOf(plane: Plane, made: MadeFrom): string | undefined {
  if (made.isUnfinished === true) return "a change that was cut off left it half made";
  if (made.replaces !== undefined && plane.entity(made.replaces) !== undefined) return "a change that was cut off left it behind";
  return made.replacedBy !== undefined && plane.entity(made.replacedBy) !== undefined ? "a change that was cut off had replaced it" : undefined;
}

function removed(plane: Plane, entity: Entity, parent: PlanNode | undefined, reason?: string): PlanNode {
  const node = nodeOf({ entity, spec: undefined, parent, before: madeFrom(plane, entity)?.spec, action: "remove" });
  if (reason !== undefined) node.removalReason = reason;
  node.children.push(...plannedChildren(plane, entity).map((child) => removed(plane, child, node)));
  return node;
}

/** Whether anything is asked for that cannot be done while the application runs. */
export function refusals(node: PlanNode): Difference[] {
  return has(node, "refused") ? node.differences.filter(({ effect }) => effect === "refused") : [];
}
