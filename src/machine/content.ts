import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Content } from "./machine.ts";

/** The permissions of an uploaded file when none are given. */
export const DEFAULT_MODE = 0o644;

/** The bytes of a content as a stream. */
export function streamOf(content: Content): Readable {
  if (content instanceof Readable) return content;
  if (typeof content === "string" || Buffer.isBuffer(content)) return Readable.from([Buffer.from(content)]);
  return createReadStream(content.file);
}

/**
 * Hands `body` a stream whose length is known, as tar wants it. A stream of unknown length goes through a temporary file.
 */
export async function withKnownLength<T>(content: Content, signal: AbortSignal | undefined, body: (stream: Readable, length: number) => Promise<T>): Promise<T> {
  if (typeof content === "string" || Buffer.isBuffer(content)) {
    const bytes = Buffer.from(content);
    return await body(Readable.from([bytes]), bytes.length);
  }
  if (!(content instanceof Readable)) {
    const { size } = await stat(content.file);
    return await body(createReadStream(content.file), size);
  }
  const folder = await mkdtemp(join(tmpdir(), "clocker-upload-"));
  try {
    const file = join(folder, "content");
    await pipeline(content, createWriteStream(file, { mode: 0o600 }), { signal });
    return await body(createReadStream(file), (await stat(file)).size);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
