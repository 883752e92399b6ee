import { z } from "zod";
import type { ContainerEvent } from "./engine.ts";
import { checked } from "./engine-failures.ts";
import { jsonLines } from "./json-lines.ts";
import type { EngineTransport } from "./transport.ts";

const event = z
  .object({
    Action: z.string(),
    Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
    time: z.number(),
    timeNano: z.number().optional(),
  })
  .transform(
    (raw): ContainerEvent => ({
      id: raw.Actor.ID,
      action: raw.Action,
      time: Math.floor(raw.timeNano === undefined ? raw.time * 1000 : raw.timeNano / 1e6),
      attributes: raw.Actor.Attributes ?? {},
    }),
  );

/** Container events from now on; see `Engine.containerEvents`. */
export async function* containerEvents(transport: EngineTransport, signal: AbortSignal, onListening?: () => void): AsyncGenerator<ContainerEvent, void, undefined> {
  const action = "watch container events";
  const query = { filters: JSON.stringify({ type: ["container"] }) };
  try {
    const stream = await transport.stream({ method: "GET", path: "/events", query, action, silence: 0, signal });
    onListening?.();
    for await (const value of jsonLines(stream, transport.engine, action)) yield checked(event, value, transport.engine, action);
    throw transport.failure({ action }, new Error("the engine ended the stream"));
  } catch (error) {
    if (!signal.aborted) throw transport.failure({ action }, error);
  }
}
