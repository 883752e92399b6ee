import { usesOf } from "../../blueprint/dsl/uses.ts";
import { DIRECT_PORTS, HOST_VOLUMES, PORT_BINDINGS } from "../../docker/keys.ts";
import type { Entity } from "../../model/entity.ts";
import type { EntitySpec, Json } from "../../model/spec.ts";
import { isEntitySpec, PortRange, types } from "../../model/types/index.ts";
import { MEMBER_SPEC } from "../../software/group/cluster-keys.ts";
import { machineOf } from "../../software/process/provision.ts";
import { PROVISIONING_LOCATION } from "../../software/stock/attributes.ts";
import type { Types } from "../types.ts";
import { effectOfAnew, settleAction } from "./compare-tree.ts";
import { type Effect, nameOf, nodesIn, type PlanNode } from "./plan-node.ts";

/**
 * What uses an entity that is replaced must learn of the new one: processes are restarted, containers and members made anew. That may make
 * others do so in turn.
 */
export function followReferences(root: PlanNode, types: Types): void {
  const nodes = [...nodesIn(root)].filter(({ spec, action }) => spec !== undefined && action !== "add" && action !== "remove");
  for (let goesOn = true; goesOn; ) {
    goesOn = false;
    const replaced = new Map(nodes.filter(({ action }) => action === "replace").flatMap((node) => (node.spec?.planId === undefined ? [] : [[node.spec.planId, node] as const])));
    for (const node of nodes) {
      if (node.action === "replace" || node.entity === undefined) continue;
      const effect = effectOfReference(node, types);
      const known = new Set(node.differences.filter(({ kind }) => kind === "reference").map(({ key }) => key));
      for (const id of effect === undefined ? [] : referencesOf(node)) {
        const target = replaced.get(id);
        if (target === undefined || known.has(id) || target === node || isBelow(node, target)) continue;
        node.differences.push({ kind: "reference", key: id, change: "changed", effect: effect ?? "set", reason: `it uses "${nameOf(target)}", which is replaced` });
        if (effect === "roll") node.outdated = [...node.entity.members.values()].filter(({ parent }) => parent === node.entity);
        settleAction(node);
        goesOn = true;
      }
    }
  }
}

/** Puts what is changed into levels: what uses something that is added or replaced comes after it. Who uses each other in a circle share one. */
export function settleLevels(root: PlanNode): void {
  const nodes = [...nodesIn(root)].filter(({ action, parent }) => action !== "none" && action !== "remove" && !isWithin(parent));
  const byId = new Map(nodes.flatMap((node) => idsIn(node.spec).map((id) => [id, node] as const)));
  const settled = new Map<PlanNode, number>();
  const levelOf = (node: PlanNode, above: ReadonlySet<PlanNode>): number => {
    const known = settled.get(node);
    if (known !== undefined) return known;
    let level = 0;
    for (const id of referencesOf(node)) {
      const target = byId.get(id);
      if (target !== undefined && target !== node && !above.has(target) && above.size < LONGEST_CHAIN) level = Math.max(level, 1 + levelOf(target, new Set([...above, node])));
    }
    settled.set(node, level);
    return level;
  };
  for (const node of nodes) node.level = levelOf(node, new Set());
}

/** Of entities that use each other: what is further away counts as independent. */
const LONGEST_CHAIN = 500;

/** What is added or replaced as a whole is one piece of work. */
function isWithin(parent: PlanNode | undefined): boolean {
  return parent !== undefined && (parent.action === "add" || parent.action === "replace");
}

function idsIn(spec: EntitySpec | undefined): string[] {
  return spec === undefined ? [] : [...(spec.planId === undefined ? [] : [spec.planId]), ...spec.children.flatMap(idsIn)];
}

/** The ids that an entity's config names, its own and that which it reads above it; of what is made anew, its children's too. */
export function referencesOf(node: PlanNode): Set<string> {
  const found = new Set<string>();
  const visit = (spec: EntitySpec, isWhole: boolean) => {
    const uses = Object.values(spec.config).map((value) => usesOf(value));
    for (const { entities } of uses) for (const id of entities) found.add(id);
    for (const id of aboveReferences(node, new Set(uses.flatMap(({ config }) => [...config])))) found.add(id);
    for (const value of Object.values(spec.config)) if (isEntitySpec(value)) visit(value, true);
    if (isWhole) spec.children.forEach((child) => visit(child, true));
  };
  if (node.spec !== undefined) visit(node.spec, node.action === "add" || node.action === "replace");
  return found;
}

/** Through `config("key")` of what stands above. */
function* aboveReferences(node: PlanNode, keys: ReadonlySet<string>): Generator<string> {
  for (let above = node.parent; above !== undefined; above = above.parent) {
    for (const [key, value] of Object.entries(above.spec?.config ?? {})) if (keys.has(key)) yield* usesOf(value).entities;
  }
}

/** A holder has nothing of its own that reads config; a cluster only where its members do. */
function effectOfReference({ spec }: PlanNode, types: Types): Effect | undefined {
  const effect = effectOfAnew(types.entityType(spec?.type ?? ""));
  if (effect === "roll" && !isEntitySpec(spec?.config[MEMBER_SPEC.name])) return undefined;
  return effect === "set" ? undefined : effect;
}

function isBelow(node: PlanNode, above: PlanNode): boolean {
  for (let each = node.parent; each !== undefined; each = each.parent) if (each === above) return true;
  return false;
}

/** Whether the new one of a replacement can start beside the old one, and if not, why. */
export function settleOrder(node: PlanNode, types: Types, asked: PlanNode["order"] | undefined): void {
  const clash = asked === undefined ? clashOf(node, types) : undefined;
  node.order = asked ?? (clash === undefined ? "start-first" : "stop-first");
  if (clash !== undefined) node.orderReason = clash;
}

function clashOf(node: PlanNode, types: Types): string | undefined {
  const specs = specsOf(node);
  for (const spec of specs) {
    const value = (name: string): Json | undefined => spec.config[name] ?? node.entity?.config.find({ name, aliases: [], inherited: true })?.raw;
    const ports = [...listed(value(DIRECT_PORTS.name)), ...Object.keys(asMap(value(PORT_BINDINGS.name)))];
    if (ports.length > 0) return `both would publish port ${ports.join(", ")} of the host`;
    const folders = Object.keys(asMap(value(HOST_VOLUMES.name)));
    if (folders.length > 0) return `both would use ${folders.join(", ")} of the host`;
    const port = sharesMachine(node.entity) ? fixedPort(spec, types) : undefined;
    if (port !== undefined) return `both would take port ${port} of the machine`;
  }
  return undefined;
}

function specsOf({ spec }: PlanNode): EntitySpec[] {
  const member = spec?.config[MEMBER_SPEC.name];
  return isEntitySpec(member) ? [member] : spec === undefined ? [] : [spec];
}

/** On this computer, or on a machine that somebody else has obtained. */
function sharesMachine(entity: Entity | undefined): boolean {
  const [first] = entity?.members.values() ?? [];
  const stands = entity === undefined ? undefined : machineOf(entity) === undefined ? first : entity;
  const machine = stands === undefined ? undefined : machineOf(stands);
  if (stands === undefined || machine === undefined) return false;
  return stands.get(PROVISIONING_LOCATION) === undefined || /localhost/i.test(machine.parent.type);
}

function fixedPort(spec: EntitySpec, known: Types): number | undefined {
  for (const key of known.entityType(spec.type)?.config.values() ?? []) {
    if (key.type.name !== types.portRange.name) continue;
    const value: unknown = spec.config[key.name] === undefined ? key.defaultValue : coercedOrNothing(key.type, spec.config[key.name]);
    if (value instanceof PortRange && value.spans.length === 1 && value.spans[0]?.[0] === value.spans[0]?.[1]) return value.first;
  }
  return undefined;
}

function coercedOrNothing(type: { coerce(value: unknown): unknown }, value: unknown): unknown {
  try {
    return type.coerce(value);
  } catch {
    // An expression: known when it starts.
    return undefined;
  }
}

function listed(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

function asMap(value: Json | undefined): Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Object.keys(value).some((key) => key.startsWith("$brooklyn:")) ? value : {};
}
