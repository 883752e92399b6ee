import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ClockerError } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import { verifyFile, type Checksums } from "./checksum.ts";
import type { DownloadCache } from "./download-cache.ts";
import { isErrno, shownUrl } from "./failures.ts";
import type { HttpFetcher } from "./http-fetch.ts";
import { findMavenRepository, type MavenRepository, type MavenSettings } from "./maven-repository.ts";
import type { MavenPath } from "./maven.ts";

/** Artifacts of a Maven repository as files: those that Maven has downloaded here, then the repository's, verified by their `.sha1`. */
export class MavenArtifacts {
  readonly #fetcher: HttpFetcher;
  readonly #downloads: DownloadCache;
  readonly #settings: MavenSettings;
  #repository: Promise<MavenRepository | undefined> | undefined;

  constructor(fetcher: HttpFetcher, downloads: DownloadCache, settings: MavenSettings) {
    this.#fetcher = fetcher;
    this.#downloads = downloads;
    this.#settings = settings;
  }

  /**
   * @param address where the artifact was said to be, when that can be asked: it is, unless a repository was chosen that has it
   * @throws ClockerError `not-found`, `download-failed`
   */
  async file(path: MavenPath, address: string | undefined, checksums: Checksums, work: Work): Promise<string> {
    const local = join(this.#settings.home, ".m2", "repository", path);
    if (await isFile(local)) {
      await verifyFile(local, local, checksums);
      return local;
    }
    const repository = await this.#find();
    if (address !== undefined && repository?.isChosen !== true) return await this.#download(address, path, checksums, work);
    if (repository === undefined) {
      throw new ClockerError("download-failed", `Cannot download "${path}": no Maven repository is known`, { remedy: "Set maven.repository in brooklyn.properties, or the environment variable MAVEN_REPOSITORY, to the URL of one" });
    }
    try {
      return await this.#download(`${repository.url}/${path}`, path, checksums, work);
    } catch (error) {
      if (address === undefined || !(error instanceof ClockerError) || error.code !== "not-found") throw error;
      work.log(`${shownUrl(repository.url)} does not have ${path}`);
      return await this.#download(address, path, checksums, work);
    }
  }

  #find(): Promise<MavenRepository | undefined> {
    this.#repository ??= findMavenRepository(this.#settings);
    return this.#repository;
  }

  async #download(url: string, path: MavenPath, checksums: Checksums, work: Work): Promise<string> {
    // A released artifact never changes: one that was downloaded and verified needs no word from the repository.
    const kept = await this.#downloads.kept(url, basename(path));
    if (kept !== undefined && Object.keys(checksums).length === 0) return kept;
    const known = Object.keys(checksums).length > 0 ? checksums : await this.#published(url, work);
    return await this.#downloads.file(url, basename(path), known, work);
  }

  /** The `.sha1` beside it, which every repository has; none when it does not. */
  async #published(url: string, work: Work): Promise<Checksums> {
    try {
      const digest = /(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])/i.exec(await this.#fetcher.text(`${url}.sha1`, 1_000, work.signal))?.[0];
      return digest === undefined ? {} : { sha1: digest.toLowerCase() };
    } catch (error) {
      if (error instanceof ClockerError && error.code === "not-found") return {};
      throw error;
    }
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}
