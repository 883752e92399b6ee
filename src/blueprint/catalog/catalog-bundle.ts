import type { Json } from "../../model/spec.ts";
import type { CatalogItem } from "./catalog-item.ts";

/** What a `.bom` file defines. */
export interface CatalogBundle {
  /** The `bundle` of the file; for one without, a name made from its content. */
  readonly symbolicName: string;
  readonly version: string;
  readonly items: readonly CatalogItem[];
  readonly iconUrl: string | undefined;
  /** Recorded and not loaded: Clocker runs no Java. */
  readonly libraries: readonly Json[];
  /** What is likely not meant, for the user. */
  readonly warnings: readonly string[];
}
