import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { zipSync } from "fflate";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";

/** Bytes of a file or of what a URL gives; more is no blueprint. */
const LARGEST = 100 * 1024 * 1024;
/** Milliseconds that a URL may take. */
const TIMEOUT = 60_000;

/** The text of a file or of what a URL gives, or standard input's for `-`. */
export async function readInput(file: string, io: Io): Promise<string> {
  return (await readBytes(file, io)).toString("utf8");
}

/** The same as bytes. A folder becomes a zip of what is in it, as bundles are made. */
export async function readBundle(file: string, io: Io): Promise<Buffer> {
  if (file !== "-" && !isUrl(file) && (await isFolder(file))) return Buffer.from(zipSync(await filesIn(file, ""), { level: 6 }));
  return readBytes(file, io);
}

/** The whole of a stream. */
export async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Buffer);
    size += bytes.length;
    if (size > LARGEST) throw new CliError(exitCodes.usage, `Cannot read more than ${LARGEST / 1024 / 1024} MB`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

async function readBytes(file: string, io: Io): Promise<Buffer> {
  if (file === "-") return bytesOf(io.stdin);
  if (isUrl(file)) return fetchBytes(file, io.signal);
  try {
    return await readFile(file);
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new CliError(exitCodes.usage, isAbsent ? `Cannot read "${file}": there is no such file` : `Cannot read "${file}"`, { cause: isAbsent ? undefined : error });
  }
}

function isUrl(file: string): boolean {
  return /^https?:\/\//i.test(file);
}

async function fetchBytes(url: string, signal: AbortSignal): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]) });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    throw new CliError(exitCodes.usage, `Cannot read ${url}: it answered ${response.status}`);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(exitCodes.usage, `Cannot read ${url}: ${error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)}`, { cause: error });
  }
}

async function isFolder(file: string): Promise<boolean> {
  return stat(file).then((found) => found.isDirectory(), () => false);
}

async function filesIn(folder: string, prefix: string): Promise<Record<string, Uint8Array>> {
  const found: Record<string, Uint8Array> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) Object.assign(found, await filesIn(at, `${prefix}${entry.name}/`));
    else if (entry.isFile()) found[`${prefix}${entry.name}`] = await readFile(at);
  }
  return found;
}
