import { z } from "zod";
import { UsageLog, type UsageRecord } from "../../management/usage/usage-log.ts";
import { ClockerError } from "../../model/errors.ts";
import { lifecycles } from "../../model/lifecycle.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { notFound } from "../http/find.ts";
import { moment } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";
import { statusOfLifecycle } from "../shapes/application-summary.ts";
import { Links } from "../shapes/links.ts";

const tags = ["usage"];
const range = z.object({ start: moment.optional().describe("Milliseconds or ISO"), end: moment.optional().describe("Milliseconds or ISO; now unless given") });
const Statistics = z
  .object({
    statistics: z.array(z.object({ status: z.string(), id: z.string(), applicationId: z.string(), start: z.string(), end: z.string(), duration: z.int(), metadata: z.record(z.string(), z.string()) })),
    links: Links,
  })
  .meta({ id: "UsageStatistics" });
type Statistics = z.infer<typeof Statistics>;
type Range = z.infer<typeof range>;

/** When applications and machines were used and in which state, those that are gone included (Brooklyn's `UsageResource`). */
export function addUsage(api: Api, { plane }: ApiContext): void {
  const usage = new UsageLog(plane.documents, plane.clock);
  const stop = usage.follow(plane.events, plane.entities.all());
  api.addHook("onClose", async () => stop());
  const now = () => Math.round(plane.clock.now());

  const list = (records: readonly UsageRecord[], query: Range): Statistics[] => records.map((record) => statisticsOf(record, spanOf(query, now()), now())).filter(({ statistics }) => statistics.length > 0);
  const one = (what: string, records: readonly UsageRecord[], id: string, query: Range): Statistics => {
    const found = records.find((record) => record.id === id);
    if (found === undefined) throw notFound(`${what} '${id}' not found`, id, records.map((record) => record.id));
    return statisticsOf(found, spanOf(query, now()), now());
  };

  api.get("/usage/applications", { schema: { tags, summary: "The states that applications were in, and for how long", querystring: range, response: { 200: z.array(Statistics), ...failures } } }, async ({ query }) => list(usage.applications(), query));
  api.get("/usage/applications/:application", { schema: { tags, summary: "The states that an application was in, and for how long", params: z.object({ application: z.string().describe("Id") }), querystring: range, response: { 200: Statistics, ...failures } } }, async ({ params, query }) =>
    one("Application", usage.applications(), params.application, query),
  );
  api.get("/usage/machines", { schema: { tags, summary: "How long machines were used, and by which application", querystring: range.extend({ application: z.string().optional().describe("Only machines that this application has used, by id") }), response: { 200: z.array(Statistics), ...failures } } }, async ({ query }) =>
    list(usage.machines().filter(({ events }) => query.application === undefined || events.some(({ applicationId }) => applicationId === query.application)), query),
  );
  api.get("/usage/machines/:machine", { schema: { tags, summary: "How long a machine was used", params: z.object({ machine: z.string() }), querystring: range, response: { 200: Statistics, ...failures } } }, async ({ params, query }) =>
    one("Machine", usage.machines(), params.machine, query),
  );
}

/** @throws ClockerError `invalid-request` for an end before its start. */
function spanOf({ start = 0, end }: Range, now: number): { start: number; end: number } {
  const until = end ?? now;
  if (start <= until) return { start, end: until };
  throw new ClockerError("invalid-request", `Start must be less than or equal to end: ${shown(start)} > ${shown(until)} (${start} > ${until})`);
}

/** Each state from its event to the next; the last one lasts until now, unless it is the end. */
function statisticsOf({ id, events, metadata }: UsageRecord, span: { start: number; end: number }, now: number): Statistics {
  const statistics = events.flatMap(({ state, at, applicationId }, index) => {
    const ended = events[index + 1]?.at ?? (state === "DESTROYED" ? at : now);
    if (at > span.end || ended < span.start) return [];
    const [from, to] = [Math.max(at, span.start), Math.min(ended, span.end)];
    const known = lifecycles.find((each) => each === state);
    return [{ status: known === undefined ? "UNKNOWN" : statusOfLifecycle(known), id, applicationId, start: shown(from), end: shown(to), duration: to - from, metadata: { ...metadata } }];
  });
  return { statistics, links: {} };
}

/** `2026-05-01T12:00:00+0000`, as Brooklyn writes it. */
function shown(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "+0000");
}
