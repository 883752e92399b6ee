import type { Plane } from "../../management/plane.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Task } from "../../model/task.ts";
import { pathOf } from "../shapes/found.ts";
import { notFound } from "./find.ts";

/** Candidates that the error of an ambiguous name lists. */
const MOST_LISTED = 8;

/**
 * The entity that is meant, whichever way it is named: by its id, its name, a path of names or ids from the application down that may leave levels out
 * (`shop/web`), its id in the blueprint, or the unique beginning of an id or name. The first of these ways that fits anything decides.
 * @throws ClockerError `not-found` with the nearest name, `conflict` with the candidates where several are meant.
 */
export function findEntityAnyhow(plane: Plane, token: string): Entity {
  const byId = plane.entity(token);
  if (byId !== undefined) return byId;
  for (const way of waysOf(plane, token)) {
    const found = [...new Set(way)];
    if (found.length === 1 && found[0] !== undefined) return found[0];
    if (found.length > 1) throw ambiguous(token, found.map((entity) => `${pathOf(entity)} (${entity.id})`));
  }
  throw notFound(`There is no application or entity '${token}'`, token, [...plane.entities.all()].map((entity) => entity.displayName));
}

/** An entity, or a task by its id or the unique beginning of it. Entities come first. @throws as findEntityAnyhow */
export function findAnything(plane: Plane, token: string): Entity | Task {
  const task = plane.tasks.task(token);
  if (task !== undefined) return task;
  try {
    return findEntityAnyhow(plane, token);
  } catch (error) {
    if (!(error instanceof ClockerError) || error.code !== "not-found") throw error;
    const begun = token.length < SHORTEST_BEGINNING ? [] : [...plane.tasks.all()].filter(({ id }) => id.startsWith(token));
    if (begun.length > 1) throw ambiguous(token, begun.map((each) => `${each.id} (${each.name})`));
    if (begun[0] !== undefined) return begun[0];
    throw error;
  }
}

/** Shorter ones say too little. */
const SHORTEST_BEGINNING = 2;

function* waysOf(plane: Plane, token: string): Generator<Iterable<Entity>> {
  const all = [...plane.entities.all()];
  const wanted = token.toLowerCase();
  const named = (entities: readonly Entity[]) => entities.filter((entity) => entity.displayName === token);
  const namedInAnyCase = (entities: readonly Entity[]) => entities.filter((entity) => entity.displayName.toLowerCase() === wanted);
  const applications = all.filter((entity) => entity.parent === undefined);
  // Of an application and an entity with the same name the application is meant: the entity has a path.
  yield named(applications);
  yield namedInAnyCase(applications);
  yield named(all);
  yield namedInAnyCase(all);
  yield all.filter((entity) => entity.planId === token);
  if (token.includes("/")) yield byPath(applications, token);
  if (token.length < SHORTEST_BEGINNING) return;
  yield all.filter((entity) => entity.id.startsWith(token));
  yield applications.filter((entity) => entity.displayName.toLowerCase().startsWith(wanted));
  yield all.filter((entity) => entity.displayName.toLowerCase().startsWith(wanted));
}

function byPath(applications: readonly Entity[], token: string): Entity[] {
  const [first = "", ...rest] = token.split("/").filter((word) => word !== "");
  let level = applications.filter((application) => isCalled(application, first));
  for (const word of rest) {
    const children = level.flatMap((entity) => entity.children).filter((child) => isCalled(child, word));
    level = children.length > 0 ? children : level.flatMap((entity) => [...entity.descendants()].filter((below) => below !== entity && isCalled(below, word)));
  }
  return level;
}

function isCalled(entity: Entity, word: string): boolean {
  return entity.id === word || entity.planId === word || entity.displayName.toLowerCase() === word.toLowerCase();
}

function ambiguous(token: string, candidates: readonly string[]): ClockerError {
  const more = candidates.length > MOST_LISTED ? `, and ${candidates.length - MOST_LISTED} more` : "";
  return new ClockerError("conflict", `'${token}' may be any of ${candidates.length}: ${candidates.slice(0, MOST_LISTED).join(", ")}${more}`, { remedy: "Name it by its id, or by its path", details: { candidates } });
}
