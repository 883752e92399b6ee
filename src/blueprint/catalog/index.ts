export { Catalog, type CatalogChange, type CatalogFilter } from "./catalog.ts";
export type { CatalogBundle } from "./catalog-bundle.ts";
export { type CatalogItem, catalogId, type CatalogItemType, catalogItemTypes } from "./catalog-item.ts";
export { type BomOptions, readBom } from "./read-bom.ts";
export { compareVersions, isSnapshot } from "./version-order.ts";
