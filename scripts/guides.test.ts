import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Catalog, readBom } from "../src/blueprint/catalog/index.ts";
import { readBlueprint } from "../src/blueprint/index.ts";
import { knownTypes } from "../src/management/known-types.ts";
import { ServerTypes } from "../src/management/server-types.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const pages = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", ...readdirSync(path.join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)].map((file) => ({
  file,
  text: readFileSync(path.join(ROOT, file), "utf8"),
}));

describe.each(pages)("$file", ({ file, text }) => {
  test("links to files and headings that are there", () => {
    const missing = linksIn(text).filter((link) => !leadsSomewhere(link, file));
    expect(missing).toEqual([]);
  });

  const plans = yamlIn(text);
  test.runIf(plans.length > 0)("has blueprints and bundles that can be read, without a warning", async () => {
    const catalog = await catalogWith(plans.filter(isBundle));
    const types = new ServerTypes(knownTypes(), catalog);
    const warnings = plans.filter((plan) => !isBundle(plan)).flatMap((plan) => readBlueprint(plan, { types }).warnings.map(({ message }) => message));
    expect(warnings).toEqual([]);
  });
});

/** Of code blocks that are YAML, those that are a plan of their own. */
function yamlIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = ""]) => yaml);
  return blocks.filter((yaml) => /^(services|brooklyn\.catalog):/m.test(yaml));
}

function isBundle(yaml: string): boolean {
  const plan: unknown = parse(yaml);
  return typeof plan === "object" && plan !== null && "brooklyn.catalog" in plan;
}

async function catalogWith(bundles: readonly string[]): Promise<Catalog> {
  const catalog = new Catalog();
  const folder = path.join(ROOT, "catalog");
  const own = readdirSync(folder).filter((name) => name.endsWith(".bom")).map((name) => readFileSync(path.join(folder, name), "utf8"));
  for (const bundle of [...own, ...bundles]) catalog.add(await readBom(bundle, {}));
  return catalog;
}

/** Targets of links and pictures within the project. */
function linksIn(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target).filter((target) => !/^[a-z]+:/.test(target));
}

function leadsSomewhere(link: string, from: string): boolean {
  const [target = "", heading] = link.split("#");
  const file = target === "" ? path.join(ROOT, from) : path.resolve(ROOT, path.dirname(from), target);
  if (!existsSync(file)) return false;
  return heading === undefined || headingsOf(readFileSync(file, "utf8")).has(heading);
}

/** As GitHub makes anchors of them. */
function headingsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(headings.map((heading) => heading.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")));
}
