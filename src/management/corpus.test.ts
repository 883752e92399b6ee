import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { describe, expect, it } from "vitest";
import { Catalog, readBom } from "../blueprint/catalog/index.ts";
import { readBlueprint, readSpec } from "../blueprint/read-blueprint.ts";
import { ClockerError } from "../model/errors.ts";
import type { EntitySpec } from "../model/spec.ts";
import { isEntitySpec } from "../model/types/index.ts";
import { knownTypes } from "./known-types.ts";
import { ServerTypes } from "./server-types.ts";

/**
 * Reads every blueprint and bundle of `test/corpus/server` with the types and the catalog that a server has, and compares the tree, or the
 * error, with the file of the same name under `test/corpus/expected/server`. `vitest -u` writes those anew: look at what changes.
 */
const root = path.resolve(import.meta.dirname, "../..");
const corpus = path.join(root, "test/corpus");
const files = readdirSync(path.join(corpus, "server"), { recursive: true, encoding: "utf8" }).filter((name) => /\.(yaml|bom)$/.test(name)).sort();

describe("corpus, with the types of a server", () => {
  it.each(files)("%s", async (name) => {
    const text = await readFile(path.join(corpus, "server", name), "utf8");
    const shown = await shownOr(() => (name.endsWith(".bom") ? shownBundle(text, path.basename(name)) : shownBlueprint(text, path.basename(name))));
    await expect(shown).toMatchFileSnapshot(path.join(corpus, "expected/server", `${name}.txt`));
  });

  it("names every type that a server registers, under each of its names", async () => {
    const types = knownTypes();
    const texts = await Promise.all(files.flatMap((name) => [path.join("server", name), path.join("expected/server", `${name}.txt`)]).map((name) => readFile(path.join(corpus, name), "utf8")));
    const names = [...types.entityTypes(), ...types.adjunctTypes(), ...types.initializerTypes()].flatMap((type) => [type.name, ...type.aliases]);
    expect(names.filter((name) => !texts.some((text) => text.includes(name)))).toEqual([]);
  });

  it("has no expected file that nothing writes", () => {
    const written = new Set(files.map((name) => `${name}.txt`));
    const kept = readdirSync(path.join(corpus, "expected/server"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".txt"));
    expect(kept.filter((name) => !written.has(name))).toEqual([]);
  });
});

async function shownBlueprint(text: string, source: string): Promise<string> {
  return shownTree(text, source, await shippedCatalog());
}

/** The items, and the tree that each of them makes. */
async function shownBundle(text: string, source: string): Promise<string> {
  const catalog = await shippedCatalog();
  const types = new ServerTypes(knownTypes(), catalog);
  const bundle = await readBom(text, { source, kindOf: (name) => types.kindOf(name) });
  catalog.add(bundle);
  const items = bundle.items.map(({ plan: _plan, planText: _text, ...item }) => item);
  const trees: string[] = [];
  for (const { id, version, itemType } of bundle.items) {
    if (!["entity", "application", "template"].includes(itemType)) continue;
    trees.push(`# type: ${id}:${version}\n${await shownOr(async () => shownTree(stringify({ services: [{ type: `${id}:${version}` }] }), source, catalog))}`);
  }
  return [yaml({ ...bundle, items }), ...trees].join("");
}

function shownTree(text: string, source: string, catalog: Catalog): string {
  const { spec, warnings } = readBlueprint(text, { types: new ServerTypes(knownTypes(), catalog), source });
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  return [yaml(withoutShipped(spec, catalog)), ...warnings.map(({ message, remedy }) => `# warning: ${message}${remedy === undefined ? "" : ` (${remedy})`}\n`)].join("");
}

/** Without what the shipped items of `catalog/` bring themselves, so that a bundle may change without the corpus. */
function withoutShipped(spec: EntitySpec, catalog: Catalog): object {
  const children = spec.children.map((child) => withoutShipped(child, catalog));
  const nested = Object.entries(spec.config).map(([key, value]): [string, unknown] => [key, isEntitySpec(value) ? withoutShipped(value, catalog) : value]);
  const item = spec.catalogItemId === undefined ? undefined : catalog.get(spec.catalogItemId);
  if (item === undefined || item.id.startsWith("corpus.") || spec.catalogItemId === undefined) return { ...spec, children, config: Object.fromEntries(nested) };
  const bare = readSpec({ type: spec.catalogItemId }, { types: new ServerTypes(knownTypes(), catalog) });
  const config = Object.fromEntries(nested.filter(([key, value]) => !isDeepStrictEqual(value, bare.config[key])));
  const own = <T>(items: readonly T[], shipped: readonly T[]) => items.filter((each) => !shipped.some((other) => isDeepStrictEqual(each, other)));
  return { ...spec, children, config, parameters: own(spec.parameters, bare.parameters), initializers: own(spec.initializers, bare.initializers), enrichers: own(spec.enrichers, bare.enrichers), policies: own(spec.policies, bare.policies) };
}

async function shippedCatalog(): Promise<Catalog> {
  const catalog = new Catalog();
  const folder = path.join(root, "catalog");
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".bom")).sort()) catalog.add(await readBom(await readFile(path.join(folder, name), "utf8"), { source: name }));
  return catalog;
}

async function shownOr(body: () => Promise<string>): Promise<string> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof ClockerError)) throw error;
    return `${error.code}: ${error.message}\n${error.remedy === undefined ? "" : `${error.remedy}\n`}`;
  }
}

function yaml(value: unknown): string {
  return stringify(withoutEmpty(value), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Without the lists and maps of a spec that hold nothing, and of long texts only how they begin, for reading. Config stays as it is. */
function withoutEmpty(value: unknown, isConfig = false): unknown {
  if (typeof value === "string" && value.split("\n").length > 5) return `${value.split("\n", 1)[0]} ... (${value.split("\n").length} lines)`;
  if (Array.isArray(value)) return value.map((each) => withoutEmpty(each, isConfig));
  if (typeof value !== "object" || value === null) return value;
  const holds = isConfig && !isEntitySpec(value);
  const entries = Object.entries(value).filter(([key, each]) => each !== undefined && (holds || key === "locations" || typeof each !== "object" || each === null || Object.keys(each).length > 0));
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutEmpty(each, isConfig || key === "config")]));
}
