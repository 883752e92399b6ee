import type { AdjunctType, InitializerType } from "../model/adjunct.ts";
import type { EntityType } from "../model/entity-type.ts";
import type { LocationReference } from "../model/spec.ts";
import type { ValueType } from "../model/value-type.ts";
import type { CatalogItem } from "./catalog/catalog-item.ts";

/** What the reader of blueprints asks of the registries and of the catalog. */
export interface BlueprintTypes {
  /** By name or alias. */
  entityType(name: string): EntityType | undefined;
  /** By name or alias. */
  adjunctType(name: string): AdjunctType | undefined;
  /** By `id` (its latest version), `id:version` or `id:latest`. */
  catalogItem(reference: string): CatalogItem | undefined;
  /** Every name that a `type:` may take, to find the one that was meant. */
  knownTypeNames(): Iterable<string>;
  /** A type that `brooklyn.parameters` name, beyond the built-in ones. */
  valueType?(name: string): ValueType<unknown> | undefined;
  /** By name or alias. Absent: the config of initializers is kept as it is written. */
  initializerType?(name: string): InitializerType | undefined;
  /** Whether an initializer of this name is known. Absent, like `initializerType`: any is taken. */
  knownInitializer?(name: string): boolean;
  /** The text of a blueprint that `type:` names by its URL, opened before the reading. Absent, or without it: `details.document` of the error says which is missing. */
  document?(url: string): string | undefined;
  /** Whether a location is known. Absent: it is found out when the application is deployed. */
  knownLocation?(reference: LocationReference): boolean;
}
