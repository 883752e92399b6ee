import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { describe, expect, it } from "vitest";
import { fakeTypes } from "../../test/corpus/fake-types.ts";
import { ClockerError } from "../model/errors.ts";
import type { BlueprintTypes } from "./blueprint-types.ts";
import { Catalog, readBom } from "./catalog/index.ts";
import { readBlueprint } from "./read-blueprint.ts";

/**
 * Reads every blueprint and bundle of `test/corpus` and compares the tree, or the error, with the file of the same name under `expected`.
 * `vitest -u` writes those anew: look at what changes.
 */
const corpus = path.resolve(import.meta.dirname, "../../test/corpus");

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(path.join(corpus, folder))).filter((name) => /\.(yaml|bom)$/.test(name)).sort();
}

function textOf(folder: string, name: string): Promise<string> {
  return readFile(path.join(corpus, folder, name), "utf8");
}

const expected = (folder: string, name: string) => path.join(corpus, "expected", folder, `${name}.txt`);

/** The fake types, with the items of the corpus's own catalog. */
async function corpusTypes(): Promise<BlueprintTypes> {
  const catalog = new Catalog();
  for (const name of await filesIn("catalog")) catalog.add(await readBom(await textOf("catalog", name), { source: name }));
  return { ...fakeTypes(), catalogItem: (reference) => catalog.get(reference), knownTypeNames: () => [...fakeTypes().knownTypeNames(), ...catalog.list().map((item) => item.id)] };
}

describe("corpus, blueprints", async () => {
  const types = await corpusTypes();
  it.each(await filesIn("blueprints"))("%s", async (name) => {
    const { spec, warnings } = readBlueprint(await textOf("blueprints", name), { types, source: name });
    const shown = [stringify(withoutEmpty(spec), { lineWidth: 0, aliasDuplicateObjects: false }), ...warnings.map(({ message, remedy }) => `# warning: ${message}${remedy === undefined ? "" : ` (${remedy})`}\n`)].join("");
    await expect(shown).toMatchFileSnapshot(expected("blueprints", name));
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });
});

describe("corpus, faults", async () => {
  const types = await corpusTypes();
  it.each(await filesIn("faults"))("%s", async (name) => {
    const text = await textOf("faults", name);
    await expect(failureOf(() => readBlueprint(text, { types, source: name }))).toMatchFileSnapshot(expected("faults", name));
  });
});

describe("corpus, bundles", async () => {
  it.each(await filesIn("catalog"))("%s", async (name) => {
    const bundle = await readBom(await textOf("catalog", name), { source: name });
    const items = bundle.items.map(({ plan: _plan, ...item }) => withoutEmpty(item));
    await expect(stringify({ ...bundle, items: items.map(withoutEmpty) }, { lineWidth: 0 })).toMatchFileSnapshot(expected("bundles", name));
  });
});

function failureOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (!(error instanceof ClockerError)) throw error;
    return `${error.code}: ${error.message}\n${error.remedy ?? ""}\n`;
  }
  return "no fault\n";
}

/** Without the lists and maps that hold nothing, for reading. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key, each]) => !(typeof each === "object" && each !== null && Object.keys(each).length === 0 && key !== "locations") && each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutEmpty(each)]));
}
