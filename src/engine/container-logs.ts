import { terminalOfContainer } from "./container-state.ts";
import type { Engine } from "./engine.ts";
import { frameReader } from "./stream-frames.ts";
import { TextStreams } from "./text-streams.ts";
import { askFor, type EngineTransport } from "./transport.ts";

type LogOptions = Parameters<Engine["containerLogs"]>[1];
type OnChunk = Parameters<Engine["containerLogs"]>[2];

/** Reads a container's output; with `follow` until the container stops. */
export async function containerLogs(transport: EngineTransport, id: string, options: LogOptions, onChunk: OnChunk, signal?: AbortSignal): Promise<void> {
  const path = `/containers/${encodeURIComponent(id)}`;
  const action = `read the logs of container "${id}"`;
  const { Config } = await askFor(transport, terminalOfContainer, { method: "GET", path: `${path}/json`, action, signal });
  const query = { stdout: true, stderr: true, follow: options.follow ?? false, tail: options.tail ?? "all", since: options.since === undefined ? undefined : options.since / 1000, timestamps: options.timestamps ?? false };
  const stream = await transport.stream({ method: "GET", path: `${path}/logs`, query, action, signal, ...(options.follow ? { silence: 0 } : {}) });
  const reader: { slow: Promise<void> | undefined } = { slow: undefined };
  const text = new TextStreams((from, chunk) => void (reader.slow = onChunk(from, chunk) ?? reader.slow));
  const read = Config.Tty ? (chunk: Buffer) => text.write("stdout", chunk) : frameReader((from, bytes) => text.write(from, bytes));
  try {
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue;
      read(chunk);
      await reader.slow;
      reader.slow = undefined;
    }
  } catch (error) {
    throw transport.failure({ action, signal }, error);
  }
  text.end();
}
