import type { Entity } from "../../model/entity.ts";
import type { AdjunctSpec, Json, JsonObject, LocationReference, ParameterSpec } from "../../model/spec.ts";

/** An entity as the store keeps it; its sensors are a record of their own. */
export interface EntityRecord {
  /** Order of creation in the plane: parents before children, siblings in order. */
  sequence: number;
  type: string;
  typeName: string;
  catalogItemId: string | null;
  planId: string | null;
  displayName: string;
  iconUrl: string | null;
  createdAt: number;
  parentId: string | null;
  config: Record<string, Json>;
  parameters: ParameterSpec[];
  initializers: AdjunctSpec[];
  locationReferences: LocationReference[] | null;
  /** Ids of the locations where it is. */
  locations: string[];
  tags: Json[];
  adjuncts: AdjunctRecord[];
  members: string[];
}

export interface AdjunctRecord {
  id: string;
  type: string;
  name: string;
  uniqueTag: string | null;
  config: JsonObject;
  suspended: boolean;
}

/** What the plane knows of an entity beside the entity itself. */
export interface EntityOrigin {
  sequence: number;
  parameters: ParameterSpec[];
  initializers: AdjunctSpec[];
}

export function entityToRecord(entity: Entity, origin: EntityOrigin): JsonObject {
  const record: EntityRecord = {
    sequence: origin.sequence,
    type: entity.type.name,
    typeName: entity.typeName,
    catalogItemId: entity.catalogItemId ?? null,
    planId: entity.planId ?? null,
    displayName: entity.displayName,
    iconUrl: entity.iconUrl ?? null,
    createdAt: entity.createdAt,
    parentId: entity.parent?.id ?? null,
    config: Object.fromEntries(entity.config.own()),
    parameters: origin.parameters,
    initializers: origin.initializers,
    locationReferences: entity.locationReferences === undefined ? null : [...entity.locationReferences],
    locations: entity.locations.map((location) => location.id),
    tags: entity.tags,
    adjuncts: entity.adjuncts.filter((adjunct) => !adjunct.isTransient).map((adjunct) => ({
      id: adjunct.id,
      type: adjunct.type.name,
      name: adjunct.displayName,
      uniqueTag: adjunct.uniqueTag ?? null,
      config: adjunct.config,
      suspended: adjunct.isSuspended,
    })),
    members: [...entity.members.keys()],
  };
  return record as unknown as JsonObject;
}

/** The record that `entityToRecord` wrote; the store checks integrity, so its shape is trusted. */
export function recordOf(data: JsonObject): EntityRecord {
  return data as unknown as EntityRecord;
}

/** All sensor values of an entity as JSON, each through its type. */
export function sensorsToRecord(entity: Entity): JsonObject {
  const values: JsonObject = {};
  for (const [name, { value, at }] of entity.sensorValues()) {
    const sensor = entity.sensor(name);
    const json = (sensor === undefined ? value : sensor.type.toJson(value)) as Json | undefined;
    if (json !== undefined) values[name] = { value: json, at };
  }
  return values;
}

/** Puts stored sensor values back; those of sensors that nobody declares any more come back as plain JSON. */
export function restoreSensors(entity: Entity, data: JsonObject, onBadValue: (name: string, error: unknown) => void): void {
  for (const [name, stored] of Object.entries(data)) {
    const { value, at } = stored as { value: Json; at: number };
    const sensor = entity.sensor(name);
    try {
      entity.restoreSensor(name, { value: sensor === undefined ? value : sensor.type.coerce(value), at });
    } catch (error) {
      onBadValue(name, error);
    }
  }
}
