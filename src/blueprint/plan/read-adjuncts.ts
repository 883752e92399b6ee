import type { AdjunctType, InitializerType } from "../../model/adjunct.ts";
import type { ConfigKey } from "../../model/config-key.ts";
import type { AdjunctSpec, Json, JsonObject } from "../../model/spec.ts";
import { catalogId } from "../catalog/catalog-item.ts";
import { isDeferred } from "../dsl/deferred.ts";
import { renamedType } from "../rename-table.ts";
import { Cursor, isMap } from "./cursor.ts";
import { readConfigValue } from "./read-config.ts";
import { candidateNames, catalogItemFor, failUnknownType, splitPrefix } from "./type-names.ts";

type Kind = "policy" | "enricher" | "initializer";

const sections: Readonly<Record<Kind, string>> = { policy: "brooklyn.policies", enricher: "brooklyn.enrichers", initializer: "brooklyn.initializers" };

export interface Adjuncts {
  policies: AdjunctSpec[];
  enrichers: AdjunctSpec[];
  initializers: AdjunctSpec[];
}

/**
 * `brooklyn.policies`, `brooklyn.enrichers` and `brooklyn.initializers` of a plan (reference, 3.7). What a type is decides where it
 * goes: ServiceFailureDetector was a policy in 2014 and is an enricher today.
 */
export function readAdjuncts(plan: Cursor): Adjuncts {
  const adjuncts: Adjuncts = { policies: [], enrichers: [], initializers: [] };
  for (const kind of ["policy", "enricher"] as const) {
    for (const item of plan.get(sections[kind])?.items(sections[kind]) ?? []) {
      item.orNote(() => {
        const { spec, type } = readAdjunct(item, kind);
        if (type?.kind === "enricher") adjuncts.enrichers.push(spec);
        else adjuncts.policies.push(spec);
      }, undefined);
    }
  }
  for (const item of plan.get(sections.initializer)?.items(sections.initializer) ?? []) adjuncts.initializers.push(...item.orNote(() => [readInitializer(item)], []));
  return adjuncts;
}

function readAdjunct(cursor: Cursor, kind: Kind): { spec: AdjunctSpec; type: AdjunctType | undefined } {
  const place = typeOf(cursor, kind);
  const { bare, inCatalog } = splitPrefix(place.text("a type").trim());
  for (const name of candidateNames(bare)) {
    const item = inCatalog ? catalogItemFor(name, cursor.reading) : undefined;
    if (item !== undefined && (item.itemType === "policy" || item.itemType === "enricher")) {
      if (cursor.reading.items.includes(catalogId(item))) return place.fail(`catalog item "${catalogId(item)}" is made from itself: ${[...cursor.reading.items, catalogId(item)].join(" → ")}`);
      const base = readAdjunct(new Cursor(item.plan, [], { ...cursor.reading, document: undefined, items: [...cursor.reading.items, catalogId(item)] }), kind);
      return { type: base.type, spec: withOwn(cursor, base.spec, base.type) };
    }
    const type = cursor.reading.types.adjunctType(name);
    if (type !== undefined) return { type, spec: withOwn(cursor, { type: type.name, config: {} }, type) };
  }
  return failUnknownType(place, bare, kind);
}

function readInitializer(cursor: Cursor): AdjunctSpec {
  return readInitializerOfType(cursor).spec;
}

/** A catalog item of an initializer (a bean) stands for its type with its config. */
function readInitializerOfType(cursor: Cursor): { spec: AdjunctSpec; type: InitializerType | undefined } {
  const place = typeOf(cursor, "initializer");
  const { bare, inCatalog } = splitPrefix(place.text("a type").trim());
  const { types } = cursor.reading;
  for (const name of candidateNames(bare)) {
    const item = inCatalog ? catalogItemFor(name, cursor.reading) : undefined;
    if (item?.itemType === "bean") {
      if (cursor.reading.items.includes(catalogId(item))) return place.fail(`catalog item "${catalogId(item)}" is made from itself: ${[...cursor.reading.items, catalogId(item)].join(" → ")}`);
      const base = readInitializerOfType(new Cursor(item.plan, [], { ...cursor.reading, document: undefined, items: [...cursor.reading.items, catalogId(item)] }));
      return { type: base.type, spec: withOwn(cursor, base.spec, base.type) };
    }
    const type = types.initializerType?.(name);
    if (type !== undefined) return { type, spec: withOwn(cursor, { type: type.name, config: {} }, type) };
    if (types.knownInitializer?.(name) === true) return { type: undefined, spec: withOwn(cursor, { type: name, config: {} }, undefined) };
  }
  const isOpen = types.initializerType === undefined && types.knownInitializer === undefined;
  return isOpen ? { type: undefined, spec: withOwn(cursor, { type: renamedType(bare), config: {} }, undefined) } : failUnknownType(place, bare, "initializer");
}

function typeOf(cursor: Cursor, kind: Kind): Cursor {
  if (!isMap(cursor.value)) return cursor.fail(`each item of ${sections[kind]} must be a map with a type`);
  const found = [`${kind}Type`, `${kind}_type`, "type", "(type)"].map((key) => cursor.get(key)).find((each) => each !== undefined);
  return found ?? cursor.fail(`an item of ${sections[kind]} needs a type`);
}

/** The name, tag and config that stand beside a type. */
function withOwn(cursor: Cursor, base: AdjunctSpec, type: AdjunctType | InitializerType | undefined): AdjunctSpec {
  const config = { ...base.config, ...readConfig(cursor, type) };
  // The flag `name` of every policy and enricher may stand in its config; that of an initializer is what it makes.
  const flag = type !== undefined && "kind" in type ? config["name"] : undefined;
  const name = cursor.get("name")?.text("name") ?? (typeof flag === "string" && !isDeferred(flag) ? flag : undefined) ?? base.name;
  const uniqueTag = cursor.get("uniqueTag")?.text("uniqueTag") ?? base.uniqueTag;
  const planId = cursor.get("id")?.text("id") ?? base.planId;
  const tags = [...(base.tags ?? []), ...(cursor.get("tags")?.items("tags").map((tag) => tag.value) ?? [])];
  for (const [key, each] of cursor.entries("an item")) if (!beside.has(key)) each.warn(`"${key}" is ignored: config of policies, enrichers and initializers goes under brooklyn.config`);
  return {
    type: base.type,
    ...(name === undefined ? {} : { name }),
    ...(uniqueTag === undefined ? {} : { uniqueTag }),
    ...(planId === undefined ? {} : { planId }),
    ...(tags.length === 0 ? {} : { tags }),
    config,
  };
}

const beside = new Set(["type", "(type)", "name", "id", "tags", "uniqueTag", "brooklyn.config", ...["policy", "enricher", "initializer"].flatMap((kind) => [`${kind}Type`, `${kind}_type`])]);

function readConfig(cursor: Cursor, type: AdjunctType | InitializerType | undefined): JsonObject {
  const keys = new Map<string, ConfigKey>();
  for (const key of type?.config ?? []) for (const name of [...key.aliases, key.name]) keys.set(name, key);
  const config = new Map<string, Json>();
  for (const [name, value] of cursor.get("brooklyn.config")?.entries("brooklyn.config") ?? []) {
    const key = keys.get(name);
    config.set(key?.name ?? name, readConfigValue(value, key, type?.displayName ?? "an initializer"));
  }
  return Object.fromEntries(config);
}
