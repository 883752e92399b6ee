import { followConfig } from "../../../docker/infrastructure/follow-config.ts";
import { INFRASTRUCTURE } from "../../../docker/keys.ts";
import type { Adjunct } from "../../../model/adjunct.ts";
import type { Entity } from "../../../model/entity.ts";
import type { OwnSpec } from "../../../model/made-from.ts";
import type { AdjunctSpec, Json, JsonObject } from "../../../model/spec.ts";
import { isMachineLocation } from "../../../provider/location.ts";
import { settle } from "../../../software/stock/startable.ts";
import type { Plane } from "../../plane.ts";
import { pairAdjuncts } from "../compare-spec.ts";
import { isHolder } from "../effect-of-key.ts";
import { asJson, isSame, ownSpec } from "../made-from.ts";
import { nodesIn, type PlanNode } from "../plan-node.ts";

/**
 * Makes an entity's config, name, keys, initializers, policies and so on what the blueprint says. What runs is not touched: what it takes
 * beyond this comes after.
 */
export function setChange(plane: Plane, node: PlanNode): void {
  const { entity, spec, before, differences } = node;
  if (entity === undefined || spec === undefined || before === undefined) return;
  const after = ownSpec(spec);
  const differs = (kind: string) => differences.some((each) => each.kind === kind);
  if (differs("parameter") || differs("initializer")) plane.redefine(entity, { parameters: after.parameters, initializers: after.initializers });
  for (const { kind, key } of differences) if (kind === "config") entity.config.set(key, valueOf(entity, after.config, key));
  if (differs("config") && entity.is(INFRASTRUCTURE)) followConfig(entity);
  if (differs("name")) {
    if (after.displayName === undefined) entity.renameAutomatically();
    else entity.rename(after.displayName);
  }
  if (differs("id")) entity.redefine({ planId: after.planId });
  if (differs("icon")) entity.redefine({ iconUrl: after.iconUrl ?? entity.type.iconUrl });
  if (differs("type")) entity.redefine({ catalogItemId: after.catalogItemId });
  if (differs("location")) move(node, after);
  if (differs("tag")) setTags(entity, before, after);
  if (differs("enricher")) setAdjuncts(entity, before.enrichers, after.enrichers);
  if (differs("policy")) setAdjuncts(entity, before.policies, after.policies);
}

function valueOf(entity: Entity, config: JsonObject, key: string): Json | undefined {
  for (const [name, value] of Object.entries(config)) if (entity.config.canonicalName(name) === key) return value;
  return undefined;
}

/** The entity and the holders below it, which took the location from it, are where the blueprint says from now on. */
function move(node: PlanNode, after: OwnSpec): void {
  node.entity?.redefine({ locationReferences: after.locations });
  for (const { entity } of nodesIn(node)) {
    const isPlace = entity !== undefined && (entity === node.entity || (isHolder(entity.type) && entity.locationReferences === undefined));
    if (!isPlace || entity.locations.every((location) => isMachineLocation(location))) continue;
    for (const location of [...entity.locations]) if (!isMachineLocation(location)) entity.removeLocation(location);
    settle(entity, undefined);
  }
}

function setTags(entity: Entity, before: OwnSpec, after: OwnSpec): void {
  const isIn = (tag: Json, tags: readonly Json[]) => tags.some((each) => isSame(each, tag));
  const kept = entity.tags.filter((tag) => !isIn(tag, before.tags) || isIn(tag, after.tags));
  entity.tags.splice(0, entity.tags.length, ...kept, ...after.tags.filter((tag) => !isIn(tag, kept)));
  entity.touch();
}

function setAdjuncts(entity: Entity, before: readonly AdjunctSpec[], after: readonly AdjunctSpec[]): void {
  const used = new Set<Adjunct>();
  const live = (spec: AdjunctSpec): Adjunct | undefined => {
    const found = entity.adjuncts.find((each) => !each.isTransient && !used.has(each) && (spec.uniqueTag === undefined ? each.type.name === spec.type && each.displayName === (spec.name ?? each.type.displayName) : each.uniqueTag === spec.uniqueTag));
    if (found !== undefined) used.add(found);
    return found;
  };
  const { pairs, gone } = pairAdjuncts(before, after);
  const kept = pairs.map(([old, now]) => [old, now, old === undefined ? undefined : live(old)] as const);
  for (const each of gone) {
    const adjunct = live(each);
    if (adjunct !== undefined) entity.removeAdjunct(adjunct);
  }
  for (const [old, now, adjunct] of kept) {
    if (old !== undefined && adjunct !== undefined && isSame(asJson(old), asJson(now))) continue;
    if (old === undefined || adjunct === undefined || !reconfigured(adjunct, old, now)) {
      if (adjunct !== undefined) entity.removeAdjunct(adjunct);
      entity.addAdjunct(now, { suspended: adjunct?.isSuspended ?? false });
    }
  }
}

/** Whether the change could be made in place. */
function reconfigured(adjunct: Adjunct, old: AdjunctSpec, now: AdjunctSpec): boolean {
  if (old.name !== now.name || old.uniqueTag !== now.uniqueTag) return false;
  const keys = [...new Set([...Object.keys(old.config), ...Object.keys(now.config)])].filter((key) => !isSame(old.config[key], now.config[key]));
  const canChange = keys.every((name) => adjunct.type.config.some((key) => key.name === name && key.reconfigurable));
  if (!canChange) return false;
  for (const key of keys) adjunct.reconfigure(key, now.config[key]);
  return true;
}
