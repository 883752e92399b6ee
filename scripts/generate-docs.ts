import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createApi } from "../src/api/api.ts";
import { openServer } from "../src/management/open-server.ts";
import { Properties } from "../src/management/properties/properties.ts";
import { InMemoryStore } from "../src/management/store/in-memory-store.ts";
import { brooklynBrPage } from "./reference/brooklyn-br.ts";
import { catalogPage } from "./reference/catalog.ts";
import { commandLinePage } from "./reference/command-line.ts";
import { compatibilityPage, factsOf } from "./reference/compatibility.ts";
import { dslPage } from "./reference/dsl.ts";
import { entityTypesPage } from "./reference/entity-types.ts";
import { errorsPage } from "./reference/errors.ts";
import { initializersPage } from "./reference/initializers.ts";
import { type Page, table, textOf } from "./reference/page.ts";
import { placementPage } from "./reference/placement.ts";
import { providersPage } from "./reference/providers.ts";
import { restApiPage } from "./reference/rest-api.ts";
import { workflowPage } from "./reference/workflow.ts";

/**
 * Makes `docs/reference/` from the code: the same code gives the same text. `node scripts/generate-docs.ts` writes it;
 * `--check` writes nothing and exits with 1 when a page is not what the code says.
 */
const ROOT = path.resolve(import.meta.dirname, "..");
const FOLDER = path.join(ROOT, "docs", "reference");

async function allPages(): Promise<Page[]> {
  const { openApi, items } = await askServer();
  const pages = [entityTypesPage(), catalogPage(items), initializersPage(), workflowPage(), dslPage(), placementPage(), await providersPage(ROOT), commandLinePage(), brooklynBrPage(), restApiPage(openApi), errorsPage(), compatibilityPage(factsOf(ROOT, openApi, items.map((item) => item.id)))];
  return [indexOf(pages), ...pages];
}

function indexOf(pages: readonly Page[]): Page {
  return { file: "README.md", title: "Reference", summary: "", body: table(["page", "what is in it"], pages.map(({ file, title, summary }) => [`[${title}](${file})`, summary])) };
}

/** What only a server knows: its catalog and its API's description. It has a folder of its own, keeps nothing and listens nowhere. */
async function askServer(): Promise<{ openApi: unknown; items: Parameters<typeof catalogPage>[0] }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "clocker-docs-"));
  const silent = () => {};
  const server = await openServer({ dataDir, properties: new Properties(new Map()), log: { debug: silent, info: silent, warn: silent, error: silent }, store: new InMemoryStore() });
  const api = await createApi(server);
  try {
    await api.ready();
    return { openApi: api.swagger(), items: [...server.catalog.list()] };
  } finally {
    await api.close();
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function write(pages: readonly Page[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  for (const page of pages) await writeFile(path.join(FOLDER, page.file), textOf(page));
  for (const file of await strangeFiles(pages)) await rm(path.join(FOLDER, file));
}

/** The pages that are not what the code says, and files that are none of them. */
async function stale(pages: readonly Page[]): Promise<string[]> {
  const kept = await Promise.all(pages.map(({ file }) => textIfThere(path.join(FOLDER, file))));
  return [...pages.filter((page, index) => kept[index] !== textOf(page)).map(({ file }) => file), ...(await strangeFiles(pages))];
}

async function strangeFiles(pages: readonly Page[]): Promise<string[]> {
  const files = await filesIn(FOLDER);
  return files.filter((file) => !pages.some((page) => page.file === file));
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

async function textIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

const pages = await allPages();
if (process.argv.includes("--check")) {
  const files = await stale(pages);
  for (const file of files) console.log(`docs/reference/${file}: not what the code says. Run: node scripts/generate-docs.ts`);
  process.exitCode = files.length === 0 ? 0 : 1;
} else {
  await write(pages);
  console.log(`Wrote ${pages.length} pages to docs/reference`);
}
