import type { Entity } from "../../model/entity.ts";
import type { OwnSpec } from "../../model/made-from.ts";
import type { EntitySpec, Json } from "../../model/spec.ts";

/** What a difference asks for, from the least to the most. `refused`: nothing that can be done while the application runs. */
export const effects = ["none", "set", "resize", "restart", "roll", "replace", "refused"] as const;
export type Effect = (typeof effects)[number];

export type DifferenceKind = "type" | "location" | "name" | "id" | "icon" | "tag" | "config" | "parameter" | "policy" | "enricher" | "initializer" | "inherited" | "reference" | "members";

/** Something that the blueprint says otherwise than what runs. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** The config key, the policy's name, ... */
  readonly key: string;
  readonly change: "added" | "removed" | "changed";
  readonly from?: Json | undefined;
  readonly to?: Json | undefined;
  readonly effect: Effect;
  /** Why it needs more than to be set. */
  readonly reason?: string | undefined;
  /** Whether its values are secrets. */
  readonly isSecret?: boolean;
}

export type Action = "none" | "add" | "remove" | "replace" | "change";

/** An entity in a plan: what runs, what the blueprint says, and what leads from one to the other. */
export interface PlanNode {
  action: Action;
  /** What runs; absent for what is added. */
  readonly entity: Entity | undefined;
  /** What the blueprint says, children included; absent for what is removed. */
  readonly spec: EntitySpec | undefined;
  readonly before: OwnSpec | undefined;
  readonly parent: PlanNode | undefined;
  readonly children: PlanNode[];
  readonly differences: Difference[];
  /** Of a cluster whose size changes. */
  size?: { readonly from: number; readonly to: number };
  /** Members of a cluster that are of an older spec. */
  outdated: Entity[];
  /** How a replacement goes: the new one first, or, where both cannot be at once, the old one. */
  order: "start-first" | "stop-first";
  orderReason?: string;
  /** Why it is removed, where the blueprint is not the reason. */
  removalReason?: string;
  /** What is changed in one level may depend on what is changed in those below. */
  level: number;
}

export function strongest(differences: readonly Difference[]): Effect {
  return differences.reduce<Effect>((most, { effect }) => (effects.indexOf(effect) > effects.indexOf(most) ? effect : most), "none");
}

export function has(node: PlanNode, effect: Effect): boolean {
  return node.differences.some((each) => each.effect === effect);
}

/** Itself and all below it, parents first. */
export function* nodesIn(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.children) yield* nodesIn(child);
}

export function nameOf({ entity, spec }: PlanNode): string {
  return spec?.displayName ?? (entity?.hasAutomaticName === false ? entity.displayName : undefined) ?? spec?.planId ?? entity?.displayName ?? simple(spec?.typeName ?? spec?.type ?? "entity");
}

function simple(type: string): string {
  return type.slice(Math.max(type.lastIndexOf("."), type.lastIndexOf("$")) + 1);
}
