import { posix } from "node:path";
import { ClockerError } from "../../model/errors.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { FILES, TEMPLATES, type CopyPhase } from "./phase-keys.ts";
import type { Site } from "./site.ts";
import { evaluateTemplate, renderTemplate, type TemplateModel } from "./template.ts";
import { modelOf } from "./template-model.ts";

/**
 * Copies a phase's files and templates to the machine (Brooklyn's `files.*` and `templates.*`: source → destination). Relative destinations lie in
 * the install folder before and at installation, in the run folder after. Beyond Brooklyn, sources and destinations may hold `${...}`:
 * a source without a value is left out; one that is a list copies each item, under its own name, into the destination folder; one that is a map
 * copies each value with its key in place of the `*` of the destination.
 */
export async function copyResources(site: Site, phase: CopyPhase, work: Work): Promise<void> {
  const files = await site.entity.config.get(FILES[phase], work);
  const templates = await site.entity.config.get(TEMPLATES[phase], work);
  if (Object.keys(files).length + Object.keys(templates).length === 0) return;
  await work.step(`copy-${stepNames[phase]}-resources`, async (step) => {
    const model = modelOf(site, step);
    const folder = phase === "preinstall" || phase === "install" ? site.installDir : site.runDir;
    const [plain, filledIn] = [await copiesOf(files, FILES[phase].name, model, folder), await copiesOf(templates, TEMPLATES[phase].name, model, folder)];
    await makeFolders(site, [...plain, ...filledIn], folder, step);
    // A template may take the place of a file, so that it comes after all of them.
    await inParallel(plain, ({ source, destination }) => copyFile(site, source, destination, step));
    await inParallel(filledIn, ({ source, destination }) => copyTemplate(site, source, destination, model, step));
  });
}

/** The folders belong to the user of the commands, whoever the copied files are written by. */
async function makeFolders({ location }: Site, copies: readonly Copy[], folder: string, work: Work): Promise<void> {
  const folders = [...new Set(copies.map(({ destination }) => posix.dirname(destination)))].filter((each) => each !== folder);
  if (folders.length > 0) await location.machine.run({ argv: ["mkdir", "-p", "--", ...folders] }, { signal: work.signal, timeout: FOLDERS_TIMEOUT });
}

const FOLDERS_TIMEOUT = 60_000;

/** Whether a phase has anything to copy, without resolving it. */
export function hasResources(site: Site, phase: CopyPhase): boolean {
  return site.entity.config.find(FILES[phase]) !== undefined || site.entity.config.find(TEMPLATES[phase]) !== undefined;
}

const stepNames: Readonly<Record<CopyPhase, string>> = { preinstall: "pre-install", install: "install", customize: "pre-customize", runtime: "runtime" };

interface Copy {
  readonly source: string;
  /** Absolute. */
  readonly destination: string;
}

async function copiesOf(entries: Readonly<Record<string, string>>, key: string, model: TemplateModel, folder: string): Promise<Copy[]> {
  const copies: Copy[] = [];
  for (const [source, destination] of Object.entries(entries)) {
    const where = `config "${key}"`;
    const value = await evaluateTemplate(source, model, where);
    const target = await renderTemplate(destination, model, where);
    copies.push(...expand(value, source, inFolder(folder, target), where));
  }
  // Of two for one destination the later counts.
  return [...new Map(copies.map((copy) => [copy.destination, copy])).values()];
}

function expand(value: unknown, source: string, destination: string, where: string): Copy[] {
  if (value === undefined || value === null || value === "") return [];
  if (typeof value === "string") return [{ source: value, destination: destination.endsWith("/") ? destination + nameIn(value) : destination }];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => expand(item, source, destination.endsWith("/") ? destination : `${destination}/`, where));
  if (typeof value === "object") return Object.entries(value).flatMap(([name, item]) => expand(item, source, destination.replaceAll("*", contextName(name)), where));
  throw new ClockerError("invalid-value", `Cannot use ${where}: "${source}" is neither a URL nor a list or map of URLs`);
}

/** The last part of a URL's path; of an artifact (`mvn:group:artifact:version[:type[:classifier]]`) the name of its file. */
export function nameIn(url: string): string {
  const [, , artifact, version, type = "jar", classifier] = /^mvn:/i.test(url) ? ["", ...url.replace(/^mvn:(\/\/)?/i, "").split(/[:/]/)] : [];
  if (artifact !== undefined && version !== undefined) return `${artifact}-${version}${classifier === undefined ? "" : `-${classifier}`}.${type}`;
  const path = url.replace(/[?#].*$/s, "");
  const filePath = /[?&]filepath=([^&#]+)/.exec(url)?.[1];
  return posix.basename(decoded(filePath ?? path)).replace(/^\.*$/, "file");
}

/** Without `%20` and the like; as it is where it is not written so. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** A key such as a web context, `/` or `/a/b`, as part of a file name: `ROOT`, `a#b`. It never leads out of the folder. */
function contextName(name: string): string {
  return name.replace(/^\/+/, "").replaceAll("/", "#").replace(/^\.+$/, "_") || "ROOT";
}

function inFolder(folder: string, destination: string): string {
  return destination.startsWith("/") ? posix.normalize(destination) : posix.join(folder, destination);
}

async function copyFile(site: Site, source: string, path: string, work: Work): Promise<void> {
  work.log(`${withoutUserInfo(source)} → ${path}`);
  const file = await site.entity.management.resources.file(source, work);
  await site.location.machine.upload({ file }, path, { signal: work.signal });
}

async function copyTemplate(site: Site, source: string, path: string, model: TemplateModel, work: Work): Promise<void> {
  work.log(`${withoutUserInfo(source)}, filled in → ${path}`);
  const text = (await site.entity.management.resources.read(source, work)).toString("utf8");
  await site.location.machine.upload(await renderTemplate(text, model, `template "${withoutUserInfo(source)}"`), path, { signal: work.signal });
}

/** A URL as messages show it. */
export function withoutUserInfo(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, "$1");
}
