import { Entity } from "../../model/entity.ts";
import { nearest } from "../../model/nearest.ts";
import { dslError, type Resolution } from "./resolution.ts";

/** The scopes of `component("scope", "id")`, each with the entities it looks among, nearest first. */
const scopes: Readonly<Record<string, (from: Entity) => Iterable<Entity>>> = {
  global: nearestFirst,
  applications: (from) => from.management.applications(),
  child: (from) => from.children,
  sibling: (from) => (from.parent === undefined ? [] : from.parent.children.filter((each) => each !== from)),
  descendant: (from) => breadthFirst(from.children),
  ancestor: ancestorsOf,
  members: (from) => from.members.values(),
  membersonly: (from) => from.members.values(),
};

/** Scopes that are one entity: the id, if given, is not looked at. */
const places: Readonly<Record<string, (from: Entity) => Entity | undefined>> = {
  this: (from) => from,
  self: (from) => from,
  parent: (from) => from.parent,
  root: (from) => from.application,
  application: (from) => from.application,
  scoperoot: scopeRoot,
};

/**
 * The entity that `component("id")` and its like find: by the `id` of the plan first, then by entity id; never outside the application,
 * nearest first (reference, section 4).
 * @throws ClockerError `invalid-value`: `No entity matching id '...'`
 */
export function findEntity(from: Entity, scope: string, id: string, resolution: Resolution): Entity {
  const word = scope.replaceAll(/[-_]/g, "").toLowerCase();
  const place = Object.hasOwn(places, word) ? places[word] : undefined;
  const candidates = Object.hasOwn(scopes, word) ? scopes[word] : undefined;
  if (place === undefined && candidates === undefined) throw dslError(`Unknown scope "${scope}" in component("${scope}", "${id}")`, resolution, `Scopes are ${[...Object.keys(scopes), ...Object.keys(places)].join(", ")}`);
  const found = place?.(from) ?? firstMatch(candidates?.(from) ?? [], id);
  if (found !== undefined) return found;
  const known = [...from.application.descendants()].flatMap((each) => each.planId ?? []);
  const near = nearest(id, known);
  const remedy = near !== undefined ? `Did you mean "${near}"?` : known.length === 0 ? "No entity of this application has an id" : `Ids in this application: ${[...new Set(known)].slice(0, 20).join(", ")}`;
  throw dslError(`No entity matching id '${id}'${word === "global" ? "" : ` in scope ${scope}`} from "${from.displayName}"`, resolution, remedy);
}

/** The root of the catalog item from which an entity came, as Brooklyn finds it: the highest with the same item. */
export function scopeRoot(from: Entity): Entity {
  let root = from;
  while (root.parent !== undefined && root.parent.catalogItemId === from.catalogItemId) root = root.parent;
  return root;
}

/** The entity that a resolved value is or refers to. */
export function asEntity(value: unknown, scope: Entity): Entity | undefined {
  if (value instanceof Entity) return value;
  if (typeof value !== "object" || value === null || !("id" in value) || typeof value.id !== "string") return undefined;
  return scope.management.entity(value.id);
}

function firstMatch(candidates: Iterable<Entity>, id: string): Entity | undefined {
  let byEntityId: Entity | undefined;
  for (const each of candidates) {
    if (each.planId === id) return each;
    if (byEntityId === undefined && each.id === id) byEntityId = each;
  }
  return byEntityId;
}

/** The entity and what is below it, then what is below its parent, and so on up to the application. */
function* nearestFirst(from: Entity): Generator<Entity> {
  let seen: Entity | undefined;
  for (const top of [from, ...ancestorsOf(from)]) {
    yield top;
    yield* breadthFirst(top.children.filter((child) => child !== seen));
    seen = top;
  }
}

function* breadthFirst(start: readonly Entity[]): Generator<Entity> {
  const queue = [...start];
  for (let next = 0; next < queue.length; next++) {
    const each = queue[next];
    if (each === undefined) return;
    yield each;
    queue.push(...each.children);
  }
}

function* ancestorsOf(from: Entity): Generator<Entity> {
  for (let each = from.parent; each !== undefined; each = each.parent) yield each;
}
