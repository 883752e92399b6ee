import type { Readable } from "node:stream";
import { z } from "zod";
import { ClockerError, type ErrorCode } from "../model/errors.ts";
import { checked } from "./engine-failures.ts";
import { jsonLines } from "./json-lines.ts";
import type { EngineTransport } from "./transport.ts";

const message = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  error: z.string().optional(),
  errorDetail: z.object({ message: z.string().optional() }).optional(),
  aux: z.object({ ID: z.string().optional() }).optional(),
});
type Message = z.output<typeof message>;

export interface ProgressOptions {
  action: string;
  /** The code of an error inside the stream. */
  failure: ErrorCode;
  onLine?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Lines of output that an error carries. */
const TAIL = 20;

/**
 * Reads the progress of a pull, push, build, load or import to its end. The engine answers 200 and tells failures inside the stream: they
 * become errors with the last lines of output. Returns what the engine said at last: a build's image id, or the last status.
 */
export async function followProgress(transport: EngineTransport, stream: Readable, options: ProgressOptions): Promise<{ imageId: string | undefined; lastStatus: string }> {
  const tail: string[] = [];
  const lines = new ProgressLines((line) => {
    tail.push(line);
    if (tail.length > TAIL) tail.shift();
    options.onLine?.(line);
  });
  let imageId: string | undefined;
  let lastStatus = "";
  try {
    for await (const value of jsonLines(stream, transport.engine, options.action)) {
      const part = checked(message, value, transport.engine, options.action);
      const failed = part.errorDetail?.message ?? part.error;
      if (failed !== undefined) throw streamFailure(transport, options, failed, tail);
      imageId = part.aux?.ID ?? imageId;
      lastStatus = part.status ?? lastStatus;
      lines.take(part);
    }
  } catch (error) {
    throw transport.failure(options, error);
  }
  lines.end();
  return { imageId, lastStatus };
}

function streamFailure(transport: EngineTransport, options: ProgressOptions, failed: string, tail: readonly string[]): ClockerError {
  const output = options.failure === "build-failed" && tail.length > 0 ? `\n${tail.join("\n")}` : "";
  return new ClockerError(options.failure, `Cannot ${options.action} on engine "${transport.engine}": ${failed.trim()}${output}`, {
    details: { engine: transport.engine, output: [...tail] },
  });
}

/** Makes whole lines of build output, and one line for each change of a layer's status (not for each tick of its progress bar). */
class ProgressLines {
  readonly #onLine: (line: string) => void;
  readonly #statusOf = new Map<string, string>();
  #partial = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  take(part: Message): void {
    if (part.stream !== undefined) this.#text(part.stream);
    if (part.status !== undefined) this.#status(part.id ?? "", part.status);
  }

  end(): void {
    this.#text("\n");
  }

  #text(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") this.#onLine(line.trimEnd());
  }

  #status(id: string, status: string): void {
    if (id !== "" && this.#statusOf.get(id) === status) return;
    if (id !== "") this.#statusOf.set(id, status);
    this.#onLine(id === "" ? status : `${id}: ${status}`);
  }
}
