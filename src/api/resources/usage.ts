import { z } from "zod";
import type { Entity } from "../../model/entity.ts";
import type { Location } from "../../model/location.ts";
import { isMachineLocation } from "../../provider/location.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { findApplication, notFound } from "../http/find.ts";
import { failures } from "../shapes/api-error.ts";
import { statusOfApplication } from "../shapes/application-summary.ts";
import { Links, links } from "../shapes/links.ts";

const tags = ["usage"];
const range = z.object({ start: z.string().optional().describe("Milliseconds or ISO"), end: z.string().optional() });
const Statistics = z
  .object({
    statistics: z.array(z.object({ status: z.string(), id: z.string(), applicationId: z.string(), start: z.string(), end: z.string(), duration: z.int(), metadata: z.record(z.string(), z.string()) })),
    links: Links,
  })
  .meta({ id: "UsageStatistics" });
type Statistics = z.infer<typeof Statistics>;

/** How long applications and machines have been there: those that are there now. What was removed is not remembered. */
export function addUsage(api: Api, { plane }: ApiContext): void {
  const application = (each: Entity): Statistics => ({
    statistics: [{ ...span(each.createdAt, plane.clock.now()), status: statusOfApplication(each), id: each.id, applicationId: each.id, metadata: {} }],
    links: { self: links.application(each.id) },
  });
  api.get("/usage/applications", { schema: { tags, summary: "Time that applications have run", querystring: range, response: { 200: z.array(Statistics), ...failures } } }, async () => plane.applications().map(application));
  api.get("/usage/applications/:application", { schema: { tags, summary: "Time that an application has run", params: z.object({ application: z.string() }), querystring: range, response: { 200: Statistics, ...failures } } }, async ({ params }) =>
    application(findApplication(plane, params.application)),
  );

  const machines = () => {
    const found = new Map<string, { location: Location; entity: Entity }>();
    for (const entity of plane.entities.all()) for (const location of entity.locations) if (isMachineLocation(location) && !found.has(location.id)) found.set(location.id, { location, entity });
    return found;
  };
  const machine = ({ location, entity }: { location: Location; entity: Entity }): Statistics => ({
    statistics: [{ ...span(entity.createdAt, plane.clock.now()), status: statusOfApplication(entity.application), id: location.id, applicationId: entity.application.id, metadata: { displayName: location.name, spec: location.spec } }],
    links: { self: links.location(location.id), application: links.application(entity.application.id) },
  });
  api.get("/usage/machines", { schema: { tags, summary: "Time that machines have been used", querystring: range.extend({ application: z.string().optional() }), response: { 200: z.array(Statistics), ...failures } } }, async ({ query }) => {
    const owner = query.application === undefined ? undefined : findApplication(plane, query.application);
    return [...machines().values()].filter(({ entity }) => owner === undefined || entity.application === owner).map(machine);
  });
  api.get("/usage/machines/:machine", { schema: { tags, summary: "Time that a machine has been used", params: z.object({ machine: z.string() }), querystring: range, response: { 200: Statistics, ...failures } } }, async ({ params }) => {
    const all = machines();
    const found = all.get(params.machine);
    if (found === undefined) throw notFound(`Machine '${params.machine}' not found`, params.machine, all.keys());
    return machine(found);
  });
}

function span(start: number, end: number): { start: string; end: string; duration: number } {
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString(), duration: Math.max(0, Math.round(end - start)) };
}
