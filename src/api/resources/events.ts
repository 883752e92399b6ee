import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { EventReader } from "../events/event-reader.ts";
import { type EventKind, eventKinds, streamSchemas } from "../events/stream-event.ts";
import { findApplication } from "../http/find.ts";
import { splitList } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";

/** Readers at the same time; more are refused. */
const MOST_READERS = 200;

/** The live stream of what happens, as server-sent events. */
export function addEvents(api: Api, { plane, events }: ApiContext): void {
  const readers = new Set<EventReader>();

  api.get(
    "/events",
    {
      // A stream that never ends has no HEAD.
      exposeHeadRoute: false,
      schema: {
        tags: ["events"],
        produces: ["text/event-stream"],
        summary: "What happens in the plane, as server-sent events",
        description: [
          "An endless stream of `text/event-stream`. Events by name, with their data: ",
          ...Object.entries(streamSchemas).map(([name, schema]) => `\`${name}\` {${Object.keys(schema.shape).join(", ")}}`),
          "; `hello` at the start; `reset` when events were missed and the state has to be read again; `overflow` when the reader was too slow and the connection ends.",
          " Ids grow; a reader that comes back with `Last-Event-ID` goes on where it was.",
        ].join("\n"),
        querystring: z.object({
          application: z.string().optional().describe("Only of this application, by id or name"),
          kinds: z.string().optional().describe(`Only of these kinds, comma-separated: ${eventKinds.join(", ")}`),
          lastEventId: z.string().optional().describe("As the header Last-Event-ID"),
        }),
        response: { 200: z.string(), ...failures },
      },
    },
    async (request, reply) => {
      const { query, headers } = request;
      if (readers.size >= MOST_READERS) throw new ClockerError("forbidden", `Cannot open another event stream: ${readers.size} are open`);
      const filter = { applicationId: query.application === undefined ? undefined : findApplication(plane, query.application).id, kinds: kindsOf(query.kinds) };
      const after = idOf(headers["last-event-id"] ?? query.lastEventId);
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, { ...headersOf(reply.getHeaders()), "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" });
      const reader = new EventReader(raw, { hub: events, clock: plane.clock, filter, after });
      readers.add(reader);
      raw.on("close", () => readers.delete(reader));
    },
  );

  api.addHook("preClose", async () => {
    for (const reader of readers) reader.close();
  });
}

function headersOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function kindsOf(text: string | undefined): ReadonlySet<EventKind> {
  const asked = splitList(text ?? "");
  const unknown = asked.find((kind) => !eventKinds.some((known) => known === kind));
  if (unknown !== undefined) throw new ClockerError("invalid-request", `Unknown kind of event "${unknown}": expected ${eventKinds.join(", ")}`);
  return new Set(eventKinds.filter((kind) => asked.includes(kind)));
}

/** A number, or nothing: what is no number of ours counts as too old. */
function idOf(text: string | string[] | undefined): number | undefined {
  if (text === undefined || text === "" || Array.isArray(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) && id >= 0 ? id : 0;
}
