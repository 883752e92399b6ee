import type { CatalogItem } from "../../src/blueprint/catalog/catalog-item.ts";
import { readParameters } from "./plan-parameters.ts";
import { code, type Page, paragraphs, table } from "./page.ts";

/** The technologies that come with Clocker, with the parameters that they declare. */
export function catalogPage(items: readonly CatalogItem[]): Page {
  return {
    file: "catalog.md",
    title: "Catalog",
    summary: "the technologies that come with Clocker, and their parameters",
    body: paragraphs(
      "Each is a bundle in `catalog/`, in YAML: see [Add a technology](../guides/add-a-technology.md).",
      ...items.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)).map(section),
    ),
  };
}

function section({ id, version, displayName, description, itemType, plan }: CatalogItem): string {
  const rows = readParameters(plan).map((parameter) => [code(parameter.name), code(parameter.type ?? ""), parameter.default === undefined ? "" : code(JSON.stringify(parameter.default)), parameter.description ?? parameter.label ?? ""]);
  return paragraphs(`## ${displayName ?? id}`, `${code(`${id}:${version}`)} (${itemType})`, description?.trim() ?? "", table(["parameter", "type", "default", "what for"], rows));
}
