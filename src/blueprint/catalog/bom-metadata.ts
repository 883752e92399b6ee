import type { Json } from "../../model/spec.ts";
import { type Cursor, isMap, type TextReading } from "../plan/cursor.ts";
import { catalogItemTypes, type CatalogItemType } from "./catalog-item.ts";

export type BomCursor = Cursor<TextReading>;

/** What a map of a `.bom` says of the items in it; what is nested inherits it. */
export interface BomMetadata {
  /** Of the map around an item: the item's own where it says none. */
  readonly id: string | undefined;
  /** Of the map around an item: shown where neither the item nor its plan has one. */
  readonly displayName: string | undefined;
  readonly version: string | undefined;
  readonly itemType: CatalogItemType | undefined;
  readonly iconUrl: string | undefined;
  readonly deprecated: boolean;
  readonly disabled: boolean;
  readonly tags: readonly Json[];
  readonly libraries: readonly Json[];
}

export const noMetadata: BomMetadata = { id: undefined, displayName: undefined, version: undefined, itemType: undefined, iconUrl: undefined, deprecated: false, disabled: false, tags: [], libraries: [] };

/** Reads one level: tags and libraries add up, everything else replaces what is inherited (reference, section 5). */
export function readMetadata(block: BomCursor, inherited: BomMetadata): BomMetadata {
  return {
    id: textAt(block, "id", "symbolicName") ?? inherited.id,
    displayName: textAt(block, "name", "displayName") ?? inherited.displayName,
    version: block.get("version")?.text("version") ?? inherited.version,
    itemType: readItemType(block) ?? inherited.itemType,
    iconUrl: textAt(block, "iconUrl", "icon_url", "icon.url") ?? inherited.iconUrl,
    deprecated: block.get("deprecated")?.flag("deprecated") ?? inherited.deprecated,
    disabled: block.get("disabled")?.flag("disabled") ?? inherited.disabled,
    tags: [...inherited.tags, ...(block.get("tags")?.items("tags").map((tag) => tag.value) ?? [])],
    libraries: [...inherited.libraries, ...listAt(block, "brooklyn.libraries", "libraries")],
  };
}

/** `name:version` of an id; the version may stand beside it, but not another one. */
export function splitId(place: BomCursor, id: string): { id: string; version: string | undefined } {
  const parts = id.split(":");
  const [name = "", version] = parts;
  if (!/^[\w.$+@/ -]+$/.test(name) || parts.length > 2 || version === "") return place.fail(`"${id}" is no id: letters, digits and . _ - are expected, and at most one ":" before a version`, { part: "value" });
  return { id: name, version };
}

export function textAt(block: BomCursor, ...names: string[]): string | undefined {
  for (const name of names) {
    const found = block.get(name);
    if (found !== undefined) return found.text(name);
  }
  return undefined;
}

function listAt(block: BomCursor, ...names: string[]): readonly Json[] {
  return names.flatMap((name) => block.get(name)?.items(name).map(withVersionAsText) ?? []);
}

/** A library's version 1.0 is that text, and not the number 1. */
function withVersionAsText(place: BomCursor): Json {
  const version = place.get("version");
  return version === undefined || !isMap(place.value) ? place.value : { ...place.value, version: version.text("version") };
}

function readItemType(block: BomCursor): CatalogItemType | undefined {
  const place = block.get("itemType") ?? block.get("item_type");
  if (place === undefined) return undefined;
  const word = place.text("itemType").toLowerCase();
  return catalogItemTypes.find((each) => each === word) ?? place.fail(`unknown itemType "${word}"`, { part: "value", remedy: `It is one of ${catalogItemTypes.join(", ")}` });
}
