import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import { nearest } from "../../model/nearest.ts";
import { isErrno, resourceNotFound } from "./failures.ts";
import { zipFolder } from "./zip-folder.ts";

/** Names of Brooklyn's and Clocker's own resources, as blueprints of their releases give them, and what stands for them here. */
const wellKnownNames: readonly (readonly [RegExp, string])[] = [
  [/^(?:brooklyn|clocker|io\/brooklyn)\/.*\bdocker\/(?:ubuntu\/)?UsesJava\/?Dockerfile$/i, "dockerfiles/UsesJava/Dockerfile"],
  [/^(?:brooklyn|clocker|io\/brooklyn)\/.*\bdocker\/(?:ubuntu\/)?(?:Ubuntu|VanillaSoftwareProcess|Default)?\/?Dockerfile$/i, "dockerfiles/Ubuntu/Dockerfile"],
  [/^(?:brooklyn-example-)?hello-world(?:-webapp)?(?:-[\d.]+(?:-SNAPSHOT)?)?\.war$/, "hello-world.war"],
];

/**
 * Resources that come with Clocker: `classpath://tomcat/server.xml` and `classpath:tomcat/server.xml` are files in `catalog/` or
 * `blueprints/`. Where the name is that of an archive (`hello-world.war`) and a folder of sources has it without the ending, the archive is made of them.
 */
export class Classpath {
  readonly #roots: readonly string[];
  readonly #archives: string;

  /** @param archives folder that made archives are kept in */
  constructor(roots: readonly string[], archives: string) {
    this.#roots = roots;
    this.#archives = archives;
  }

  async read(url: string): Promise<Buffer> {
    const path = await this.file(url);
    return await readFile(path);
  }

  /** @throws ClockerError `not-found`, with the nearest name there is. */
  async file(url: string): Promise<string> {
    const name = nameIn(url);
    for (const root of name === undefined ? [] : this.#roots) {
      const found = (await this.#fileAt(root, name ?? "")) ?? (await this.#archiveAt(root, name ?? ""));
      if (found !== undefined) return found;
    }
    throw resourceNotFound(url, {}, await this.#remedy(name ?? ""));
  }

  async #fileAt(root: string, name: string): Promise<string | undefined> {
    const path = join(root, name);
    return (await kindOf(path)) === "file" ? path : undefined;
  }

  async #archiveAt(root: string, name: string): Promise<string | undefined> {
    const folder = join(root, name.replace(/\.(war|zip|jar)$/, ""));
    if (!/\.(war|zip|jar)$/.test(name) || (await kindOf(folder)) !== "folder") return undefined;
    const content = await zipFolder(folder);
    const kept = join(this.#archives, createHash("sha256").update(content).digest("hex").slice(0, 32));
    const path = join(kept, basename(name));
    if ((await kindOf(path)) === "file") return path;
    await mkdir(kept, { recursive: true, mode: 0o700 });
    const temporary = join(kept, `.${randomUUID()}`);
    await writeFile(temporary, content);
    await rename(temporary, path);
    return path;
  }

  async #remedy(name: string): Promise<string> {
    const names = await Promise.all(this.#roots.map((root) => readdir(root, { recursive: true }).catch((error: unknown) => (isErrno(error, "ENOENT") ? [] : Promise.reject(error)))));
    const near = nearest(name, names.flat());
    return near === undefined ? "classpath: names files under catalog/ and blueprints/ of Clocker" : `Did you mean "classpath://${near}"?`;
  }
}

/** The path within the roots; undefined for one that would lead out of them. */
function nameIn(url: string): string | undefined {
  const written = posix.normalize(decoded(url.replace(/^classpath:\/*/i, "")));
  if (written.startsWith("..") || written.startsWith("/") || written.includes("\0")) return undefined;
  return wellKnownNames.find(([pattern]) => pattern.test(written))?.[1] ?? written;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? "file" : found.isDirectory() ? "folder" : undefined;
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
