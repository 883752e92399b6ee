import type { Plane } from "../../management/plane.ts";
import type { Adjunct } from "../../model/adjunct.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { nearest } from "../../model/nearest.ts";
import type { Task } from "../../model/task.ts";

/**
 * An application by its id, else by its id or display name in any case (reference, 1.1).
 * @throws ClockerError `not-found`; `conflict` where several have that name.
 */
export function findApplication(plane: Plane, token: string): Entity {
  const byId = plane.entity(token);
  if (byId !== undefined && byId.parent === undefined) return byId;
  const wanted = token.toLowerCase();
  const applications = plane.applications();
  const named = applications.filter((application) => application.displayName.toLowerCase() === wanted);
  const found = applications.find((application) => application.id === wanted) ?? named[0];
  // The first of several would be any of them, and what is asked may be to delete it.
  if (found !== undefined && found.id !== wanted && named.length > 1) throw new ClockerError("conflict", `${named.length} applications are called '${found.displayName}'`, { remedy: `Say which one by its id: ${named.map(({ id }) => id).join(", ")}` });
  if (found !== undefined) return found;
  throw notFound(`Application '${token}' not found`, token, applications.map((application) => application.displayName));
}

/**
 * An entity by its id, else depth first within the application by id or exact display name (reference, 1.1).
 * @throws ClockerError `not-found`; PreconditionFailed when it belongs to another application.
 */
export function findEntity(plane: Plane, applicationToken: string, token: string): Entity {
  const application = findApplication(plane, applicationToken);
  const byId = plane.entity(token);
  if (byId !== undefined) {
    if (byId.application === application) return byId;
    throw new PreconditionFailed(`Application '${applicationToken}' specified does not contain entity '${token}', it is in '${byId.application.displayName}'`);
  }
  const names: string[] = [];
  for (const entity of application.descendants()) {
    if (entity.displayName === token) return entity;
    names.push(entity.displayName);
  }
  throw notFound(`Cannot find entity '${token}' in application '${application.displayName}'`, token, names);
}

/** @throws ClockerError `not-found`. */
export function findTask(plane: Plane, id: string): Task {
  const task = plane.tasks.task(id);
  if (task !== undefined) return task;
  throw new ClockerError("not-found", `Cannot find task '${id}' - possibly garbage collected to save memory`);
}

/** A policy or enricher by id, then by display name. @throws ClockerError `not-found`. */
export function findAdjunct(entity: Entity, token: string, kind?: "policy" | "enricher"): Adjunct {
  const candidates = entity.adjuncts.filter((adjunct) => kind === undefined || adjunct.type.kind === kind);
  const found = candidates.find((adjunct) => adjunct.id === token) ?? candidates.find((adjunct) => [adjunct.planId, adjunct.uniqueTag, adjunct.displayName].includes(token));
  if (found !== undefined) return found;
  const what = kind ?? "adjunct";
  throw notFound(`Entity '${entity.displayName}' has no ${what} with id or name '${token}'`, token, candidates.map((adjunct) => adjunct.displayName));
}

/** What is there is not where the request says (412). */
export class PreconditionFailed extends ClockerError {
  constructor(message: string) {
    super("invalid-request", message);
  }

  override get status(): number {
    return 412;
  }
}

export function notFound(message: string, token: string, known: Iterable<string>): ClockerError {
  const near = nearest(token, known);
  return new ClockerError("not-found", message, near === undefined ? {} : { remedy: `Did you mean "${near}"?` });
}
