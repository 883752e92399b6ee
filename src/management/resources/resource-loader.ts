import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../model/clock.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import type { ResourceLoader } from "../../model/management.ts";
import type { Work } from "../../model/work.ts";
import { ChecksumVerifier, meter, verifyFile, type Checksums } from "./checksum.ts";
import { Classpath } from "./classpath.ts";
import { DownloadCache, safeName } from "./download-cache.ts";
import { downloadFailed, isErrno, resourceNotFound, shownUrl } from "./failures.ts";
import { HttpFetcher } from "./http-fetch.ts";
import { MavenArtifacts } from "./maven-artifacts.ts";
import { mavenPathIn, mavenPathOf } from "./maven.ts";
import { standInFor } from "./stand-ins.ts";

export interface ResourceLoaderOptions {
  readonly clock: Clock;
  /** Downloads and made archives are kept under it, in `cache/`. */
  readonly dataDir: string;
  /** The property `maven.repository`. */
  readonly mavenRepository?: string | undefined;
  /** Folders that `classpath:` names are looked for in: Clocker's own when absent. */
  readonly roots?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  /** A `classpath:` file of the catalog's archives: of the one that the work's entity came from, or of any. */
  readonly bundled?: (url: string, work: Work, whose: "own" | "any") => Uint8Array | undefined;
}

/** Bytes of what is read into memory. */
const LARGEST_READ = 256 * 1024 ** 2;

const ownRoots = ["catalog", "blueprints"].map((folder) => fileURLToPath(new URL(`../../../${folder}`, import.meta.url)));

/** Opens what URLs in blueprints name (Brooklyn's `ResourceUtils`): `classpath:`, `file:` and paths, `http(s):`, `mvn:`, `data:`. */
export class Resources implements ResourceLoader {
  readonly #folder: string;
  readonly #home: string;
  readonly #fetcher = new HttpFetcher();
  readonly #classpath: Classpath;
  readonly #downloads: DownloadCache;
  readonly #maven: MavenArtifacts;
  readonly #bundled: NonNullable<ResourceLoaderOptions["bundled"]>;

  constructor({ clock, dataDir, mavenRepository, roots = ownRoots, env = process.env, home = homedir(), bundled = () => undefined }: ResourceLoaderOptions) {
    this.#bundled = bundled;
    this.#folder = join(dataDir, "cache");
    this.#home = home;
    this.#classpath = new Classpath(roots, join(this.#folder, "archives"));
    this.#downloads = new DownloadCache(join(this.#folder, "downloads"), this.#fetcher, clock);
    this.#maven = new MavenArtifacts(this.#fetcher, this.#downloads, { property: mavenRepository, env, home });
  }

  async read(url: string, work: Work): Promise<Buffer> {
    const address = this.#addressOf(url, work);
    if (/^https?:/i.test(address) && mavenPathIn(address) === undefined) return await this.#readHttp(address, work);
    if (/^data:/i.test(address)) return contentOfData(address);
    const path = await this.file(address, work);
    const { size } = await stat(path);
    if (size > LARGEST_READ) throw downloadFailed(url, `it is larger than ${LARGEST_READ} bytes`);
    return await readFile(path);
  }

  async file(url: string, work: Work, checksums: Checksums = {}): Promise<string> {
    const address = this.#addressOf(url, work);
    const artifact = mavenPathIn(address);
    if (artifact !== undefined) return await this.#maven.file(artifact.path, artifact.isRepository ? address : undefined, checksums, work);
    switch (/^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]?.toLowerCase()) {
      case "classpath":
        return await verified(await this.#classpathFile(address, work), address, checksums);
      case "http":
      case "https":
        return await this.#downloads.file(address, nameIn(address), checksums, work);
      case "mvn":
        return await this.#maven.file(mavenPathOf(address), undefined, checksums, work);
      case "data":
        return await verified(await this.#keep(contentOfData(address)), address, checksums);
      case "file":
        return await verified(await existing(pathOfFileUrl(address), address), address, checksums);
      case undefined:
        return await verified(await existing(this.#pathOf(address), address), address, checksums);
      default:
        throw new ClockerError("invalid-value", `Cannot open "${shownUrl(url)}": its scheme is not known`, { remedy: "Use classpath:, file:, http:, https:, mvn: or data:, or an absolute path" });
    }
  }

  /** Frees connections. */
  close(): Promise<void> {
    return this.#fetcher.close();
  }

  /** The bundle of the entity goes before what comes with Clocker, and that before other bundles. */
  async #classpathFile(url: string, work: Work): Promise<string> {
    const own = this.#bundled(url, work, "own");
    if (own !== undefined) return await this.#keep(Buffer.from(own));
    try {
      return await this.#classpath.file(url);
    } catch (error) {
      const other = error instanceof ClockerError && error.code === "not-found" ? this.#bundled(url, work, "any") : undefined;
      if (other === undefined) throw error;
      return await this.#keep(Buffer.from(other));
    }
  }

  #addressOf(url: string, work: Work): string {
    const standIn = standInFor(url.trim());
    if (standIn === undefined) return url.trim();
    work.log(`${shownUrl(url)} no longer answers: using ${standIn}, which comes with Clocker`);
    return standIn;
  }

  async #readHttp(url: string, work: Work): Promise<Buffer> {
    const { body } = await this.#fetcher.open(url, { signal: work.signal });
    try {
      return await pipeline(body, meter(url, LARGEST_READ, new ChecksumVerifier({})), (content) => buffer(content), { signal: work.signal });
    } catch (error) {
      work.signal.throwIfAborted();
      throw error instanceof ClockerError ? error : downloadFailed(url, messageOf(error), { cause: error });
    }
  }

  /** Content as a file, kept by what it is. */
  async #keep(content: Buffer): Promise<string> {
    const folder = join(this.#folder, "data");
    const path = join(folder, createHash("sha256").update(content).digest("hex"));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, `.${randomUUID()}`);
    await writeFile(temporary, content, { mode: 0o600 });
    await rename(temporary, path);
    return path;
  }

  #pathOf(path: string): string {
    if (path === "~" || path.startsWith("~/")) return join(this.#home, path.slice(1));
    if (path.startsWith("/")) return path;
    throw new ClockerError("invalid-value", `Cannot open "${path}": it is neither a URL nor an absolute path`, { remedy: "Write classpath://..., file:///..., https://... or an absolute path" });
  }
}

/** The last part of a URL's path. */
function nameIn(url: string): string {
  return safeName(basename(new URL(url).pathname));
}

function pathOfFileUrl(url: string): string {
  // `file:a` and `file:~/a` are seen in blueprints; only absolute paths mean the same everywhere.
  if (!URL.canParse(url) || !/^file:(\/\/\/?(?!\/)|\/)/i.test(url)) throw new ClockerError("invalid-value", `Cannot open "${url}": it is not a file: URL with an absolute path`, { remedy: "Write file:///path" });
  const { host } = new URL(url);
  if (host !== "" && host !== "localhost") throw new ClockerError("invalid-value", `Cannot open "${url}": it names another computer`, { remedy: "Write file:///path" });
  return fileURLToPath(url.replace(/^file:\/\/localhost\//i, "file:///"));
}

async function existing(path: string, url: string): Promise<string> {
  try {
    if ((await stat(path)).isFile()) return path;
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw downloadFailed(url, messageOf(error), { cause: error });
  }
  throw resourceNotFound(url, {}, "Check the path: the file must be on the management node");
}

async function verified(path: string, url: string, checksums: Checksums): Promise<string> {
  if (Object.keys(checksums).length > 0) await verifyFile(path, url, checksums);
  return path;
}

function contentOfData(url: string): Buffer {
  const [, isBase64, data = ""] = /^data:[^,]*?(;base64)?,(.*)$/is.exec(url) ?? [];
  return isBase64 === undefined ? Buffer.from(decodeURIComponent(data), "utf8") : Buffer.from(data, "base64");
}
