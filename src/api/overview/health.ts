import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import { START_OF_CHILDREN } from "../../model/service-state.ts";
import { SERVICE_PROBLEMS, SERVICE_STATE, SERVICE_UP } from "../../software/stock/attributes.ts";
import { withoutSecrets } from "../shapes/secrets.ts";

/** How an entity is. */
export const health = { state: z.string().describe("Lifecycle state"), up: z.boolean() } as const;
export const Problem = z.object({ entityId: z.string(), entity: z.string(), reason: z.string() }).meta({ id: "Problem" });

/** Entities looked at below one application: the page stays quick whatever there is. */
const MOST_ENTITIES = 3_000;
const MOST_PROBLEMS = 10;

export function healthOf(entity: Entity): { state: string; up: boolean } {
  return { state: entity.get(SERVICE_STATE) ?? "CREATED", up: entity.get(SERVICE_UP) === true };
}

/** An entity and what is below it, parents first, bounded. */
export function someDescendants(entity: Entity): Entity[] {
  return [...entity.descendants().take(MOST_ENTITIES)];
}

/** What is wrong, where it began: a parent that is only on fire because of its children is left out. */
export function problemsOf(entities: readonly Entity[]): z.infer<typeof Problem>[] {
  const problems = entities.flatMap((entity) => Object.entries(entity.get(SERVICE_PROBLEMS) ?? {}).map(([cause, reason]) => ({ entity, cause, reason: textOf(reason) })));
  const own = problems.filter(({ cause }) => cause !== START_OF_CHILDREN && !cause.startsWith("service-lifecycle-indicators-from-"));
  // Parents repeat what failed below them.
  const deepest = own.filter(({ entity, cause }) => !own.some((other) => other.cause === cause && other.entity !== entity && isAncestor(entity, other.entity)));
  return (deepest.length > 0 ? deepest : problems).slice(0, MOST_PROBLEMS).map(({ entity, reason }) => ({ entityId: entity.id, entity: entity.displayName, reason }));
}

function isAncestor(ancestor: Entity, entity: Entity): boolean {
  for (let each = entity.parent; each !== undefined; each = each.parent) if (each === ancestor) return true;
  return false;
}

function textOf(reason: unknown): string {
  const shown = withoutSecrets(reason);
  return (typeof shown === "string" ? shown : JSON.stringify(shown)).slice(0, 1_000);
}
