import type { Json, JsonObject } from "../../model/spec.ts";

export const catalogItemTypes = ["entity", "application", "template", "policy", "enricher", "location", "bean"] as const;

/** What a catalog item makes. A template is an application that is offered as a start for one's own. */
export type CatalogItemType = (typeof catalogItemTypes)[number];

/** A type that a catalog bundle defines (reference, section 5). */
export interface CatalogItem {
  /** Symbolic name. */
  readonly id: string;
  readonly version: string;
  readonly itemType: CatalogItemType;
  readonly displayName: string | undefined;
  readonly description: string | undefined;
  readonly iconUrl: string | undefined;
  readonly plan: JsonObject;
  /** The plan as it was written. */
  readonly planText: string;
  /** `name:version` of the bundle. */
  readonly bundle: string;
  readonly tags: readonly Json[];
  readonly libraries: readonly Json[];
  readonly deprecated: boolean;
  readonly disabled: boolean;
}

/** `id:version`. */
export function catalogId(item: Pick<CatalogItem, "id" | "version">): string {
  return `${item.id}:${item.version}`;
}
