import { ClockerError } from "../../model/errors.ts";
import { nearest } from "../../model/nearest.ts";
import type { CatalogBundle } from "./catalog-bundle.ts";
import { type CatalogItem, catalogId, type CatalogItemType } from "./catalog-item.ts";
import { compareVersions, isSnapshot } from "./version-order.ts";

export interface CatalogChange {
  readonly kind: "added" | "replaced" | "removed" | "changed";
  readonly item: CatalogItem;
}

export interface CatalogFilter {
  readonly itemType?: CatalogItemType;
  /** Text that occurs in the id, the name or the description, in any case. */
  readonly fragment?: string;
  readonly regex?: RegExp;
  /** All versions instead of the latest of each id. */
  readonly allVersions?: boolean;
  readonly includeDisabled?: boolean;
}

interface Marks {
  readonly deprecated?: boolean;
  readonly disabled?: boolean;
}

/** The types that bundles define, in memory; whoever keeps them durable listens to the changes. */
export class Catalog {
  /** By id, then by version. */
  readonly #items = new Map<string, Map<string, CatalogItem>>();
  readonly #bundles = new Map<string, CatalogBundle>();
  /** What users said of items after they were added, by `id:version`: not part of their content. */
  readonly #marks = new Map<string, Marks>();
  readonly #listeners = new Set<(change: CatalogChange) => void>();

  /** Told of every change, after it. Returns the way to stop. */
  subscribe(listener: (change: CatalogChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Adds a bundle's items, all or none. The same content again changes nothing; other content under the same `id:version` replaces
   * a snapshot, and anything when forced.
   * @throws ClockerError `conflict`
   */
  add(bundle: CatalogBundle, options: { force?: boolean } = {}): { added: string[]; unchanged: string[] } {
    const unchanged = bundle.items.filter((item) => isSame(this.#items.get(item.id)?.get(item.version), item));
    const news = bundle.items.filter((item) => !unchanged.includes(item));
    const taken = news.find((item) => this.#exact(item.id, item.version) !== undefined && !isSnapshot(item.version));
    if (taken !== undefined && options.force !== true) {
      throw new ClockerError("conflict", `Cannot add catalog item "${catalogId(taken)}": another one with this id and version is in the catalog`, { remedy: "Give it a new version, or force the update", details: { id: catalogId(taken) } });
    }
    this.#bundles.set(`${bundle.symbolicName}:${bundle.version}`, bundle);
    for (const item of news) this.#put(item);
    return { added: news.map(catalogId), unchanged: unchanged.map(catalogId) };
  }

  /** @throws ClockerError `not-found` */
  remove(id: string, version: string): CatalogItem {
    const item = this.#existing(id, version);
    const versions = this.#items.get(id);
    versions?.delete(item.version);
    if (versions?.size === 0) this.#items.delete(id);
    this.#marks.delete(catalogId(item));
    this.#tell({ kind: "removed", item });
    return item;
  }

  /** Removes a bundle with all items that came with it. @throws ClockerError `not-found` */
  removeBundle(symbolicName: string, version: string): CatalogBundle {
    const name = `${symbolicName}:${version}`;
    const bundle = this.#bundles.get(name);
    if (bundle === undefined) throw new ClockerError("not-found", `No bundle "${name}" in the catalog`);
    this.#bundles.delete(name);
    for (const item of bundle.items) if (this.#exact(item.id, item.version)?.bundle === name) this.remove(item.id, item.version);
    return bundle;
  }

  /** Marks an item as deprecated or disabled, or no longer so. @throws ClockerError `not-found` */
  mark(id: string, version: string, marks: Marks): CatalogItem {
    const known = this.#existing(id, version);
    this.#marks.set(catalogId(known), { ...this.#marks.get(catalogId(known)), ...marks });
    const item = { ...known, ...marks };
    this.#tell({ kind: "changed", item });
    return item;
  }

  /** By `id` or `id:latest` (the latest version), or `id:version`. */
  get(reference: string): CatalogItem | undefined {
    const latest = this.#latest(reference);
    if (latest !== undefined) return latest;
    const colon = reference.lastIndexOf(":");
    if (colon < 0) return undefined;
    const [id, version] = [reference.slice(0, colon), reference.slice(colon + 1)];
    return version === "latest" ? this.#latest(id) : this.#exact(id, version);
  }

  /** In the order of ids, the latest version first. */
  list(filter: CatalogFilter = {}): CatalogItem[] {
    const found: CatalogItem[] = [];
    for (const id of [...this.#items.keys()].sort()) {
      const versions = this.versions(id).filter((item) => filter.includeDisabled === true || !item.disabled);
      found.push(...(filter.allVersions === true ? versions : versions.slice(0, 1)).filter((item) => accepts(filter, item)));
    }
    return found;
  }

  /** All versions of an id, the one that the bare id means first. */
  versions(id: string): CatalogItem[] {
    return [...(this.#items.get(id)?.values() ?? [])].map((item) => this.#marked(item)).sort((a, b) => Number(a.disabled) - Number(b.disabled) || Number(a.deprecated) - Number(b.deprecated) || compareVersions(b.version, a.version));
  }

  bundles(): CatalogBundle[] {
    return [...this.#bundles.values()];
  }

  #put(item: CatalogItem): void {
    const versions = this.#items.get(item.id) ?? new Map<string, CatalogItem>();
    const kind = versions.has(item.version) ? "replaced" : "added";
    versions.set(item.version, item);
    this.#marks.delete(catalogId(item));
    this.#items.set(item.id, versions);
    this.#tell({ kind, item });
  }

  #latest(id: string): CatalogItem | undefined {
    const versions = this.#items.get(id);
    // Most have one: nothing to order.
    const [only] = versions?.size === 1 ? versions.values() : [];
    return only === undefined ? this.versions(id)[0] : this.#marked(only);
  }

  #exact(id: string, version: string): CatalogItem | undefined {
    const item = this.#items.get(id)?.get(version);
    return item === undefined ? undefined : this.#marked(item);
  }

  #marked(item: CatalogItem): CatalogItem {
    const marks = this.#marks.get(catalogId(item));
    return marks === undefined ? item : { ...item, ...marks };
  }

  #existing(id: string, version: string): CatalogItem {
    const item = version === "latest" ? this.#latest(id) : this.#exact(id, version);
    if (item !== undefined) return item;
    const near = nearest(`${id}:${version}`, this.list({ allVersions: true, includeDisabled: true }).map(catalogId));
    throw new ClockerError("not-found", `No item "${id}:${version}" in the catalog`, near === undefined ? {} : { remedy: `Did you mean "${near}"?` });
  }

  #tell(change: CatalogChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** The same, whatever bundle it came with: a bundle without a name gets one from its content. */
function isSame(known: CatalogItem | undefined, item: CatalogItem): boolean {
  if (known === undefined) return false;
  const content = ({ bundle: _bundle, planText: _text, ...rest }: CatalogItem) => JSON.stringify(rest);
  return content(known) === content(item);
}

function accepts({ itemType, fragment, regex }: CatalogFilter, item: CatalogItem): boolean {
  if (itemType !== undefined && item.itemType !== itemType) return false;
  const texts = [item.id, item.displayName ?? "", item.description ?? ""];
  if (fragment !== undefined && !texts.some((text) => text.toLowerCase().includes(fragment.toLowerCase()))) return false;
  return regex === undefined || texts.some((text) => text.search(regex) >= 0);
}
