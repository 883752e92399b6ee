import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import type { Task } from "../../model/task.ts";
import { SERVICE_STATE } from "../../software/stock/attributes.ts";

/** What a name means. */
export const Found = z
  .object({
    kind: z.enum(["entity", "task"]),
    id: z.string(),
    name: z.string(),
    path: z.string().describe("Of an entity: the names from the application down, such as Shop/Web"),
    type: z.string().optional(),
    applicationId: z.string().optional(),
    state: z.string().optional().describe("Lifecycle state of an entity"),
  })
  .meta({ id: "Found" });
export type Found = z.infer<typeof Found>;

export function foundEntity(entity: Entity): Found {
  return { kind: "entity", id: entity.id, name: entity.displayName, path: pathOf(entity), type: entity.typeName, applicationId: entity.application.id, state: entity.get(SERVICE_STATE) };
}

export function foundTask(task: Task, entity: Entity | undefined): Found {
  return { kind: "task", id: task.id, name: task.name, path: entity === undefined ? task.name : pathOf(entity), applicationId: entity?.application.id };
}

/** The names from the application down, with `/` between them. */
export function pathOf(entity: Entity): string {
  const names: string[] = [];
  for (let each: Entity | undefined = entity; each !== undefined; each = each.parent) names.unshift(each.displayName);
  return names.join("/");
}
