import type { Adjunct } from "../../model/adjunct.ts";
import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import type { AdjunctSpec, Json, JsonObject, LocationReference, ParameterSpec } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";

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
  /** Absent where there is none. */
  planId?: string;
  tags?: Json[];
  suspendedUntil?: number;
}

/** The spec by which an adjunct of a record is attached again. */
export function adjunctOf({ type, name, uniqueTag, planId, tags, config }: AdjunctRecord): AdjunctSpec {
  return { type, name, config, ...(uniqueTag === null ? {} : { uniqueTag }), ...(planId === undefined ? {} : { planId }), ...(tags === undefined ? {} : { tags }) };
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
    adjuncts: entity.adjuncts.filter((adjunct) => !adjunct.isTransient).map((adjunct) => adjunctToRecord(adjunct)),
    members: [...entity.members.keys()],
  };
  return record as unknown as JsonObject;
}

export function adjunctToRecord(adjunct: Adjunct): AdjunctRecord {
  const { id, type, displayName, uniqueTag, planId, tags, config, isSuspended, suspendedUntil } = adjunct;
  return {
    id,
    type: type.name,
    name: displayName,
    uniqueTag: uniqueTag ?? null,
    config,
    suspended: isSuspended,
    ...(planId === undefined ? {} : { planId }),
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
    ...(suspendedUntil === undefined ? {} : { suspendedUntil }),
  };
}

/** The record that `entityToRecord` wrote; the store checks integrity, so its shape is trusted. */
export function recordOf(data: JsonObject): EntityRecord {
  return data as unknown as EntityRecord;
}

/** All sensor values of an entity as JSON, each through its type. Sensors beyond its type's bring their declaration. */
export function sensorsToRecord(entity: Entity): JsonObject {
  const values: JsonObject = {};
  for (const [name, { value, at }] of entity.sensorValues()) {
    const declared = entity.sensor(name);
    const json = (declared === undefined ? value : declared.type.toJson(value)) as Json | undefined;
    if (json === undefined) continue;
    const record: SensorRecord = { value: json, at };
    if (declared !== undefined && !entity.type.sensors.has(name)) Object.assign(record, { type: declared.type.name, description: declared.description });
    values[name] = record as unknown as Json;
  }
  return values;
}

interface SensorRecord {
  value: Json;
  at: number;
  /** Of a sensor beyond the entity type's. */
  type?: string;
  description?: string;
}

/** Puts stored sensor values back, and declares the sensors among them that nothing else has declared. */
export function restoreSensors(entity: Entity, data: JsonObject, onBadValue: (name: string, error: unknown) => void): void {
  for (const [name, stored] of Object.entries(data)) {
    const { value, at, type, description = "" } = stored as unknown as SensorRecord;
    if (entity.sensor(name) === undefined) entity.dynamicSensors.set(name, sensor(name, entity.management.types.valueType(type ?? "") ?? types.json, description));
    try {
      entity.restoreSensor(name, { value: (entity.sensor(name)?.type ?? types.json).coerce(value), at });
    } catch (error) {
      onBadValue(name, error);
    }
  }
}
