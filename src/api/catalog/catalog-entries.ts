import type { CatalogItem, CatalogItemType } from "../../blueprint/catalog/catalog-item.ts";
import { compareVersions } from "../../blueprint/catalog/index.ts";
import type { Server } from "../../management/server.ts";
import type { AdjunctType } from "../../model/adjunct.ts";
import type { EntityType } from "../../model/entity-type.ts";

/** Something that the catalog offers: an item of a bundle, or a type that Clocker brings in code. */
export interface CatalogEntry {
  readonly id: string;
  readonly version: string;
  readonly itemType: CatalogItemType;
  readonly name: string;
  readonly description: string | undefined;
  readonly iconUrl: string | undefined;
  readonly bundle: string;
  readonly planText: string;
  readonly tags: readonly unknown[];
  readonly aliases: readonly string[];
  readonly deprecated: boolean;
  readonly disabled: boolean;
  /** The item of a bundle; undefined for a built-in type. */
  readonly item: CatalogItem | undefined;
  /** The type made of code that it comes down to. */
  readonly type: EntityType | AdjunctType | undefined;
}

/** Bundle of the types that Clocker brings in code. */
export const BUILT_IN = "clocker";

/** What the catalog offers now: built-in types first in each id, as bundles may replace them. */
export class CatalogEntries {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  /** In the order of ids, the version that the bare id means first. */
  list(options: { allVersions: boolean }): CatalogEntry[] {
    const { catalog } = this.#server;
    const items = catalog.list({ allVersions: options.allVersions }).map((item) => this.#ofItem(item));
    const ids = new Set(items.map(({ id }) => id));
    const builtIn = this.#builtIn().filter(({ id }) => options.allVersions || !ids.has(id));
    return [...items, ...builtIn].sort((a, b) => (a.id === b.id ? 0 : a.id < b.id ? -1 : 1));
  }

  /** By id or alias, in a version or the latest. */
  get(id: string, version = "latest"): CatalogEntry | undefined {
    const item = this.#server.catalog.get(`${id}:${version}`);
    if (item !== undefined) return this.#ofItem(item);
    const builtIn = this.#builtIn().find((entry) => entry.id === id || entry.aliases.includes(id));
    return builtIn !== undefined && (version === "latest" || version === builtIn.version) ? builtIn : undefined;
  }

  /** All versions of an id, or of what has it as alias; the best first. */
  versions(id: string): CatalogEntry[] {
    const items = this.#server.catalog.versions(id).map((item) => this.#ofItem(item));
    return [...items, ...this.#builtIn().filter((entry) => entry.id === id || entry.aliases.includes(id))];
  }

  /** The bundles with the entries that came with each. */
  bundles(): { symbolicName: string; version: string; iconUrl: string | undefined; entries: CatalogEntry[] }[] {
    const all = this.list({ allVersions: true });
    const named = this.#server.catalog.bundles().map(({ symbolicName, version, iconUrl }) => ({ symbolicName, version, iconUrl }));
    const bundles = [...named, { symbolicName: BUILT_IN, version: this.#server.version.version, iconUrl: undefined }];
    return bundles
      .map((bundle) => ({ ...bundle, entries: all.filter((entry) => entry.bundle === `${bundle.symbolicName}:${bundle.version}`) }))
      .sort((a, b) => a.symbolicName.localeCompare(b.symbolicName) || compareVersions(b.version, a.version));
  }

  #ofItem(item: CatalogItem): CatalogEntry {
    const { id, version, itemType, description, iconUrl, bundle, planText, tags, deprecated, disabled } = item;
    const type = this.#typeOf(item);
    return { id, version, itemType, name: item.displayName ?? type?.displayName ?? id, description: description ?? type?.description, iconUrl, bundle, planText, tags, aliases: [], deprecated, disabled, item, type };
  }

  #builtIn(): CatalogEntry[] {
    const { types } = this.#server.plane;
    const entities = types.entityTypes().filter((type) => !type.isAbstract).map((type) => this.#ofType(type, "entity", type.iconUrl));
    return [...entities, ...types.adjunctTypes().map((type) => this.#ofType(type, type.kind, undefined))];
  }

  #ofType(type: EntityType | AdjunctType, itemType: CatalogItemType, iconUrl: string | undefined): CatalogEntry {
    const { version } = this.#server.version;
    const planText = itemType === "entity" ? `services:\n- type: ${type.name}\n` : `brooklyn.${itemType === "policy" ? "policies" : "enrichers"}:\n- type: ${type.name}\n`;
    return { id: type.name, version, itemType, name: type.displayName, description: type.description, iconUrl, bundle: `${BUILT_IN}:${version}`, planText, tags: [], aliases: type.aliases, deprecated: false, disabled: false, item: undefined, type };
  }

  /** Follows an item's plan to the type made of code, over other items. */
  #typeOf(item: CatalogItem): EntityType | AdjunctType | undefined {
    const { types } = this.#server.plane;
    const seen = new Set<CatalogItem>();
    for (let each: CatalogItem | undefined = item; each !== undefined && !seen.has(each); ) {
      seen.add(each);
      const name = typeNameIn(each.plan);
      if (name === undefined) return undefined;
      const found = types.entityType(name) ?? types.adjunctType(name);
      if (found !== undefined) return found;
      each = this.#server.catalog.get(name);
    }
    return undefined;
  }
}

/** The type that a plan names: its own, or that of its only service. */
function typeNameIn(plan: Readonly<Record<string, unknown>>): string | undefined {
  for (const key of ["type", "serviceType", "service_type", "policyType", "policy_type", "enricherType", "enricher_type"]) {
    const name = plan[key];
    if (typeof name === "string") return name;
  }
  const services: unknown = plan["services"];
  const [only] = Array.isArray(services) && services.length === 1 ? (services as unknown[]) : [];
  return typeof only === "object" && only !== null ? typeNameIn(only as Record<string, unknown>) : undefined;
}
