import { followConfig } from "../../../docker/infrastructure/follow-config.ts";
import { INFRASTRUCTURE } from "../../../docker/keys.ts";
import type { Entity } from "../../../model/entity.ts";
import type { Json } from "../../../model/spec.ts";
import { adjunctOf, type AdjunctRecord, adjunctToRecord } from "../../entity/entity-record.ts";
import type { Plane } from "../../plane.ts";

type KeptAdjunct = AdjunctRecord;

/** What an entity is by its config and definition, to be put back when a change of it fails. */
export class Snapshot {
  readonly #plane: Plane;
  readonly #entity: Entity;
  readonly #config: ReadonlyMap<string, Json>;
  readonly #origin: ReturnType<Plane["originOf"]>;
  readonly #name: string;
  readonly #definition: Pick<Entity, "catalogItemId" | "planId" | "iconUrl" | "locationReferences">;
  readonly #locations: readonly Entity["locations"][number][];
  readonly #tags: readonly Json[];
  readonly #adjuncts: readonly KeptAdjunct[];

  constructor(plane: Plane, entity: Entity) {
    const { catalogItemId, planId, iconUrl, locationReferences } = entity;
    this.#plane = plane;
    this.#entity = entity;
    this.#config = new Map(entity.config.own());
    this.#origin = plane.originOf(entity);
    this.#name = entity.displayName;
    this.#definition = { catalogItemId, planId, iconUrl, locationReferences };
    this.#locations = [...entity.locations];
    this.#tags = [...entity.tags];
    this.#adjuncts = entity.adjuncts.filter(({ isTransient }) => !isTransient).map((each) => ({ ...adjunctToRecord(each), config: { ...each.config } }));
  }

  /** Puts everything back as it was. What runs is not touched. */
  restore(): void {
    const entity = this.#entity;
    if (!entity.isManaged) return;
    this.#plane.redefine(entity, this.#origin);
    for (const name of [...entity.config.own().keys()]) if (!this.#config.has(name)) entity.config.set(name, undefined);
    for (const [name, value] of this.#config) if (entity.config.own().get(name) !== value) entity.config.set(name, value);
    if (entity.displayName !== this.#name) entity.rename(this.#name);
    entity.tags.splice(0, entity.tags.length, ...this.#tags);
    for (const location of [...entity.locations]) if (!this.#locations.includes(location)) entity.removeLocation(location);
    for (const location of this.#locations) entity.addLocation(location);
    entity.redefine(this.#definition);
    this.#restoreAdjuncts();
    if (entity.is(INFRASTRUCTURE)) followConfig(entity);
  }

  #restoreAdjuncts(): void {
    const entity = this.#entity;
    const kept = new Map(this.#adjuncts.map((each) => [each.id, each]));
    for (const each of entity.adjuncts.filter(({ isTransient }) => !isTransient)) {
      const before = kept.get(each.id);
      if (before !== undefined && JSON.stringify(before.config) === JSON.stringify(each.config)) kept.delete(each.id);
      else entity.removeAdjunct(each);
    }
    for (const each of kept.values()) {
      const { id, suspended, suspendedUntil } = each;
      entity.addAdjunct(adjunctOf(each), { id, suspended, ...(suspendedUntil === undefined ? {} : { suspendedUntil }) });
    }
  }
}
