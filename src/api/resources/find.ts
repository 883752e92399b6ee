import { z } from "zod";
import { Task } from "../../model/task.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { findAnything } from "../http/find-any.ts";
import { failures } from "../shapes/api-error.ts";
import { Found, foundEntity, foundTask } from "../shapes/found.ts";

/** What a name means, for clients that let users name things as they like. */
export function addFind(api: Api, { plane }: ApiContext): void {
  api.get(
    "/find",
    {
      schema: {
        tags: ["applications"],
        summary: "What a name means",
        description: "An entity by its id, name, path (`shop/web`) or their unique beginning, or a task by its id. 404 with the nearest name when nothing is meant, 409 with the candidates when several are.",
        querystring: z.object({ name: z.string().min(1) }),
        response: { 200: Found, ...failures },
      },
    },
    async ({ query }) => {
      const found = findAnything(plane, query.name);
      return found instanceof Task ? foundTask(found, found.entityId === undefined ? undefined : plane.entity(found.entityId)) : foundEntity(found);
    },
  );
}
