import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ClockerError, messageOf } from "../../model/errors.ts";
import type { Clock } from "../../model/clock.ts";
import type { Work } from "../../model/work.ts";
import { ChecksumVerifier, meter, verifyFile, type Checksums } from "./checksum.ts";
import { downloadFailed, isErrno, shownUrl } from "./failures.ts";
import type { HttpFetcher } from "./http-fetch.ts";

interface Kept {
  readonly url: string;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly size: number;
}

/** Bytes of one download. */
const LARGEST_DOWNLOAD = 4 * 1024 ** 3;
/** Milliseconds for which a download is used without asking the server again: many entities that start at once ask once. */
const FRESH = 60_000;

/**
 * Downloads kept as files by URL: written beside and renamed, so that a file is whole whenever it is there, also with several servers in
 * one folder. A kept file is used after the server said that it is current, at once when its checksum is known, and when the server cannot be reached.
 */
export class DownloadCache {
  readonly #folder: string;
  readonly #fetcher: HttpFetcher;
  readonly #clock: Clock;
  readonly #checkedAt = new Map<string, number>();
  readonly #tails = new Map<string, Promise<unknown>>();

  constructor(folder: string, fetcher: HttpFetcher, clock: Clock) {
    this.#folder = folder;
    this.#fetcher = fetcher;
    this.#clock = clock;
  }

  /** The content as a file. One download of a URL at a time: others wait and find it. */
  async file(url: string, name: string, checksums: Checksums, work: Work): Promise<string> {
    const before = this.#tails.get(url) ?? Promise.resolve();
    // Whether the one before failed is its own caller's matter.
    const mine = before.then(() => {}, () => {}).then(() => this.#bring(url, name, checksums, work));
    this.#tails.set(url, mine);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(url) === mine) this.#tails.delete(url);
    }
  }

  /** The file of an earlier download, whatever the server has now. */
  async kept(url: string, name: string): Promise<string | undefined> {
    const { folder, path } = this.#placeOf(url, name);
    return (await readKept(folder, path)) === undefined ? undefined : path;
  }

  #placeOf(url: string, name: string): { folder: string; path: string } {
    const folder = join(this.#folder, createHash("sha256").update(url).digest("hex").slice(0, 32));
    return { folder, path: join(folder, safeName(name)) };
  }

  async #bring(url: string, name: string, checksums: Checksums, work: Work): Promise<string> {
    work.signal.throwIfAborted();
    const { folder, path } = this.#placeOf(url, name);
    const kept = await readKept(folder, path);
    if (kept !== undefined && (await this.#isGood(path, url, checksums))) return path;
    try {
      await this.#download(url, folder, path, kept, checksums, work);
      this.#checkedAt.set(url, this.#clock.now());
      return path;
    } catch (error) {
      if (kept === undefined || Object.keys(checksums).length > 0 || !isUnreachable(error)) throw error;
      work.log(`${messageOf(error)}; using what was downloaded before`);
      return path;
    }
  }

  /** Whether a kept file needs no word from the server. */
  async #isGood(path: string, url: string, checksums: Checksums): Promise<boolean> {
    if (Object.keys(checksums).length === 0) return this.#clock.now() - (this.#checkedAt.get(url) ?? -Infinity) < FRESH;
    try {
      await verifyFile(path, url, checksums);
      return true;
    } catch (error) {
      if (error instanceof ClockerError && error.details["mismatch"] === true) return false;
      throw error;
    }
  }

  async #download(url: string, folder: string, path: string, kept: Kept | undefined, checksums: Checksums, work: Work): Promise<void> {
    const known = Object.keys(checksums).length === 0 ? kept : undefined;
    const answer = await this.#fetcher.open(url, { signal: work.signal, etag: known?.etag, lastModified: known?.lastModified });
    if (!answer.isModified) return;
    work.log(`Downloading ${shownUrl(url)}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, `.${randomUUID()}`);
    const verifier = new ChecksumVerifier(checksums);
    try {
      await pipeline(answer.body, meter(url, LARGEST_DOWNLOAD, verifier), createWriteStream(temporary, { flags: "wx", mode: 0o600 }), { signal: work.signal });
      verifier.verify(url);
      const { size } = await stat(temporary);
      await rename(temporary, path);
      await writeKept(folder, { url: shownUrl(url), etag: answer.etag, lastModified: answer.lastModified, size });
    } catch (error) {
      await rm(temporary, { force: true });
      work.signal.throwIfAborted();
      throw error instanceof ClockerError ? error : downloadFailed(url, messageOf(error), { cause: error });
    }
  }
}

const NOTES = ".download.json";

/** What is known of a download that is there and whole; undefined otherwise. */
async function readKept(folder: string, path: string): Promise<Kept | undefined> {
  try {
    const { size } = await stat(path);
    const notes: unknown = JSON.parse(await readFile(join(folder, NOTES), "utf8"));
    const kept = notesOf(notes);
    return kept?.size === size ? kept : undefined;
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR") || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function notesOf(notes: unknown): Kept | undefined {
  if (typeof notes !== "object" || notes === null || !("url" in notes) || !("size" in notes)) return undefined;
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(notes, name);
    return typeof value === "string" ? value : undefined;
  };
  const { url, size } = notes;
  return typeof url === "string" && typeof size === "number" ? { url, size, etag: text("etag"), lastModified: text("lastModified") } : undefined;
}

async function writeKept(folder: string, kept: Kept): Promise<void> {
  const temporary = join(folder, `.${randomUUID()}`);
  await writeFile(temporary, JSON.stringify(kept), { mode: 0o600 });
  await rename(temporary, join(folder, NOTES));
}

/** The server did not answer, or not sensibly: what is kept may still be used. */
function isUnreachable(error: unknown): boolean {
  return error instanceof ClockerError && error.code === "download-failed" && error.details["mismatch"] !== true;
}

export function safeName(name: string): string {
  const safe = name.replaceAll(/[^\w.+-]/g, "-").slice(-120);
  return safe === "" || safe.startsWith(".") ? `file${safe}` : safe;
}
