import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, normalize, relative } from "node:path";
import { findCycles } from "./find-cycles.ts";
import { type Import, importsOf } from "./imports-of.ts";

/**
 * Enforces the order of folders in CONTRIBUTING.md: a file knows its own folder and those below it. Prints each violation as
 * `file:line: sentence` and exits with 1 when there is one. `node scripts/check-dependencies.ts [ROOT]`
 */
const folders: readonly (readonly string[])[] = [
  ["cli"],
  ["api"],
  ["management"],
  ["docker"],
  ["software"],
  ["policy", "enricher"],
  ["provider"],
  ["machine"],
  ["engine"],
  ["blueprint"],
  ["model"],
];

/** Folders that know fewer than the order would let them. */
const knowOnly: Readonly<Record<string, readonly string[]>> = { engine: ["model"], blueprint: ["model"], model: [] };

/** Pure folders: no package and no module of Node, so no I/O and no clock. */
const pure: readonly string[] = ["model"];

export interface SourceFile {
  /** From the root of the project, with slashes: `src/docker/host.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** What the sources may not import, and the import cycles among them. `packages` are the dependencies of package.json. */
export function violationsIn(files: readonly SourceFile[], packages: ReadonlySet<string>): Violation[] {
  const edges = files.flatMap((file) => importsOf(file.text).map((found) => ({ file, found, target: targetOf(file.path, found.specifier) })));
  const forbidden = edges.flatMap(({ file, found, target }) => {
    const message = target === undefined ? packageFault(file.path, found, packages) : fileFault(file.path, target);
    return message === undefined ? [] : [{ path: file.path, line: found.line, message }];
  });
  return [...forbidden, ...cyclesAmong(edges)].toSorted((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

/** The imported file, from the root of the project; undefined for a package. */
function targetOf(importer: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? normalize(join(dirname(importer), specifier)) : undefined;
}

function fileFault(importer: string, target: string): string | undefined {
  const from = folderOf(importer);
  const to = folderOf(target);
  if (from === undefined) return undefined;
  if (isTest(target) && !isTest(importer)) return `imports the test "${target}"`;
  if (to === undefined) return isTest(importer) ? undefined : `imports "${target}" from outside src`;
  if (from === to) return undefined;
  const [fromRank, toRank] = [rankOf(from), rankOf(to)];
  if (fromRank === -1) return `is in "src/${from}", which is not in the table of folders`;
  const only = knowOnly[from];
  if (only !== undefined && !only.includes(to)) return `imports "${target}": src/${from} knows ${only.length === 0 ? "no other folder" : `only src/${only.join(", src/")}`}`;
  return toRank > fromRank ? undefined : `imports "${target}": src/${to} is not below src/${from}`;
}

function packageFault(importer: string, { specifier }: Import, packages: ReadonlySet<string>): string | undefined {
  const folder = folderOf(importer);
  if (folder === undefined || isTest(importer)) return undefined;
  if (pure.includes(folder)) return `imports "${specifier}": src/${folder} is pure, it does no I/O and uses no package`;
  if (isBuiltin(specifier)) return specifier.startsWith("node:") ? undefined : `imports "${specifier}": write "node:${specifier}"`;
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return packages.has(name) ? undefined : `imports "${name}", which is not in the dependencies of package.json`;
}

/** Types may refer to each other in a circle; what runs may not. */
function cyclesAmong(edges: readonly { file: SourceFile; found: Import; target: string | undefined }[]): Violation[] {
  const graph = new Map<string, string[]>();
  const running = edges.filter(({ found, target }) => target !== undefined && !found.typeOnly && !found.dynamic);
  for (const { file, target } of running) graph.set(file.path, [...(graph.get(file.path) ?? []), target ?? ""]);
  return findCycles(graph).map((cycle) => {
    const [first = "", second = first] = cycle;
    const line = running.find(({ file, target }) => file.path === first && target === second)?.found.line ?? 1;
    return { path: first, line, message: `is in an import cycle: ${[...cycle, first].join(" → ")}` };
  });
}

/** The folder of the table that a file is in; undefined outside src. */
function folderOf(path: string): string | undefined {
  const [top, folder] = path.split("/");
  return top === "src" ? folder : undefined;
}

function rankOf(folder: string): number {
  return folders.findIndex((level) => level.includes(folder));
}

function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

function readSources(root: string): SourceFile[] {
  return ["src", "scripts", "bench", "test"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({ path: relative(root, file), text: readFileSync(file, "utf8") })),
  );
}

function dependenciesIn(root: string): Set<string> {
  const manifest: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const dependencies = typeof manifest === "object" && manifest !== null && "dependencies" in manifest ? manifest.dependencies : undefined;
  return new Set(Object.keys(dependencies ?? {}));
}

if (import.meta.main) {
  const root = process.argv[2] ?? join(import.meta.dirname, "..");
  const files = readSources(root);
  const violations = violationsIn(files, dependenciesIn(root));
  for (const { path, line, message } of violations) console.log(`${path}:${line}: ${message}`);
  console.log(violations.length === 0 ? `${files.length} files keep the order of folders` : `${violations.length} violations of the order of folders in CONTRIBUTING.md`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
