import type { Writable } from "node:stream";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { readEntityLogs } from "../../management/logs/entity-logs.ts";
import type { LogLine, LogOptions, TakeLine } from "../../management/logs/log-line.ts";
import { readTaskLogs } from "../../management/logs/task-log.ts";
import type { Clock } from "../../model/clock.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { frame } from "../events/event-hub.ts";
import { findEntity, findTask } from "../http/find.ts";
import { flag } from "../http/query.ts";
import { failures } from "../shapes/api-error.ts";
import { pathOf } from "../shapes/found.ts";
import type { LogLineEvent } from "../shapes/log-line.ts";

/** Readers at the same time; more are refused. */
const MOST_READERS = 100;
/** Milliseconds between comments that keep the connection open. */
const HEARTBEAT = 15_000;

const querystring = z.object({
  follow: flag(false).describe("Go on with what is written from now on"),
  tail: z.coerce.number().int().min(0).max(1_000_000).optional().describe("Only so many of the last lines of each source"),
  since: z.string().optional().describe("Nothing older than this time (ISO 8601) or duration (such as 10m), where it is known when it was written: of containers"),
});

const description = [
  "As `text/event-stream` each line is an event `line` with {entityId, entity, source, stream, text, at}, `end` tells that all is read; as `text/plain` the lines alone.",
  "Read as fast as the reader takes it: nothing piles up. With `follow` it goes on, over restarts of containers too, until the reader goes away.",
].join("\n");

/** Logs of entities and tasks. */
export function addLogs(api: Api, { plane }: ApiContext): void {
  const readers = new Set<AbortController>();

  const answer = async (reply: FastifyReply, accept: string, read: (take: TakeLine, signal: AbortSignal) => Promise<void>): Promise<void> => {
    if (readers.size >= MOST_READERS) throw new ClockerError("forbidden", `Cannot open another log: ${readers.size} are read`);
    const controller = new AbortController();
    readers.add(controller);
    reply.hijack();
    const { raw } = reply;
    raw.on("close", () => controller.abort(new ClockerError("cancelled", "The reader went away")));
    const isText = accept.startsWith("text/plain");
    raw.writeHead(200, { ...headersOf(reply.getHeaders()), "content-type": `${isText ? "text/plain" : "text/event-stream"}; charset=utf-8`, "x-accel-buffering": "no" });
    const writer = new LogWriter(raw, { isText, clock: plane.clock, scrub: (text) => plane.knownSecrets.scrub(text) });
    try {
      await read((line) => writer.take(line), controller.signal);
      writer.end();
    } catch (error) {
      if (!controller.signal.aborted) {
        plane.log.debug({ error }, "A log could not be read to its end");
        await writer.take({ entity: undefined, source: "", stream: "notice", text: messageOf(error) });
        writer.end();
      }
    } finally {
      writer.release();
      readers.delete(controller);
    }
  };

  api.get(
    "/applications/:application/entities/:entity/logs",
    { schema: { tags: ["applications"], produces: ["text/event-stream", "text/plain"], summary: "What an entity and all below it write: containers' output, log files, what launched them", description, params: z.object({ application: z.string(), entity: z.string() }), querystring, response: { 200: z.string(), ...failures } } },
    async ({ params, query, headers }, reply) => {
      const entity = findEntity(plane, params.application, params.entity);
      const options = optionsOf(query, plane.clock);
      await answer(reply, headers.accept ?? "", (take, signal) => readEntityLogs(plane, entity, options, take, signal));
    },
  );

  api.get(
    "/activities/:task/logs",
    { schema: { tags: ["activities"], produces: ["text/event-stream", "text/plain"], summary: "What a task and all below it wrote", description, params: z.object({ task: z.string() }), querystring, response: { 200: z.string(), ...failures } } },
    async ({ params, query, headers }, reply) => {
      const task = findTask(plane, params.task);
      const options = optionsOf(query, plane.clock);
      const entity = task.entityId === undefined ? undefined : plane.entity(task.entityId);
      await answer(reply, headers.accept ?? "", (take, signal) => readTaskLogs([task], { entity, clock: plane.clock }, options, take, signal));
    },
  );

  api.addHook("preClose", async () => {
    for (const reader of readers) reader.abort(new ClockerError("interrupted", "The management server is shutting down"));
  });
}

interface WriterOptions {
  readonly isText: boolean;
  readonly clock: Clock;
  /** Takes known secrets out. */
  readonly scrub: (text: string) => string;
}

/** Writes lines to one reader, and waits for it. */
class LogWriter {
  readonly #out: Writable;
  readonly #options: WriterOptions;
  #cancelHeartbeat: () => void = () => {};

  constructor(out: Writable, options: WriterOptions) {
    this.#out = out;
    this.#options = options;
    // The headers leave at once, so that the reader knows that it is served.
    if (!options.isText) out.write(": hello\n\n");
    this.#scheduleHeartbeat();
  }

  take({ entity, source, stream, text, at }: LogLine): void | Promise<void> {
    const shown = this.#options.scrub(text);
    if (this.#options.isText) return this.#write(`${stream === "notice" ? "-- " : ""}${shown}\n`);
    const data: LogLineEvent = { ...(entity === undefined ? {} : { entityId: entity.id, entity: pathOf(entity) }), source, stream, text: shown, ...(at === undefined ? {} : { at }) };
    return this.#write(frame("line", undefined, data));
  }

  end(): void {
    if (!this.#options.isText) this.#out.write(frame("end", undefined, {}));
    this.#out.end();
  }

  release(): void {
    this.#cancelHeartbeat();
  }

  #write(text: string): void | Promise<void> {
    const out = this.#out;
    if (out.destroyed || out.write(text)) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        out.off("drain", done);
        out.off("close", done);
        resolve();
      };
      out.once("drain", done);
      out.once("close", done);
    });
  }

  #scheduleHeartbeat(): void {
    if (this.#options.isText) return;
    this.#cancelHeartbeat = this.#options.clock.after(HEARTBEAT, () => {
      if (!this.#out.destroyed && !this.#out.writableNeedDrain) this.#out.write(": heartbeat\n\n");
      this.#scheduleHeartbeat();
    });
  }
}

function optionsOf({ follow, tail, since }: z.infer<typeof querystring>, clock: Clock): LogOptions {
  return { follow, tail, since: since === undefined ? undefined : timeOf(since, clock) };
}

/** A time, or a duration before now. @throws ClockerError `invalid-request` */
function timeOf(text: string, clock: Clock): number {
  const time = /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  try {
    return clock.now() - types.duration.coerce(/^\d+$/.test(text) ? `${text}s` : text);
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
    throw new ClockerError("invalid-request", `Invalid since "${text}": expected a time such as 2026-01-31T12:00:00Z, or ${error.expected}`);
  }
}

function headersOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
