import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { ClockerError } from "../../model/errors.ts";
import { type AptArchive, firstMirror, parseAptSources } from "./apt-sources.ts";

/** What `scripts/bootstrap/base-rootfs.sh` makes a root file system from. */
export interface BaseRecipe {
  /** `debian` or `ubuntu`. */
  distribution: string;
  /** The release's code name: `bookworm`. */
  suite: string;
  mirror: string;
  components: readonly string[];
  /** The image's /etc/apt/sources.list. */
  sources: string;
  /** The package with the archive's keys. */
  keyring: string;
}

/**
 * The recipe that this computer's own apt sources give, so that no mirror is named anywhere in the project.
 * @throws ClockerError `invalid-request` on another distribution, or when no source offers the release.
 */
export async function readBaseRecipe(root = "/"): Promise<BaseRecipe> {
  const release = parseOsRelease(await readFile(path.join(root, "etc/os-release"), "utf8"));
  const distribution = release.get("ID") ?? "";
  const suite = release.get("VERSION_CODENAME") ?? "";
  if ((distribution !== "debian" && distribution !== "ubuntu") || suite === "") {
    throw new ClockerError("invalid-request", `Cannot make a base image on "${release.get("PRETTY_NAME") ?? "an unknown system"}": its packages are neither Debian's nor Ubuntu's`, {
      remedy: 'Give Docker Engine access to a registry that has "debian:bookworm-slim", or load that image',
    });
  }
  return baseRecipe(distribution, suite, await readArchives(root));
}

/** @throws ClockerError `invalid-request` when no archive offers the release's main component over HTTP. */
export function baseRecipe(distribution: "debian" | "ubuntu", suite: string, archives: readonly AptArchive[]): BaseRecipe {
  const archiveOf = (name: string) => archives.find((archive) => archive.suite === name && archive.components.includes("main") && /^https?:/.test(archive.uri));
  const main = archiveOf(suite);
  if (main === undefined) {
    throw new ClockerError("invalid-request", `Cannot make a base image: no source under "/etc/apt" offers "${suite}" with component "main" over HTTP`, {
      remedy: `Add a mirror of "${suite}" to /etc/apt/sources.list, or give Docker Engine access to a registry`,
    });
  }
  const components = distribution === "ubuntu" ? ["main", "universe"] : ["main"];
  const line = (archive: AptArchive) => `deb ${archive.uri} ${archive.suite} ${components.join(" ")}`;
  const others = [archiveOf(`${suite}-updates`), archiveOf(`${suite}-security`)].filter((archive) => archive !== undefined);
  const keyring = distribution === "ubuntu" ? "ubuntu-keyring" : "debian-archive-keyring";
  return { distribution, suite, mirror: main.uri, components, sources: [main, ...others].map(line).join("\n"), keyring };
}

/** Names the content: a changed recipe, or a changed script, makes another image. */
export function recipeHash(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex").slice(0, 12);
}

async function readArchives(root: string): Promise<AptArchive[]> {
  const folder = path.join(root, "etc/apt/sources.list.d");
  const names = (await ifThere(readdir(folder))) ?? [];
  const files = [path.join(root, "etc/apt/sources.list"), ...names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => path.join(folder, name))];
  const texts = await Promise.all(files.map(async (file) => parseAptSources(file, (await ifThere(readFile(file, "utf8"))) ?? "")));
  return Promise.all(texts.flat().map((archive) => withMirror(archive, root)));
}

/** Debian's cloud images name their mirrors in a file of their own: `mirror+file:/etc/apt/mirrors/debian.list`. */
async function withMirror(archive: AptArchive, root: string): Promise<AptArchive> {
  const [, file] = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(archive.uri) ?? [];
  if (file === undefined) return archive;
  const uri = firstMirror((await ifThere(readFile(path.join(root, file), "utf8"))) ?? "");
  return uri === undefined ? archive : { ...archive, uri };
}

async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function parseOsRelease(text: string): Map<string, string> {
  const entries = text.split("\n").map((line) => /^([A-Z_]+)=(.*)$/.exec(line));
  return new Map(entries.flatMap((match) => (match === null ? [] : [[match[1] ?? "", (match[2] ?? "").replace(/^["']|["']$/g, "")]])));
}
