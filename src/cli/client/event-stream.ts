import { setTimeout as sleep } from "node:timers/promises";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Client } from "./client.ts";

export interface ServerEvent {
  readonly id: string | undefined;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Milliseconds before connecting again. */
const PAUSE = 1_000;

/**
 * What happens on a server, for as long as it is read. A connection that is lost is made again, and goes on after the last event.
 * @throws CliError `unreachable` when the server is gone for good.
 */
export async function* serverEvents(client: Client, query: Readonly<Record<string, string | undefined>>, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  let last: string | undefined;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const response = await client.fetch("/v1/events", { query: { ...query, lastEventId: last }, accept: "text/event-stream", timeout: Infinity });
      failures = 0;
      for await (const event of parseEvents(response.body, signal)) {
        last = event.id ?? last;
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CliError && error.exitCode !== exitCodes.unreachable) throw error;
      if (last === undefined || ++failures > 10) throw error;
    }
    await sleep(PAUSE, undefined, { signal }).catch(() => {});
  }
}

/** The events of one answer, for as long as it comes. */
export async function* parseEvents(body: ReadableStream<Uint8Array> | null, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  if (body === null) return;
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream(), { signal })) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== undefined) yield event;
    }
  }
}

/** One event; comments are none. */
export function parseEvent(block: string): ServerEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ""));
  }
  const name = fields.get("event");
  if (name === undefined) return undefined;
  const data = JSON.parse(fields.get("data") ?? "{}") as Record<string, unknown>;
  return { id: fields.get("id"), name, data };
}
