import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ClockerError } from "../../model/errors.ts";
import { decodeProperties, parseProperties } from "./parse-properties.ts";
import { Properties } from "./properties.ts";
import type { Property } from "./property-map.ts";

export interface PropertiesSources {
  /** The user's file, read when it is there: `~/.brooklyn/brooklyn.properties` unless given; false: none. */
  readonly global?: string | false;
  /** A further file (`--localBrooklynProperties`), which must be there. */
  readonly local?: string;
  /** Variables whose names have a dot are properties: `env 'brooklyn.webconsole.port=8082' clocker launch`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** From the command line (`-D NAME=VALUE`). */
  readonly defines?: Readonly<Record<string, string>>;
  /** The folder that `~` stands for: the user's own unless given. */
  readonly home?: string;
}

/**
 * Reads the properties in Brooklyn's order, later ones winning: `location-metadata.properties` and `org.apache.brooklyn.rest.filter.cors.cfg` beside the
 * global file, the global file, the local file, the environment, the command line.
 * @throws ClockerError `forbidden` when others than its owner may access the global or the local file (they hold passwords);
 *   `not-found` when the local file is absent; `invalid-value` with file and line for what is not in the format
 */
export async function loadProperties(sources: PropertiesSources = {}): Promise<Properties> {
  const { home = homedir(), env = {}, defines = {} } = sources;
  const global = sources.global === false ? undefined : underHome(sources.global ?? "~/.brooklyn/brooklyn.properties", home);
  const properties = new Map<string, Property>();
  const metadata = global === undefined ? join(home, ".brooklyn", metadataName) : join(dirname(global), metadataName);
  await addFile(properties, metadata, { required: false, confidential: false });
  await addFile(properties, join(dirname(metadata), corsName), { required: false, confidential: false });
  if (global !== undefined) await addFile(properties, global, { required: false, confidential: true });
  if (sources.local !== undefined) await addFile(properties, underHome(sources.local, home), { required: true, confidential: true });
  for (const [key, value] of Object.entries(env)) if (value !== undefined && key.includes(".")) put(properties, key, value, "the environment");
  for (const [key, value] of Object.entries(defines)) put(properties, key, value, "the command line");
  return new Properties(properties);
}

const metadataName = "location-metadata.properties";
/** Brooklyn's file of what pages of other sites may do (`cors.enabled`, `cors.allow.origins`, …). */
const corsName = "org.apache.brooklyn.rest.filter.cors.cfg";

interface FileRules {
  readonly required: boolean;
  /** Only its owner may access it. */
  readonly confidential: boolean;
}

async function addFile(properties: Map<string, Property>, file: string, { required, confidential }: FileRules): Promise<void> {
  const bytes = await readIfThere(file, confidential);
  if (bytes === undefined) {
    if (required) throw new ClockerError("not-found", `Cannot read the properties file "${file}": there is no such file`, { details: { file } });
    return;
  }
  for (const { key, value, line } of parseProperties(decodeProperties(bytes), file)) put(properties, key, value, `${file}:${line}`);
}

/** Undefined when there is no such file. */
async function readIfThere(file: string, confidential: boolean): Promise<Buffer | undefined> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new ClockerError("invalid-value", `Cannot read the properties file "${file}": it is not a file`, { details: { file } });
    if (confidential) checkMode(file, found.mode);
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof ClockerError) throw cause;
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new ClockerError("forbidden", `Cannot read the properties file "${file}"`, { remedy: "Let the user that runs Clocker read it", cause, details: { file } });
  }
}

/** Brooklyn's `checkFilePermissionsX00`: startup fails, whether or not the file holds a password now. */
function checkMode(file: string, mode: number): void {
  if ((mode & 0o077) === 0) return;
  throw new ClockerError("forbidden", `Cannot use the properties file "${file}": others than its owner may access it (mode ${(mode & 0o777).toString(8)}, expected 600)`, {
    remedy: `chmod 600 "${file}"`,
    details: { file },
  });
}

/** The last one wins and keeps the place of the first; blanks around a value do not count (Brooklyn trims them). */
function put(properties: Map<string, Property>, key: string, value: string, source: string): void {
  properties.set(key, { value: value.trim(), source });
}

/** A file's name with a leading `~` replaced by the home folder, as a shell does it; `--flag=~/file` comes here unchanged by the shell. */
export function underHome(file: string, home: string): string {
  return file === "~" || file.startsWith("~/") ? join(home, file.slice(1)) : file;
}
