import type { Catalog, CatalogItem } from "../../blueprint/catalog/index.ts";
import type { Json, JsonObject } from "../../model/spec.ts";
import type { LocationDefinition, PlaneLocations } from "./location-registry.ts";

/** Lets blueprints name the catalog's locations by their ids, as the catalog changes. Names that the properties file defines stay its own. */
export function defineCatalogLocations(catalog: Catalog, locations: Pick<PlaneLocations, "define" | "undefine" | "isTaken">): void {
  const own = new Set<string>();
  const update = (id: string) => {
    const [best] = catalog.versions(id);
    if (best?.itemType === "location" && !best.disabled && (own.has(id) || !locations.isTaken(id))) {
      own.add(id);
      locations.define(catalogLocation(best));
    } else if (own.delete(id)) locations.undefine(id);
  };
  for (const item of catalog.list({ itemType: "location" })) update(item.id);
  catalog.subscribe(({ item }) => {
    if (item.itemType === "location" || own.has(item.id)) update(item.id);
  });
}

/** What a catalog item defines: `type` or `spec` is the spec, `brooklyn.config` its config; or `location: {spec: config}`. */
export function catalogLocation(item: CatalogItem): LocationDefinition {
  const { plan } = item;
  const { spec, config } = specIn(plan);
  return { id: item.id, name: item.id, displayName: item.displayName ?? item.id, spec, config };
}

function specIn(plan: JsonObject): { spec: string; config: JsonObject } {
  const named = plan["type"] ?? plan["spec"];
  if (typeof named === "string") return { spec: named, config: mapOf(plan["brooklyn.config"]) };
  const location = plan["location"];
  if (typeof location === "string") return { spec: location, config: {} };
  const [only] = Object.entries(mapOf(location));
  return only === undefined ? { spec: "", config: {} } : { spec: only[0], config: mapOf(only[1]) };
}

function mapOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
