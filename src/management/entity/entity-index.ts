import type { Entity } from "../../model/entity.ts";

/** Entities by id and by type or trait, kept up to date as they come and go: nothing scans all entities. */
export class EntityIndex {
  readonly #byId = new Map<string, Entity>();
  readonly #byTrait = new Map<string, Set<Entity>>();
  readonly #applications = new Set<Entity>();

  get size(): number {
    return this.#byId.size;
  }

  add(entity: Entity): void {
    this.#byId.set(entity.id, entity);
    if (entity.parent === undefined) this.#applications.add(entity);
    for (const trait of traitsOf(entity)) {
      const entities = this.#byTrait.get(trait) ?? new Set();
      this.#byTrait.set(trait, entities);
      entities.add(entity);
    }
  }

  remove(entity: Entity): void {
    this.#byId.delete(entity.id);
    this.#applications.delete(entity);
    for (const trait of traitsOf(entity)) {
      const entities = this.#byTrait.get(trait);
      entities?.delete(entity);
      if (entities?.size === 0) this.#byTrait.delete(trait);
    }
  }

  get(id: string): Entity | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Entity> {
    return this.#byId.values();
  }

  applications(): Entity[] {
    return [...this.#applications];
  }

  of(typeOrTrait: string): Iterable<Entity> {
    return this.#byTrait.get(typeOrTrait) ?? [];
  }
}

function traitsOf(entity: Entity): Set<string> {
  return new Set([...entity.type.traits, entity.typeName]);
}
