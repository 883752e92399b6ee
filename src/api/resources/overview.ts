import type { Api, ApiContext } from "../api-context.ts";
import { overview, Overview } from "../overview/overview.ts";
import { failures } from "../shapes/api-error.ts";

/** The plane at a glance. */
export function addOverview(api: Api, context: ApiContext): void {
  api.get("/overview", { schema: { tags: ["server"], summary: "Clouds, applications and recent tasks at a glance, as the status page shows them", response: { 200: Overview, ...failures } } }, async () => overview(context));
}
