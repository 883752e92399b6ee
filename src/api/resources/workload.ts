import { z } from "zod";
import type { Api, ApiContext } from "../api-context.ts";
import { findEntityAnyhow } from "../http/find-any.ts";
import { flag } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";
import { Workload } from "../shapes/workload.ts";
import { workload } from "../workload/workload.ts";

/** What runs where, and what it uses. */
export function addWorkload(api: Api, { plane }: ApiContext): void {
  api.get(
    "/workload",
    {
      schema: {
        tags: ["applications"],
        summary: "What runs on which host or machine, and what it uses",
        querystring: z.object({ name: z.string().optional().describe("Only of this application, entity, host or cloud, by any way of naming it"), readings: flag(false).describe("Also read CPU and memory of the containers, from their engines") }),
        response: { 200: Workload, ...failures },
      },
    },
    async ({ query }) => workload(plane, { below: query.name === undefined ? undefined : findEntityAnyhow(plane, query.name), readings: query.readings }),
  );
}
