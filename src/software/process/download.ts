import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { simpleName } from "../../model/entity-type.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import type { Work } from "../../model/work.ts";
import { nameIn, withoutUserInfo } from "./copy-resources.ts";
import { ARCHIVE_NAME_FORMAT, DOWNLOAD_ADDON_URLS, DOWNLOAD_CHECKSUM, DOWNLOAD_OPTIONAL, DOWNLOAD_URL, LOCAL_REPOSITORY } from "./download-keys.ts";
import { INSTALL_VERSION } from "./keys.ts";
import { DOWNLOAD_URL_SENSOR } from "./sensors.ts";
import type { Site } from "./site.ts";
import { renderTemplate, type TemplateModel } from "./template.ts";
import { modelOf } from "./template-model.ts";

/**
 * Brings the software's archive to the install folder, from the first of: the local repository on the management node
 * (`~/.brooklyn/repository/<SimpleTypeName>/<version>/<file>`), the `download.url` template, fetched once and verified (Brooklyn's
 * download resolvers; reference, 7.3).
 * @returns its path on the machine; undefined when there is none, and the install command brings the software some other way
 * @throws ClockerError `download-failed` unless `download.optional`; always when a checksum does not match
 */
export async function bringArchive(site: Site, work: Work): Promise<string | undefined> {
  const { entity } = site;
  const template = await entity.config.get(DOWNLOAD_URL, work);
  const version = await entity.config.get(INSTALL_VERSION, work);
  if (template === undefined && version === undefined) return undefined;
  const url = template === undefined ? undefined : await renderTemplate(template, await downloadModel(site, work), `config "${DOWNLOAD_URL.name}"`);
  const local = await localArchive(site, version ?? "0.0.0", url, work);
  if (local === undefined && url === undefined) return undefined;
  return await work.step("download", async (step) => {
    const file = local ?? (url === undefined ? undefined : await download(site, url, () => checksumOf(site, url, step), step));
    if (file === undefined) return undefined;
    const path = `${site.installDir}/${local === undefined && url !== undefined ? nameIn(url) : basename(file)}`;
    step.log(`${local === undefined ? withoutUserInfo(url ?? "") : `${local} of the local repository`} → ${path}`);
    await site.location.machine.upload({ file }, path, { signal: step.signal });
    entity.set(DOWNLOAD_URL_SENSOR, local === undefined ? withoutUserInfo(url ?? "") : `file://${local}`);
    return path;
  });
}

/**
 * Brings the add-ons of `download.addon.urls` to the install folder, each under the name that its URL ends with.
 * @returns the paths on the machine, as variables for the install command: `DOWNLOAD_ADDON_<NAME>`, empty for one that is optional and cannot be had
 */
export async function bringAddons(site: Site, work: Work): Promise<Record<string, string>> {
  const { entity } = site;
  const urls = (await entity.config.get(DOWNLOAD_ADDON_URLS, work)) ?? {};
  const paths: Record<string, string> = {};
  for (const [name, template] of Object.entries(urls)) {
    const variable = `DOWNLOAD_ADDON_${name.toUpperCase().replaceAll(/\W/g, "_")}`;
    const url = await renderTemplate(template, await downloadModel(site, work), `"${name}" of config "${DOWNLOAD_ADDON_URLS.name}"`);
    paths[variable] = url.trim() === "" ? "" : await work.step(`download ${name}`, async (step) => bringAddon(site, url, step));
  }
  return paths;
}

async function bringAddon(site: Site, url: string, work: Work): Promise<string> {
  const file = await download(site, url, () => publishedChecksum(site, url, work), work);
  if (file === undefined) return "";
  const path = `${site.installDir}/${nameIn(url)}`;
  work.log(`${withoutUserInfo(url)} → ${path}`);
  await site.location.machine.upload({ file }, path, { signal: work.signal });
  return path;
}

async function localArchive({ entity }: Site, version: string, url: string | undefined, work: Work): Promise<string | undefined> {
  const repository = (await entity.config.get(LOCAL_REPOSITORY, work)).replace(/^(~|\$HOME|\$\{HOME\})(?=\/|$)/, homedir());
  const folder = join(repository, safeName(simpleName(entity.typeName)), safeName(version));
  const names = await filesIn(folder);
  const archive = await entity.config.get(ARCHIVE_NAME_FORMAT, work);
  const wanted = [url === undefined ? undefined : nameIn(url), ...(archive === undefined ? [] : archiveNames(archive.replaceAll("%s", version)))];
  const name = wanted.find((each) => each !== undefined && names.includes(each)) ?? (names.length === 1 ? names[0] : undefined);
  return name === undefined ? undefined : join(folder, name);
}

async function download({ entity }: Site, url: string, checksum: () => Promise<Checksum>, work: Work): Promise<string | undefined> {
  try {
    return await entity.management.resources.file(url, work, await checksum());
  } catch (error) {
    const isMissing = error instanceof ClockerError && (error.code === "download-failed" || error.code === "not-found") && error.details["mismatch"] !== true;
    if (!isMissing || !(await entity.config.get(DOWNLOAD_OPTIONAL, work))) throw error;
    work.log(`${messageOf(error)}; the install command uses another source`);
    return undefined;
  }
}

type Checksum = { sha512?: string; sha256?: string; sha1?: string };

/** The configured checksum, else a published one. */
async function checksumOf(site: Site, url: string, work: Work): Promise<Checksum> {
  const configured = await site.entity.config.get(DOWNLOAD_CHECKSUM, work);
  return configured === undefined ? await publishedChecksum(site, url, work) : configuredChecksum(configured);
}

/** The first one that is published beside the URL; none when none is. */
async function publishedChecksum({ entity }: Site, url: string, work: Work): Promise<Checksum> {
  if (!/^https?:/i.test(url)) return {};
  for (const [algorithm, length] of algorithms) {
    const published = await readIfThere(entity.management.resources.read(`${url}.${algorithm}`, work));
    const digest = published === undefined ? undefined : new RegExp(`(?<![0-9a-f])[0-9a-f]{${length}}(?![0-9a-f])`, "i").exec(published)?.[0];
    if (digest !== undefined) return { [algorithm]: digest.toLowerCase() };
  }
  work.log(`No checksum is published for ${withoutUserInfo(url)}: it is not verified`);
  return {};
}

const algorithms = [["sha512", 128], ["sha256", 64], ["sha1", 40]] as const;

function configuredChecksum(text: string): Checksum {
  const [, algorithm, digest] = /^(?:(sha512|sha256|sha1):)?\s*([0-9a-f]+)$/i.exec(text.trim()) ?? [];
  const known = algorithms.find(([name, length]) => digest?.length === length && (algorithm === undefined || name === algorithm.toLowerCase()));
  if (known === undefined || digest === undefined) throw new ClockerError("invalid-value", `Cannot read config "${DOWNLOAD_CHECKSUM.name}": "${text}" is not sha512:..., sha256:... or sha1:...`);
  return { [known[0]]: digest.toLowerCase() };
}

/** The text; undefined where the server says that there is none. */
async function readIfThere(reading: Promise<Buffer>): Promise<string | undefined> {
  try {
    return (await reading).toString("utf8").slice(0, 4_096);
  } catch (error) {
    const isNotThere = error instanceof ClockerError && (error.code === "not-found" || error.details["status"] === 403);
    if (isNotThere) return undefined;
    throw error;
  }
}

async function downloadModel(site: Site, work: Work): Promise<TemplateModel> {
  const model = modelOf(site, work);
  const version = await site.entity.config.get(INSTALL_VERSION, work);
  const architecture = async (): Promise<string> => (await site.location.machine.facts({ signal: work.signal })).architecture;
  return {
    get: async (path) => {
      switch (path.join(".")) {
        case "version":
          return version;
        case "simpletype":
          return simpleName(site.entity.typeName);
        case "driver.architecture":
          return await architecture();
        case "driver.osTag":
          return `linux-${(await architecture()).replace("amd64", "x86_64")}`;
        default:
          return await model.get(path);
      }
    },
  };
}

/** Names in a folder that is there; none otherwise. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
    const files = await Promise.all(names.map(async (name) => ({ name, isFile: (await stat(join(folder, name))).isFile() })));
    return files.filter(({ isFile }) => isFile).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw new ClockerError("download-failed", `Cannot look into the local repository "${folder}"`, { cause: error });
  }
}

function archiveNames(name: string): string[] {
  return [name, `${name}.tar.gz`, `${name}.tgz`, `${name}.zip`];
}

function safeName(name: string): string {
  return name.replaceAll(/[^\w.+-]/g, "-").replace(/^\.+/, "-");
}
