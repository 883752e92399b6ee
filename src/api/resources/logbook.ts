import { z } from "zod";
import type { LogLine } from "../../management/logbook.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { failures } from "../shapes/api-error.ts";

const when = z.union([z.int(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)), z.string().regex(/^\d+$/).transform(Number)]);
const Query = z
  .object({
    numberOfItems: z.int().min(1).max(10_000).default(1_000),
    tail: z.boolean().default(false).describe("The last lines rather than the first"),
    recursive: z.boolean().default(false).describe("Lines of the entity's descendants too"),
    levels: z.array(z.string()).default([]),
    dateTimeFrom: when.optional(),
    dateTimeTo: when.optional(),
    searchPhrase: z.string().optional(),
    taskId: z.string().optional(),
    entityId: z.string().optional(),
    loggerName: z.string().optional(),
  })
  .meta({ id: "LogBookQuery" });
const Line = z
  .object({ lineId: z.string(), timestamp: z.string(), datetime: z.int(), taskId: z.string(), entityIds: z.array(z.string()), level: z.string(), bundleId: z.string(), class: z.string(), threadName: z.string(), message: z.string() })
  .meta({ id: "LogBookLine" });

/** The last lines of the server's log, as Brooklyn's web page asks for them. */
export function addLogbook(api: Api, { server, plane }: ApiContext): void {
  api.post("/logbook", { config: { body: "json" }, schema: { tags: ["server"], summary: "Search the last lines of the server's log", consumes: [...consumes.json], body: Query, response: { 200: z.array(Line), ...failures } } }, async ({ body }) => {
    const root = body.entityId === undefined ? undefined : plane.entity(body.entityId);
    const ids = new Set(body.entityId === undefined ? [] : [body.entityId, ...(body.recursive && root !== undefined ? [...root.descendants()].map(({ id }) => id) : [])]);
    const found = server.logbook.lines().filter((line) => accepts(line, body, ids));
    return (body.tail ? found.slice(-body.numberOfItems) : found.slice(0, body.numberOfItems)).map(lineOf);
  });
}

function accepts(line: LogLine, query: z.infer<typeof Query>, entityIds: ReadonlySet<string>): boolean {
  const { levels, dateTimeFrom = 0, dateTimeTo = Infinity, searchPhrase, taskId, loggerName } = query;
  if (levels.length > 0 && !levels.some((level) => level.toUpperCase() === line.level || level.toUpperCase() === "ALL")) return false;
  if (line.at < dateTimeFrom || line.at > dateTimeTo) return false;
  if (loggerName !== undefined && loggerName !== "" && loggerName !== "clocker") return false;
  const values = Object.values(line.fields);
  if (taskId !== undefined && !values.includes(taskId)) return false;
  if (entityIds.size > 0 && !values.some((value) => entityIds.has(value))) return false;
  return searchPhrase === undefined || searchPhrase === "" || textOf(line).toLowerCase().includes(searchPhrase.toLowerCase());
}

function lineOf(line: LogLine): z.infer<typeof Line> {
  const { lineId, at, level, fields } = line;
  const entityIds = [fields["entity"], fields["entityId"], fields["id"]].flatMap((id) => (id === undefined ? [] : [id]));
  return { lineId, timestamp: new Date(at).toISOString().replace("T", " ").replace("Z", ""), datetime: Math.round(at), taskId: fields["task"] ?? fields["taskId"] ?? "", entityIds, level, bundleId: "", class: "clocker", threadName: "", message: textOf(line) };
}

function textOf({ message, fields }: LogLine): string {
  const shown = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return shown.length === 0 ? message : `${message} (${shown.join(", ")})`;
}
