import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Catalog, type CatalogBundle, type CatalogItem, catalogId, type CatalogItemType, readBom } from "../blueprint/catalog/index.ts";
import { ClockerError, messageOf } from "../model/errors.ts";
import type { Documents, Secrets } from "../model/management.ts";
import type { JsonObject } from "../model/spec.ts";
import { type CatalogArchive, isArchive, openCatalogArchive } from "./catalog-archive.ts";
import type { Logger } from "./logger.ts";

/** What users added: by `name:version`, the file as it came. */
const BUNDLES = "catalog";
/** Items and bundles that users removed, so that those that come with Clocker stay away. */
const REMOVED_ITEMS = "catalog-removed";
const REMOVED_BUNDLES = "catalog-bundle-removed";
/** What users said of items after they were added. */
const MARKS = "catalog-marks";

export interface CatalogAddition {
  readonly bundle: CatalogBundle;
  readonly outcome: "installed" | "updated" | "unchanged";
  readonly added: readonly string[];
  readonly unchanged: readonly string[];
}

export interface CatalogStoreOptions {
  readonly catalog: Catalog;
  readonly documents: Documents;
  readonly log: Logger;
  /** What a type is, for items that don't say what they are. */
  readonly kindOf?: (typeName: string) => CatalogItemType | undefined;
  /** Bundles may hold passwords of locations: they are stored sealed. */
  readonly secrets: Pick<Secrets, "seal" | "open">;
}

/** Keeps the catalog durable: bundles as they were added, removals and marks. Every change is stored when its call resolves. */
export class CatalogStore {
  readonly #catalog: Catalog;
  readonly #documents: Documents;
  readonly #log: Logger;
  readonly #secrets: CatalogStoreOptions["secrets"];
  readonly #kindOf: CatalogStoreOptions["kindOf"];
  /** Archives by `name:version` of their bundle, for icons and downloads. */
  readonly #sources = new Map<string, { readonly data: Uint8Array; readonly archive: CatalogArchive | undefined }>();
  /** Bundles that come with Clocker. */
  readonly #shipped = new Set<string>();
  #sequence = 0;
  #folder: string | undefined;

  constructor({ catalog, documents, log, secrets, kindOf }: CatalogStoreOptions) {
    this.#catalog = catalog;
    this.#documents = documents;
    this.#log = log;
    this.#secrets = secrets;
    this.#kindOf = kindOf;
  }

  /** Fills the catalog: the bundles of a folder, then what users added, then what they took away and marked. */
  async restore(folder?: string): Promise<void> {
    this.#folder = folder;
    if (folder !== undefined) await this.#readFolder(folder);
    const stored = [...this.#documents.all(BUNDLES)].sort(([, a], [, b]) => sequenceOf(a) - sequenceOf(b));
    for (const [name, data] of stored) {
      this.#sequence = Math.max(this.#sequence, sequenceOf(data));
      await this.#attempt(`the bundle "${name}"`, async () => void this.#put(await this.#read(this.#bytesOf(data)), { force: true }));
    }
    for (const name of this.#documents.all(REMOVED_BUNDLES).keys()) await this.#attempt(`the removal of "${name}"`, async () => void (this.#hasBundle(name) && this.#catalog.removeBundle(...split(name))));
    for (const name of this.#documents.all(REMOVED_ITEMS).keys()) await this.#attempt(`the removal of "${name}"`, async () => void (this.#exact(name) !== undefined && this.#catalog.remove(...split(name))));
    for (const [name, marks] of this.#documents.all(MARKS)) await this.#attempt(`the marks of "${name}"`, async () => void (this.#exact(name) !== undefined && this.#catalog.mark(...split(name), marksOf(marks))));
  }

  /**
   * Adds a `.bom`, or a zip or jar that holds one.
   * @throws ClockerError `conflict` for other content under a version that is there, unless forced; `invalid-yaml`, `invalid-blueprint`, `invalid-request`
   */
  async add(content: string | Uint8Array, options: { force?: boolean } = {}): Promise<CatalogAddition> {
    const source = await this.#read(typeof content === "string" ? Buffer.from(content, "utf8") : content);
    const addition = this.#put(source, options);
    const name = nameOf(addition.bundle);
    if (addition.outcome === "unchanged") return addition;
    this.#documents.put(BUNDLES, name, { sealed: this.#secrets.seal(Buffer.from(source.data).toString("base64")), sequence: ++this.#sequence });
    this.#documents.remove(REMOVED_BUNDLES, name);
    for (const id of [...addition.added, ...addition.unchanged]) this.#documents.remove(REMOVED_ITEMS, id);
    for (const id of addition.added) this.#documents.remove(MARKS, id);
    await this.#documents.flush();
    return addition;
  }

  /** Takes away all that users added, removed and marked: what is left is what comes with Clocker. */
  async reset(): Promise<void> {
    for (const { symbolicName, version } of this.#catalog.bundles()) this.#catalog.removeBundle(symbolicName, version);
    for (const kind of [BUNDLES, REMOVED_BUNDLES, REMOVED_ITEMS, MARKS]) for (const id of [...this.#documents.all(kind).keys()]) this.#documents.remove(kind, id);
    this.#sources.clear();
    if (this.#folder !== undefined) await this.#readFolder(this.#folder);
    await this.#documents.flush();
  }

  /** Removes an item. @throws ClockerError `not-found` */
  async remove(id: string, version: string): Promise<void> {
    const item = this.#catalog.remove(id, version);
    this.#documents.put(REMOVED_ITEMS, catalogId(item), { bundle: item.bundle });
    this.#documents.remove(MARKS, catalogId(item));
    await this.#documents.flush();
  }

  /** Reads a bundle without adding it. @throws those of `add`, but for `conflict` */
  async check(content: Uint8Array): Promise<void> {
    await this.#read(content);
  }

  /** Removes a bundle and its items. @throws ClockerError `not-found` */
  async removeBundle(symbolicName: string, version: string): Promise<CatalogBundle> {
    const bundle = this.#catalog.removeBundle(symbolicName, version);
    const name = nameOf(bundle);
    this.#documents.remove(BUNDLES, name);
    if (this.#shipped.has(name)) this.#documents.put(REMOVED_BUNDLES, name, {});
    for (const item of bundle.items) {
      this.#documents.remove(REMOVED_ITEMS, catalogId(item));
      this.#documents.remove(MARKS, catalogId(item));
    }
    this.#sources.delete(name);
    await this.#documents.flush();
    return bundle;
  }

  /** Marks an item as deprecated or disabled, or no longer so. @throws ClockerError `not-found` */
  async mark(id: string, version: string, marks: { deprecated?: boolean; disabled?: boolean }): Promise<CatalogItem> {
    const item = this.#catalog.mark(id, version, marks);
    this.#documents.put(MARKS, catalogId(item), { ...this.#documents.get(MARKS, catalogId(item)), ...marks });
    await this.#documents.flush();
    return item;
  }

  /** A bundle as a document of the store holds it. @throws when its secrets were sealed by another server */
  contentOf(document: JsonObject): Uint8Array {
    return this.#bytesOf(document);
  }

  /** `name:version` of all bundles. */
  names(): string[] {
    return this.#catalog.bundles().map(nameOf);
  }

  /** A bundle as it was added, and whether it is an archive. */
  source(bundle: string): { data: Uint8Array; isArchive: boolean } | undefined {
    const source = this.#sources.get(bundle);
    return source === undefined ? undefined : { data: source.data, isArchive: source.archive !== undefined };
  }

  /** A file of a bundle's archive, named `classpath://a/b.png`, `classpath:a/b.png` or `a/b.png`. */
  file(bundle: string, url: string): Uint8Array | undefined {
    return this.#sources.get(bundle)?.archive?.files.get(pathOf(url));
  }

  /** A file of the archive that an item came with; or of any archive, the last one that was added first. @param item `id:version` */
  classpathFile(url: string, item?: string): Uint8Array | undefined {
    if (item !== undefined) return this.file(this.#exact(item)?.bundle ?? "", url);
    for (const bundle of [...this.#sources.keys()].toReversed()) {
      const found = this.file(bundle, url);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #readFolder(folder: string): Promise<void> {
    const files = (await readdir(folder)).filter((name) => name.endsWith(".bom")).sort();
    for (const file of files) {
      const source = await this.#read(await readFile(path.join(folder, file)), file);
      this.#shipped.add(nameOf(this.#put(source, { force: true }).bundle));
    }
  }

  async #read(data: Uint8Array, source?: string): Promise<Source> {
    const archive = isArchive(data) ? openCatalogArchive(data) : undefined;
    const text = archive?.bom ?? textOf(data);
    const bundle = await readBom(text, {
      ...(source === undefined ? {} : { source }),
      ...(this.#kindOf === undefined ? {} : { kindOf: this.#kindOf }),
      ...(archive === undefined ? {} : { load: async (url: string) => included(archive, url) }),
    });
    return { data, archive, bundle: named(bundle, archive) };
  }

  #put({ data, archive, bundle }: Source, options: { force?: boolean }): CatalogAddition {
    const name = nameOf(bundle);
    const before = this.#catalog.bundles().find((each) => nameOf(each) === name);
    const { added, unchanged } = this.#catalog.add(bundle, options);
    const kept = new Set(bundle.items.map(catalogId));
    const gone = (before?.items ?? []).filter((item) => !kept.has(catalogId(item)) && this.#exact(catalogId(item))?.bundle === name);
    for (const item of gone) this.#catalog.remove(item.id, item.version);
    this.#sources.set(name, { data, archive });
    return { bundle, added, unchanged, outcome: before === undefined ? (added.length === 0 && unchanged.length > 0 ? "unchanged" : "installed") : added.length + gone.length === 0 ? "unchanged" : "updated" };
  }

  /** `text` is how the first release kept it. */
  #bytesOf({ sealed, text }: JsonObject): Uint8Array {
    return sealed === undefined ? Buffer.from(String(text), "utf8") : Buffer.from(this.#secrets.open(sealed), "base64");
  }

  #hasBundle(name: string): boolean {
    return this.#catalog.bundles().some((each) => nameOf(each) === name);
  }

  #exact(name: string): CatalogItem | undefined {
    const [id, version] = split(name);
    return this.#catalog.versions(id).find((item) => item.version === version);
  }

  async #attempt(what: string, restore: () => Promise<void>): Promise<void> {
    try {
      await restore();
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, `Cannot restore ${what} of the catalog`);
    }
  }
}

interface Source {
  readonly data: Uint8Array;
  readonly archive: CatalogArchive | undefined;
  readonly bundle: CatalogBundle;
}

/** The manifest's name for a `catalog.bom` without one. */
function named(bundle: CatalogBundle, archive: CatalogArchive | undefined): CatalogBundle {
  const { symbolicName, version } = archive?.manifest ?? {};
  if (symbolicName === undefined || !bundle.symbolicName.startsWith("brooklyn-catalog-bom-")) return bundle;
  const renamed = { ...bundle, symbolicName, version: version ?? bundle.version };
  return { ...renamed, items: bundle.items.map((item) => ({ ...item, bundle: nameOf(renamed) })) };
}

function included(archive: CatalogArchive, url: string): string {
  const file = archive.files.get(pathOf(url));
  if (file === undefined) throw new ClockerError("invalid-request", `Cannot include "${url}": the archive holds no such file`);
  return textOf(file);
}

function pathOf(url: string): string {
  return url.replace(/^classpath:\/*/, "").replace(/^\.?\/+/, "");
}

function nameOf(bundle: Pick<CatalogBundle, "symbolicName" | "version">): string {
  return `${bundle.symbolicName}:${bundle.version}`;
}

function split(name: string): [id: string, version: string] {
  const at = name.lastIndexOf(":");
  return [name.slice(0, at), name.slice(at + 1)];
}

function sequenceOf(data: JsonObject): number {
  return typeof data["sequence"] === "number" ? data["sequence"] : 0;
}

function marksOf({ deprecated, disabled }: JsonObject): { deprecated?: boolean; disabled?: boolean } {
  return { ...(typeof deprecated === "boolean" ? { deprecated } : {}), ...(typeof disabled === "boolean" ? { disabled } : {}) };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ClockerError("invalid-request", "Cannot read the bundle: it is not UTF-8 text, nor a zip archive", { cause: error });
  }
}
