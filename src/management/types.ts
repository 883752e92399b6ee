import type { AdjunctType, InitializerType } from "../model/adjunct.ts";
import type { EntityType } from "../model/entity-type.ts";
import type { TypeRegistry } from "../model/management.ts";
import type { JsonObject } from "../model/spec.ts";
import { typeByName } from "../model/types/index.ts";
import type { ValueType } from "../model/value-type.ts";

/** Every type made of code, by name and alias. Catalog items are in the catalog. */
export class Types implements TypeRegistry {
  readonly #entities = new Map<string, EntityType>();
  readonly #adjuncts = new Map<string, AdjunctType>();
  readonly #initializers = new Map<string, InitializerType>();
  /** The catalog's beans: set by whoever has a catalog. */
  beans: (name: string) => JsonObject | undefined = () => undefined;

  constructor(types: { entities: readonly EntityType[]; adjuncts: readonly AdjunctType[]; initializers: readonly InitializerType[] }) {
    register(this.#entities, types.entities);
    register(this.#adjuncts, types.adjuncts);
    register(this.#initializers, types.initializers);
  }

  entityType(name: string): EntityType | undefined {
    return this.#entities.get(name);
  }

  adjunctType(name: string): AdjunctType | undefined {
    return this.#adjuncts.get(name);
  }

  initializerType(name: string): InitializerType | undefined {
    return this.#initializers.get(name);
  }

  bean(name: string): JsonObject | undefined {
    return this.beans(name);
  }

  valueType(name: string): ValueType<unknown> | undefined {
    return typeByName(name);
  }

  /** Each once, in order of name. */
  entityTypes(): EntityType[] {
    return unique(this.#entities);
  }

  adjunctTypes(): AdjunctType[] {
    return unique(this.#adjuncts);
  }

  initializerTypes(): InitializerType[] {
    return unique(this.#initializers);
  }
}

function register<T extends { name: string; aliases: readonly string[] }>(index: Map<string, T>, types: readonly T[]): void {
  for (const type of types) {
    for (const name of [type.name, ...type.aliases]) {
      if (index.has(name)) throw new Error(`Two types are called "${name}"`);
      index.set(name, type);
    }
  }
}

function unique<T extends { name: string }>(index: ReadonlyMap<string, T>): T[] {
  return [...new Set(index.values())].sort((a, b) => a.name.localeCompare(b.name));
}
