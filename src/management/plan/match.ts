import type { Entity } from "../../model/entity.ts";
import type { OwnSpec } from "../../model/made-from.ts";
import type { EntitySpec } from "../../model/spec.ts";

export interface Running {
  readonly entity: Entity;
  readonly spec: OwnSpec;
}

export interface Matched {
  readonly pairs: { readonly wanted: EntitySpec; readonly running: Running | undefined }[];
  /** What runs and is not wanted any more. */
  readonly gone: Running[];
}

/**
 * Finds for each child that a blueprint wants the one that runs: by the plan's `id`, else by name, else by type and its place among those
 * of the type. What has an id is never taken for something with another.
 */
export function matchChildren(wanted: readonly EntitySpec[], running: readonly Running[]): Matched {
  const left = new Set(running);
  const found = new Map<EntitySpec, Running>();
  const pair = (fits: (spec: EntitySpec, other: Running) => boolean) => {
    for (const spec of wanted) {
      if (found.has(spec)) continue;
      for (const other of left) {
        if (!fits(spec, other)) continue;
        found.set(spec, other);
        left.delete(other);
        break;
      }
    }
  };
  const isOther = (spec: EntitySpec, { spec: { planId } }: Running) => spec.planId !== undefined && planId !== undefined && spec.planId !== planId;
  pair((spec, other) => spec.planId !== undefined && spec.planId === other.spec.planId);
  pair((spec, other) => !isOther(spec, other) && spec.displayName !== undefined && spec.displayName === other.spec.displayName && spec.type === other.spec.type);
  pair((spec, other) => !isOther(spec, other) && spec.displayName !== undefined && spec.displayName === other.spec.displayName);
  // With an id or a name on both sides they are others; of one that has neither, only the type is known.
  pair((spec, other) => spec.type === other.spec.type && !isOther(spec, other) && (!isNamed(spec) || !isNamed(other.spec)));
  return { pairs: wanted.map((spec) => ({ wanted: spec, running: found.get(spec) })), gone: [...left] };
}

function isNamed({ planId, displayName }: OwnSpec): boolean {
  return planId !== undefined || displayName !== undefined;
}
