import { ClockerError } from "../../model/errors.ts";

/** Where an artifact lies in any Maven repository: `io/brooklyn/example/web/0.6.0/web-0.6.0.war`. */
export type MavenPath = string;

const COORDINATE = /^[\w.-]+$/;

/**
 * The path of `mvn:group:artifact:version[:type[:classifier]]`, or of the same with `/` between, as Brooklyn's `mvn:` URLs have it.
 * @throws ClockerError `invalid-value`
 */
export function mavenPathOf(url: string): MavenPath {
  const written = url.replace(/^mvn:(\/\/)?/i, "");
  const parts = written.split(written.includes("/") ? "/" : ":");
  const [group = "", artifact = "", version = "", type = "jar", classifier] = parts;
  if (parts.length < 3 || parts.length > 5 || !parts.every((part) => COORDINATE.test(part) && !/^\.+$/.test(part))) {
    throw new ClockerError("invalid-value", `Cannot read "${url}": it is not mvn:group:artifact:version[:type[:classifier]]`, { remedy: "Write for instance mvn:org.apache.tomcat:tomcat:10.1.40:tar.gz" });
  }
  if (version.endsWith("-SNAPSHOT") || version === "LATEST" || version === "RELEASE") {
    throw new ClockerError("invalid-value", `Cannot use "${url}": version "${version}" does not name one file`, { remedy: "Name a released version" });
  }
  return `${group.replaceAll(".", "/")}/${artifact}/${version}/${artifact}-${version}${classifier === undefined ? "" : `-${classifier}`}.${type}`;
}

/**
 * The path in http(s) URLs that mean an artifact of any repository: the search site's `remotecontent?filepath=...` and `.../maven2/<path>`.
 * `isRepository` tells the second, which can be asked as it is.
 */
export function mavenPathIn(url: string): { path: MavenPath; isRepository: boolean } | undefined {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  const { pathname, searchParams } = new URL(url);
  const named = pathname.endsWith("/remotecontent") ? (searchParams.get("filepath") ?? undefined) : undefined;
  const within = /\/maven2?\/(.+)$/.exec(pathname)?.[1];
  const path = (named ?? within)?.replace(/^\/+/, "");
  return path !== undefined && isArtifact(path) ? { path, isRepository: named === undefined } : undefined;
}

/** `group.../artifact/version/artifact-version...`. */
function isArtifact(path: string): boolean {
  const parts = path.split("/");
  const [artifact = "", version = "", file = ""] = parts.slice(-3);
  return parts.length >= 4 && parts.every((part) => COORDINATE.test(part) && !/^\.+$/.test(part)) && file.startsWith(`${artifact}-${version}`);
}
