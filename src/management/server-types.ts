import type { BlueprintTypes } from "../blueprint/blueprint-types.ts";
import type { Catalog } from "../blueprint/catalog/index.ts";
import type { AdjunctType, InitializerType } from "../model/adjunct.ts";
import { ClockerError } from "../model/errors.ts";
import type { EntityType } from "../model/entity-type.ts";
import type { LocationReference } from "../model/spec.ts";
import type { ValueType } from "../model/value-type.ts";
import type { Types } from "./types.ts";

/** What blueprints may name: types made of code, and the catalog's items. */
export class ServerTypes implements BlueprintTypes {
  readonly #types: Types;
  readonly #catalog: Catalog;
  readonly document: (url: string) => string | undefined;

  /** @param document the text of a blueprint that `type:` names by URL, when it was opened */
  constructor(types: Types, catalog: Catalog, document: (url: string) => string | undefined = () => undefined) {
    this.#types = types;
    this.#catalog = catalog;
    this.document = document;
  }

  /** The same types, with blueprints that are named by URL. */
  withDocuments(document: (url: string) => string | undefined): ServerTypes {
    return new ServerTypes(this.#types, this.#catalog, document);
  }

  entityType(name: string): EntityType | undefined {
    return this.#types.entityType(name);
  }

  adjunctType(name: string): AdjunctType | undefined {
    return this.#types.adjunctType(name);
  }

  catalogItem(reference: string): ReturnType<BlueprintTypes["catalogItem"]> {
    return this.#catalog.get(reference);
  }

  *knownTypeNames(): Iterable<string> {
    for (const type of this.#types.entityTypes()) {
      yield type.name;
      yield* type.aliases;
    }
    for (const type of [...this.#types.adjunctTypes(), ...this.#types.initializerTypes()]) {
      yield type.name;
      yield* type.aliases;
    }
    for (const item of this.#catalog.list()) yield item.id;
  }

  valueType(name: string): ValueType<unknown> | undefined {
    return this.#types.valueType(name);
  }

  initializerType(name: string): InitializerType | undefined {
    return this.#types.initializerType(name);
  }

  knownInitializer(name: string): boolean {
    return this.#types.initializerType(name) !== undefined;
  }

  /** What a catalog item without `itemType` is, by the type it is made of. */
  kindOf(typeName: string): "entity" | "policy" | "enricher" | "bean" | undefined {
    if (this.#types.entityType(typeName) !== undefined) return "entity";
    return this.#types.adjunctType(typeName)?.kind ?? (this.#types.initializerType(typeName) === undefined ? undefined : "bean");
  }
}

/** The same, with the locations that there are: one that is not known is a fault of the blueprint, with its place in the text. */
export class LocatedTypes extends ServerTypes {
  readonly #check: (reference: LocationReference) => void;

  /** @param check throws for an unknown location */
  constructor(types: Types, catalog: Catalog, check: (reference: LocationReference) => void, document?: (url: string) => string | undefined) {
    super(types, catalog, document);
    this.#check = check;
  }

  knownLocation(reference: LocationReference): boolean {
    return remedyForLocation(this.#check, reference) === undefined;
  }
}

/** What to do about a location that there is not; undefined for one that there is. */
export function remedyForLocation(check: (reference: LocationReference) => void, reference: LocationReference): string | undefined {
  try {
    check(reference);
    return undefined;
  } catch (error) {
    if (!(error instanceof ClockerError)) throw error;
    return error.remedy ?? error.message;
  }
}
