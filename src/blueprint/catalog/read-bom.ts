import { stringify } from "yaml";
import { ClockerError } from "../../model/errors.ts";
import { nearest } from "../../model/nearest.ts";
import type { Json, JsonObject } from "../../model/spec.ts";
import { Cursor, isMap, type TextReading } from "../plan/cursor.ts";
import { isDocumentUrl } from "../plan/entity-type-draft.ts";
import { parseYaml, parseYamlInSlices } from "../yaml/parse-yaml.ts";
import type { CatalogBundle } from "./catalog-bundle.ts";
import type { CatalogItem, CatalogItemType } from "./catalog-item.ts";
import { type BomCursor, type BomMetadata, noMetadata, readMetadata, splitId, textAt } from "./bom-metadata.ts";

export interface BomOptions {
  /** The file's name, for messages. */
  readonly source?: string;
  /** Reads what `include` and items given by URL name. Absent: they are refused. */
  load?(url: string): Promise<string>;
  /** What a registered type is, for items that do not say what they are. */
  kindOf?(typeName: string): CatalogItemType | undefined;
}

const DEFAULT_VERSION = "0.0.0-SNAPSHOT";
const MOST_ITEMS = 5_000;
const DEEPEST_INCLUDE = 10;

/**
 * Reads a catalog bundle, a `.bom` file (reference, section 5). Items are not resolved: their types may come with bundles that are added later.
 * @throws ClockerError `invalid-yaml` or `invalid-blueprint`, with line and column; what `load` throws
 */
export async function readBom(text: string, options: BomOptions = {}): Promise<CatalogBundle> {
  const root = await rootOf(text, options.source);
  const block = catalogBlock(root);
  const version = textAt(block, "version") ?? DEFAULT_VERSION;
  const symbolicName = textAt(block, "bundle") ?? nameOf(block) ?? `brooklyn-catalog-bom-${hashOf(text)}`;
  const reader = new BomReader(options, `${symbolicName}:${version}`);
  await reader.readRoot(root, { ...noMetadata, version: textAt(block, "version") }, 0);
  return { symbolicName, version, items: reader.items, iconUrl: textAt(block, "bundleIconUrl"), libraries: readMetadata(block, noMetadata).libraries, warnings: reader.warnings };
}

/** Walks a bundle and the files that it includes. */
class BomReader {
  readonly items: CatalogItem[] = [];
  readonly warnings: string[] = [];
  readonly #options: BomOptions;
  readonly #bundle: string;

  constructor(options: BomOptions, bundle: string) {
    this.#options = options;
    this.#bundle = bundle;
  }

  async readRoot(root: BomCursor, inherited: BomMetadata, depth: number): Promise<void> {
    const block = catalogBlock(root);
    const found = await this.#readBlock(block, inherited, depth);
    if (found > 0) return;
    // The old form: the plan stands beside `brooklyn.catalog`. A bundle may also hold nothing at all.
    const plan = isMap(root.value) ? Object.fromEntries(Object.entries(root.value).filter(([key]) => key !== "brooklyn.catalog")) : {};
    if (Object.keys(plan).length > 0) this.#add(block, readMetadata(block, inherited), root.with(plan));
    else if (["bundle", "items", "item", "include", "brooklyn.libraries", "libraries", "scanJavaAnnotations"].every((key) => block.get(key) === undefined)) this.warnings.push("The bundle defines no items");
  }

  /** Reads the items of one map, and counts what it holds. */
  async #readBlock(block: BomCursor, inherited: BomMetadata, depth: number): Promise<number> {
    this.#warnOfUnknown(block);
    const metadata = readMetadata(block, inherited);
    let found = 0;
    for (const each of listOrOne(block.get("include"), "include")) {
      found++;
      await this.#readUrl(each, metadata, depth);
    }
    for (const each of block.get("items")?.items("items") ?? []) {
      found++;
      if (typeof each.value === "string") await this.#readUrl(each, metadata, depth);
      else if (!isMap(each.value)) each.fail("each of the items must be a map or a URL");
      else if ((await this.#readBlock(each, metadata, depth)) === 0 && !saysNothingOfAnItem(each)) this.#add(each, readMetadata(each, metadata), inlinePlan(each));
    }
    const item = block.get("item");
    if (item !== undefined) {
      found++;
      this.#add(block, metadata, item);
    }
    return found;
  }

  async #readUrl(place: BomCursor, inherited: BomMetadata, depth: number): Promise<void> {
    const url = place.text("a URL of a bundle");
    if (this.#options.load === undefined) return place.fail(`cannot open "${url}": this bundle may not include others`);
    if (depth >= DEEPEST_INCLUDE) return place.fail(`bundles include each other more than ${DEEPEST_INCLUDE} deep`);
    await this.readRoot(await rootOf(await this.#options.load(url), url), inherited, depth + 1);
  }

  #add(block: BomCursor, metadata: BomMetadata, item: BomCursor): void {
    if (this.items.length >= MOST_ITEMS) item.fail(`the bundle defines more than ${MOST_ITEMS} items`);
    const { plan, kind } = planOf(planAt(item));
    if (plan["services"] !== undefined && ["type", "serviceType", "service_type"].some((key) => plan[key] !== undefined)) item.fail("an item has either services or a type, not both");
    const { id, version } = this.#idOf(block, metadata, plan);
    const itemType = metadata.itemType ?? kind ?? this.#kindOf(plan);
    this.items.push({
      id,
      version,
      itemType,
      displayName: textAt(block, "name", "displayName") ?? (typeof plan["name"] === "string" ? plan["name"] : metadata.displayName),
      description: textAt(block, "description") ?? (typeof plan["description"] === "string" ? plan["description"] : undefined),
      iconUrl: metadata.iconUrl ?? (typeof plan["iconUrl"] === "string" ? plan["iconUrl"] : undefined),
      plan,
      planText: planText(item, plan),
      bundle: this.#bundle,
      tags: itemType === "template" ? [...metadata.tags, "catalog_template"] : metadata.tags,
      libraries: metadata.libraries,
      deprecated: metadata.deprecated,
      disabled: metadata.disabled,
    });
  }

  #idOf(block: BomCursor, metadata: BomMetadata, plan: JsonObject): { id: string; version: string } {
    const place = block.get("id") ?? block.get("symbolicName") ?? block;
    const given = textAt(block, "id", "symbolicName") ?? (typeof plan["id"] === "string" ? plan["id"] : undefined) ?? metadata.id ?? (textAt(block, "name", "displayName") ?? (typeof plan["name"] === "string" ? plan["name"] : undefined))?.trim().replaceAll(/[^\w.-]+/g, "-").toLowerCase();
    if (given === undefined || given === "") return block.fail("an item needs an id");
    const { id, version } = splitId(place, given);
    const beside = textAt(block, "version");
    if (version !== undefined && beside !== undefined && version !== beside) return place.fail(`the id "${given}" and the version "${beside}" beside it contradict each other`);
    const versionAt = metadata.version ?? (typeof plan["version"] === "string" || typeof plan["version"] === "number" ? String(plan["version"]) : DEFAULT_VERSION);
    const known = this.items.find((each) => each.id === id && each.version === (version ?? versionAt));
    if (known !== undefined) return place.fail(`the item "${known.id}:${known.version}" is defined twice`);
    return { id, version: version ?? versionAt };
  }

  /** Brooklyn tries what an item could be; a plan's keys and its type tell the same. */
  #kindOf(plan: JsonObject): CatalogItemType {
    if (plan["services"] !== undefined) return "entity";
    for (const kind of ["policy", "enricher", "location"] as const) if (plan[`${kind}Type`] !== undefined || plan[`${kind}_type`] !== undefined) return kind;
    const type = plan["type"] ?? plan["serviceType"] ?? plan["service_type"];
    // A kind of workflow step.
    if (type === "workflow" && plan["steps"] !== undefined) return "bean";
    return (typeof type === "string" ? this.#options.kindOf?.(type) : undefined) ?? "entity";
  }

  #warnOfUnknown(block: BomCursor): void {
    for (const [key, place] of block.entries("brooklyn.catalog")) {
      if (metadataKeys.has(key) || planKeys.test(key)) continue;
      const near = nearest(key, metadataKeys);
      place.warn(`"${key}" is not a key of brooklyn.catalog and is ignored`);
      this.warnings.push(`"${key}" is not a key of brooklyn.catalog and is ignored${near === undefined ? "" : `: did you mean "${near}"?`}`);
    }
  }
}

const metadataKeys = new Set([
  ...["bundle", "version", "id", "symbolicName", "itemType", "item_type", "format", "name", "displayName", "description", "iconUrl", "icon_url", "icon.url", "bundleIconUrl", "deprecated", "disabled", "tags"],
  ...["brooklyn.libraries", "libraries", "include", "items", "item", "scanJavaAnnotations", "publish", "license_code", "license_url", "license", "issues_url", "documentation_url", "source_url", "url", "overview", "qa", "class", "brooklyn.catalog"],
]);

/** Keys of plans, which old bundles write beside the metadata. */
const planKeys = /^(type|serviceType|service_type|services|brooklyn\..*|location|locations|customName)$/;

async function rootOf(text: string, source: string | undefined): Promise<BomCursor> {
  const document = await parseYamlInSlices(text, source === undefined ? {} : { source });
  const reading: TextReading = { what: "catalog bundle", document, warnings: [], items: [] };
  const root = new Cursor(document.value, [], reading);
  return isMap(document.value) ? root : root.fail("a map with brooklyn.catalog is expected");
}

function catalogBlock(root: BomCursor): BomCursor {
  const block = root.get("brooklyn.catalog");
  if (block === undefined) return root.fail("No catalog meta data supplied. brooklyn.catalog must be specified");
  return isMap(block.value) ? block : block.fail("brooklyn.catalog must be a map");
}

function listOrOne(place: BomCursor | undefined, name: string): BomCursor[] {
  if (place === undefined) return [];
  return Array.isArray(place.value) ? place.items(name) : [place];
}

/** One of the items that only says how to look for others (`scanJavaAnnotations`, `libraries`), as old bundles have it. */
function saysNothingOfAnItem(block: BomCursor): boolean {
  return ["scanJavaAnnotations", "libraries", "brooklyn.libraries"].some((key) => block.get(key) !== undefined) && ["id", "symbolicName"].every((key) => block.get(key) === undefined) && !block.entries("an item").some(([key]) => planKeys.test(key));
}

/** An item whose plan stands in the same map as its metadata. */
function inlinePlan(block: BomCursor): BomCursor {
  const entries = block.entries("an item").filter(([key]) => planKeys.test(key));
  return entries.length === 0 ? block.fail("an item needs a plan under \"item\"") : block.with(Object.fromEntries(entries.map(([key, { value }]) => [key, value])));
}

/** The plan as a map: a map, text that holds one, or the name of a type. */
function planAt(item: BomCursor): JsonObject {
  if (isMap(item.value)) return item.value;
  if (typeof item.value !== "string") return item.fail("an item's plan must be a map, or text that holds one");
  const { value } = parseNested(item, item.value);
  if (isMap(value)) return value;
  return typeof value === "string" && (/^[\w.$:-]+$/.test(value) || isDocumentUrl(value)) ? { type: value } : item.fail("an item's plan must be a map, or text that holds one");
}

/** The old form of items that are no entities: the only one of `brooklyn.policies` and the like is what the item is. */
function planOf(plan: JsonObject): { plan: JsonObject; kind: CatalogItemType | undefined } {
  if (["services", "type", "serviceType", "service_type"].some((key) => plan[key] !== undefined)) return { plan, kind: undefined };
  for (const [section, kind] of [["brooklyn.policies", "policy"], ["brooklyn.enrichers", "enricher"], ["brooklyn.locations", "location"]] as const) {
    const [only, ...others] = Array.isArray(plan[section]) ? plan[section] : [];
    if (isMap(only) && others.length === 0) return { plan: only, kind };
  }
  return { plan, kind: undefined };
}

function parseNested(item: BomCursor, text: string): { value: Json } {
  try {
    return parseYaml(text);
  } catch (error) {
    if (error instanceof ClockerError) return item.fail(`the text of the plan does not parse: ${error.message}`, { remedy: error.remedy });
    throw error;
  }
}

/** The plan as it was written where that stands for itself (no aliases into the rest of the file); else as YAML writes it. */
function planText(item: BomCursor, plan: JsonObject): string {
  if (typeof item.value === "string") return item.value;
  const written = item.reading.document?.textOf(item.path);
  if (written !== undefined && written.length < 100_000) {
    try {
      if (JSON.stringify(parseYaml(written).value) === JSON.stringify(plan)) return written;
    } catch (error) {
      if (!(error instanceof ClockerError)) throw error;
      // A part of a file need not be a document: then it is written anew.
    }
  }
  return stringify(plan);
}

/** The id at the head of a bundle is its name too, where it has no other. */
function nameOf(block: BomCursor): string | undefined {
  const place = block.get("id") ?? block.get("symbolicName");
  return place === undefined ? undefined : splitId(place, place.text("id")).id;
}

/** Eight characters that are the same for the same text (FNV-1a). */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
