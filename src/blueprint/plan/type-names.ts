import { simpleName } from "../../model/entity-type.ts";
import { nearest } from "../../model/nearest.ts";
import type { BlueprintTypes } from "../blueprint-types.ts";
import type { CatalogItem } from "../catalog/catalog-item.ts";
import { fullName, renamedType, shortNames } from "../rename-table.ts";
import type { Cursor, Reading } from "./cursor.ts";

/**
 * The names under which to look for what `type:` names, in order: as written, then what a short name stands for, then today's
 * name of an older one (reference, 3.8).
 */
export function candidateNames(name: string): string[] {
  const full = fullName(name);
  return [...new Set([name, ...(full === undefined ? [] : [full]), renamedType(name)])];
}

/** `catalog:`, `java:` and `brooklyn:` before a type's name say where to look for it. */
export function splitPrefix(name: string): { bare: string; inCatalog: boolean; inTypes: boolean } {
  const match = /^(catalog|java|brooklyn):(?=\S)/.exec(name);
  return { bare: match === null ? name : name.slice(match[0].length), inCatalog: match?.[1] !== "java", inTypes: match?.[1] !== "catalog" };
}

/** The catalog item of a name, unless it is the one that is being read: that falls through to the registered type of the same name. */
export function catalogItemFor(name: string, reading: Reading): CatalogItem | undefined {
  const item = reading.types.catalogItem(name);
  return item === undefined || isSelf(item, reading) ? undefined : item;
}

/** @throws ClockerError `unknown-type`, with the place and the nearest names */
export function failUnknownType(cursor: Cursor, name: string, what = "type"): never {
  failMisplaced(cursor, name, what);
  const fits = fitting(what, cursor.reading.types);
  const known = [...new Set([...cursor.reading.types.knownTypeNames(), ...shortNames.keys()])].filter((each) => fits(each) || fits(shortNames.get(each) ?? each));
  const candidates = nearNames(name, known);
  const [first, ...others] = candidates;
  const remedy =
    first === undefined ? "The catalog lists the types there are" : `Did you mean "${first}"${others.length === 0 ? "" : `, or ${others.map((each) => `"${each}"`).join(", ")}`}?`;
  return cursor.fail(`unknown ${what} "${name}"`, { code: "unknown-type", part: "value", remedy, details: { type: name, candidates } });
}

const sections: Readonly<Record<string, string>> = { policy: "brooklyn.policies", enricher: "brooklyn.enrichers", initializer: "brooklyn.initializers" };

/** What is known, and is something else than what is wanted, says where it goes. */
function failMisplaced(cursor: Cursor, name: string, what: string): void {
  const { types } = cursor.reading;
  for (const each of candidateNames(name)) {
    const adjunct = types.adjunctType(each);
    const kind = adjunct?.kind ?? (types.initializerType?.(each) === undefined ? undefined : "initializer");
    if (kind !== undefined && kind !== what) {
      cursor.fail(`"${name}" is a kind of ${kind} and not of ${what === "type" ? "entity" : what}`, { code: "unknown-type", part: "value", remedy: `It goes under ${sections[kind]}`, details: { type: name, kind } });
    }
    const isEntity = types.entityType(each) !== undefined || (types.catalogItem(each) !== undefined && ["entity", "application", "template"].includes(types.catalogItem(each)?.itemType ?? ""));
    if (what !== "type" && isEntity) {
      cursor.fail(`"${name}" is a kind of entity and not of ${what}`, { code: "unknown-type", part: "value", remedy: "It goes under services, or under brooklyn.children", details: { type: name, kind: "entity" } });
    }
  }
}

/** Whether a name is one of what is wanted: a policy's name is no help where an entity's is missing. */
function fitting(what: string, types: BlueprintTypes): (name: string) => boolean {
  if (what === "initializer") return (name) => types.initializerType?.(name) !== undefined;
  if (what === "type") return (name) => types.entityType(name) !== undefined || types.catalogItem(name) !== undefined;
  return (name) => types.adjunctType(name) !== undefined || types.catalogItem(name) !== undefined;
}

function isSelf(item: CatalogItem, reading: Reading): boolean {
  return reading.items.at(-1) === `${item.id}:${item.version}`;
}

/** Types with that simple name first, then the nearest in writing, under today's name too. */
function nearNames(name: string, known: readonly string[]): string[] {
  const simple = simpleName(name).toLowerCase();
  const sameSimple = known.filter((each) => simpleName(each).toLowerCase() === simple);
  const nearSimple = nearest(simpleName(name), known.map(simpleName));
  const bySimple = nearSimple === undefined ? [] : known.filter((each) => simpleName(each) === nearSimple);
  const whole = [nearest(name, known), nearest(renamedType(name), known)].filter((each) => each !== undefined);
  return [...new Set([...sameSimple, ...whole, ...bySimple])].slice(0, 3);
}
