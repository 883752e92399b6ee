import { readdir, readFile, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { isErrno } from "./failures.ts";

export interface MavenSettings {
  /** The property `maven.repository`. */
  readonly property: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home of the server's user. */
  readonly home: string;
}

export interface MavenRepository {
  /** Without a slash at its end. */
  readonly url: string;
  /** Somebody chose it for everything: what is named elsewhere is asked there first. */
  readonly isChosen: boolean;
}

/**
 * The Maven repository to ask: the property `maven.repository`, `MAVEN_REPOSITORY`, the mirror in `~/.m2/settings.xml`, else the one that the Maven
 * installed here has built in. Undefined where there is none of these.
 */
export async function findMavenRepository({ property, env, home }: MavenSettings): Promise<MavenRepository | undefined> {
  const chosen = property ?? env["MAVEN_REPOSITORY"] ?? (await mirrorInSettings(join(home, ".m2", "settings.xml")));
  if (chosen !== undefined && chosen !== "") return { url: withoutSlash(chosen), isChosen: true };
  const builtIn = await builtInRepository(env);
  return builtIn === undefined ? undefined : { url: withoutSlash(builtIn), isChosen: false };
}

/** The URL of the mirror of everything, or of `central`. */
async function mirrorInSettings(path: string): Promise<string | undefined> {
  const settings = (await textOf(path))?.replaceAll(/<!--.*?-->/gs, "");
  for (const [, mirror = ""] of settings?.matchAll(/<mirror>(.*?)<\/mirror>/gs) ?? []) {
    const of = element(mirror, "mirrorOf")?.split(",").map((each) => each.trim()) ?? [];
    if (of.some((each) => each === "*" || each === "central" || each.startsWith("external:"))) return element(mirror, "url");
  }
  return undefined;
}

/** From Maven's own super POM: the project names no repository itself. */
async function builtInRepository(env: MavenSettings["env"]): Promise<string | undefined> {
  const folders = [env["MAVEN_HOME"], env["M2_HOME"], await homeOfCommand(env)].filter((folder) => folder !== undefined && folder !== "");
  for (const folder of folders) {
    const library = join(folder ?? "", "lib");
    const jar = (await namesIn(library)).find((name) => /^maven-model-builder-.*\.jar$/.test(name));
    if (jar === undefined) continue;
    const entry = "org/apache/maven/model/pom-4.0.0.xml";
    const pom = unzipSync(await readFile(join(library, jar)), { filter: ({ name }) => name === entry })[entry];
    const repository = pom === undefined ? undefined : /<repository>(.*?)<\/repository>/s.exec(Buffer.from(pom).toString("utf8"))?.[1];
    if (repository !== undefined) return element(repository, "url");
  }
  return undefined;
}

/** The folder of the Maven whose `mvn` is on the path. */
async function homeOfCommand(env: MavenSettings["env"]): Promise<string | undefined> {
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    try {
      if (folder !== "") return dirname(dirname(await realpath(join(folder, "mvn"))));
    } catch (error) {
      if (!isErrno(error, "ENOENT", "ENOTDIR", "EACCES")) throw error;
    }
  }
  return undefined;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "EACCES")) return undefined;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "EACCES")) return [];
    throw error;
  }
}

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(xml)?.[1];
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
