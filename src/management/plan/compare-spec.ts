import { KeyTable } from "../../blueprint/plan/key-table.ts";
import type { ConfigKey } from "../../model/config-key.ts";
import type { EntityType } from "../../model/entity-type.ts";
import type { OwnSpec } from "../../model/made-from.ts";
import type { AdjunctSpec, Json, JsonObject } from "../../model/spec.ts";
import { isSecretName } from "../secrets/secret-names.ts";
import type { Types } from "../types.ts";
import { effectOfKey } from "./effect-of-key.ts";
import { asJson, isSame } from "./made-from.ts";
import type { Difference } from "./plan-node.ts";

export interface Comparison {
  readonly types: Types;
  readonly before: OwnSpec;
  readonly after: OwnSpec;
  /** Whether its machine is a container. */
  readonly inContainer: boolean;
  /** The application itself can't be replaced. */
  readonly isRoot: boolean;
}

/** Everything that one entity's specs say differently, children aside, with what it takes to make it so. */
export function compareSpecs(comparison: Comparison): Difference[] {
  const { before, after, types, isRoot } = comparison;
  const type = types.entityType(after.type);
  const differences = [...typeDifferences(comparison), ...labelDifferences(comparison)];
  // Of another type everything is new anyway.
  if (type === undefined || before.type !== after.type) return differences;
  const keys = new KeyTable(type, [...before.parameters, ...after.parameters], (name) => types.valueType(name));
  differences.push(...configDifferences(comparison, type, keys), ...parameterDifferences(comparison, type, keys));
  for (const [kind, from, to] of [["policy", before.policies, after.policies], ["enricher", before.enrichers, after.enrichers]] as const) differences.push(...adjunctDifferences(kind, from, to));
  differences.push(...initializerDifferences(before.initializers, after.initializers, isRoot));
  return differences;
}

function* typeDifferences({ before, after, isRoot }: Comparison): Generator<Difference> {
  const effect = isRoot ? "refused" : "replace";
  if (before.type !== after.type || before.typeName !== after.typeName) {
    yield { kind: "type", key: "type", change: "changed", from: before.typeName ?? before.type, to: after.typeName ?? after.type, effect, reason: isRoot ? "an application keeps its type" : "it is another type" };
  } else if (before.catalogItemId !== after.catalogItemId) {
    yield { kind: "type", key: "catalog item", change: "changed", from: before.catalogItemId ?? null, to: after.catalogItemId ?? null, effect: isRoot ? "set" : "replace", reason: "it is of another catalog item" };
  }
}

/** Name, id, icon and tags: nothing that runs knows of them. Locations are compared along the tree. */
function* labelDifferences({ before, after }: Comparison): Generator<Difference> {
  for (const [kind, key, field] of [["name", "name", "displayName"], ["id", "id", "planId"], ["icon", "iconUrl", "iconUrl"]] as const) {
    if (before[field] !== after[field]) yield changed(kind, key, before[field], after[field], "set");
  }
  const [from, to] = [before.tags, after.tags];
  for (const tag of from) if (!to.some((each) => isSame(each, tag))) yield { kind: "tag", key: "tag", change: "removed", from: tag, effect: "set" };
  for (const tag of to) if (!from.some((each) => isSame(each, tag))) yield { kind: "tag", key: "tag", change: "added", to: tag, effect: "set" };
}

function* configDifferences({ before, after, inContainer }: Comparison, type: EntityType, keys: KeyTable): Generator<Difference> {
  const [from, to] = [canonical(before.config, keys), canonical(after.config, keys)];
  for (const name of new Set([...from.keys(), ...to.keys()])) {
    const key = keys.key(name);
    const [old, now] = [from.get(name), to.get(name)];
    if (isSame(old, now) || isSameCoerced(key, old, now)) continue;
    const { effect, reason } = effectOfKey(type, name, key, inContainer);
    const isSecret = key?.secret === true || isSecretName(name);
    yield { ...changed("config", name, old, now, effect), reason, ...(isSecret ? { isSecret } : {}) };
  }
}

function canonical(config: JsonObject, keys: KeyTable): Map<string, Json> {
  return new Map(Object.entries(config).map(([name, value]) => [keys.canonicalName(name), value]));
}

/** `5m` and `300s` are the same time. */
function isSameCoerced(key: ConfigKey | undefined, a: Json | undefined, b: Json | undefined): boolean {
  if (key === undefined || a === undefined || b === undefined || a === null || b === null || typeof a === "object" || typeof b === "object") return false;
  try {
    return isSame(key.type.toJson(key.type.coerce(a)) as Json, key.type.toJson(key.type.coerce(b)) as Json);
  } catch {
    // An expression, or what is refused anyway: as it is written, it differs.
    return false;
  }
}

/** A declared key counts as changed where its default is what holds. */
function* parameterDifferences({ before, after, inContainer }: Comparison, type: EntityType, keys: KeyTable): Generator<Difference> {
  const [from, to] = [new Map(before.parameters.map((each) => [each.name, each])), new Map(after.parameters.map((each) => [each.name, each]))];
  for (const name of new Set([...from.keys(), ...to.keys()])) {
    const [old, now] = [from.get(name), to.get(name)];
    if (isSame(old === undefined ? undefined : asJson(old), now === undefined ? undefined : asJson(now))) continue;
    const [was, is] = [old?.default, now?.default];
    const holds = !isSame(was, is) && after.config[name] === undefined && before.config[name] === undefined;
    const { effect, reason } = holds ? effectOfKey(type, name, keys.key(name), inContainer) : { effect: "set" as const, reason: undefined };
    const isSecret = keys.key(name)?.secret === true || isSecretName(name);
    const change = old === undefined ? "added" : now === undefined ? "removed" : "changed";
    yield { kind: "parameter", key: name, change, from: was, to: is, effect, reason, ...(isSecret ? { isSecret } : {}) };
  }
}

/** Pairs policies and enrichers by unique tag, else by name, else by type in order. */
export function pairAdjuncts(before: readonly AdjunctSpec[], after: readonly AdjunctSpec[]): { pairs: [AdjunctSpec | undefined, AdjunctSpec][]; gone: AdjunctSpec[] } {
  const left = [...before];
  const take = (fits: (each: AdjunctSpec) => boolean): AdjunctSpec | undefined => {
    const index = left.findIndex(fits);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const pairs = new Map<AdjunctSpec, AdjunctSpec | undefined>(after.map((each) => [each, undefined]));
  const pass = (fits: (old: AdjunctSpec, now: AdjunctSpec) => boolean) => {
    for (const now of after) if (pairs.get(now) === undefined) pairs.set(now, take((old) => fits(old, now)));
  };
  pass((old, now) => now.uniqueTag !== undefined && old.uniqueTag === now.uniqueTag);
  pass((old, now) => old.type === now.type && old.name === now.name && old.uniqueTag === undefined && now.uniqueTag === undefined && isSame(old.config, now.config));
  pass((old, now) => old.type === now.type && old.name === now.name && old.uniqueTag === undefined && now.uniqueTag === undefined);
  return { pairs: after.map((each) => [pairs.get(each), each]), gone: left };
}

export function shownAdjunct({ name, type }: AdjunctSpec): string {
  return name ?? type.slice(Math.max(type.lastIndexOf("."), type.lastIndexOf("$")) + 1);
}

function* adjunctDifferences(kind: "policy" | "enricher", before: readonly AdjunctSpec[], after: readonly AdjunctSpec[]): Generator<Difference> {
  const { pairs, gone } = pairAdjuncts(before, after);
  for (const each of gone) yield { kind, key: shownAdjunct(each), change: "removed", from: asJson(each.config), effect: "set" };
  for (const [old, now] of pairs) {
    if (old === undefined) yield { kind, key: shownAdjunct(now), change: "added", to: asJson(now.config), effect: "set" };
    else if (!isSame(asJson(old), asJson(now))) yield { kind, key: shownAdjunct(now), change: "changed", from: asJson(old.config), to: asJson(now.config), effect: "set" };
  }
}

/** What an initializer has added to an entity stays there: only a new one can be applied to what runs. */
function* initializerDifferences(before: readonly AdjunctSpec[], after: readonly AdjunctSpec[], isRoot: boolean): Generator<Difference> {
  const isIn = (each: AdjunctSpec, list: readonly AdjunctSpec[]) => list.some((other) => isSame(asJson(other), asJson(each)));
  const reason = "what an initializer added stays until the entity is made anew";
  for (const each of before) {
    if (!isIn(each, after)) yield { kind: "initializer", key: labelOf(each), change: "removed", from: asJson(each.config), effect: isRoot ? "refused" : "replace", reason };
  }
  for (const each of after) if (!isIn(each, before)) yield { kind: "initializer", key: labelOf(each), change: "added", to: asJson(each.config), effect: "set" };
}

function labelOf(each: AdjunctSpec): string {
  const { name } = each.config;
  return typeof name === "string" ? `${shownAdjunct(each)} ${name}` : shownAdjunct(each);
}

function changed(kind: Difference["kind"], key: string, from: Json | undefined, to: Json | undefined, effect: Difference["effect"]): Difference {
  return { kind, key, change: from === undefined ? "added" : to === undefined ? "removed" : "changed", from, to, effect };
}
