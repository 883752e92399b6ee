import { InitializerConfig } from "../../model/adjunct.ts";
import { configKey, type ConfigKey } from "../../model/config-key.ts";
import { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Management } from "../../model/management.ts";
import { sensor } from "../../model/sensor.ts";
import type { AdjunctSpec, EntitySpec, JsonObject, ParameterSpec } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import type { EntityOrigin, EntityRecord } from "./entity-record.ts";

/** Makes one entity of a spec: not yet its children, adjuncts or initializers. */
export function makeEntity(management: Management, spec: EntitySpec, parent: Entity | undefined, id = management.ids.entityId()): Entity {
  const type = management.types.entityType(spec.type);
  if (type === undefined) throw new ClockerError("unknown-type", `Cannot make an entity of type "${spec.type}": there is no such type`);
  const entity = new Entity({
    id,
    type,
    typeName: spec.typeName,
    catalogItemId: spec.catalogItemId,
    planId: spec.planId,
    iconUrl: spec.iconUrl,
    displayName: spec.displayName,
    createdAt: management.clock.now(),
    management,
    parent,
    locationReferences: spec.locations,
    config: { ...deferredDefaults(management, spec), ...spec.config },
    parameters: spec.parameters.map((parameter) => parameterKey(management, parameter)),
    tags: spec.tags,
  });
  declarePortSensors(entity);
  return entity;
}

/** Defaults that are `$brooklyn:` expressions are resolved like any value of this entity, so they are kept as its config. */
function deferredDefaults(management: Management, spec: EntitySpec): JsonObject {
  return Object.fromEntries(spec.parameters.flatMap(({ name, default: value }) => (value !== undefined && management.isDeferred(value) ? [[name, value]] : [])));
}

/** An entity of an earlier run of the server, from its record. */
export function entityFromRecord(management: Management, id: string, record: EntityRecord, parent: Entity | undefined): Entity {
  const type = management.types.entityType(record.type);
  if (type === undefined) throw new ClockerError("storage", `Cannot restore entity "${record.displayName}" (${id}): there is no type "${record.type}"`, { remedy: "Start the version of Clocker that made it, or delete the entity" });
  const entity = new Entity({
    id,
    type,
    typeName: record.typeName,
    catalogItemId: record.catalogItemId ?? undefined,
    planId: record.planId ?? undefined,
    iconUrl: record.iconUrl ?? undefined,
    displayName: record.displayName,
    createdAt: record.createdAt,
    management,
    parent,
    locationReferences: record.locationReferences ?? undefined,
    config: record.config,
    parameters: record.parameters.map((parameter) => parameterKey(management, parameter)),
    tags: record.tags,
  });
  declarePortSensors(entity);
  return entity;
}

export function originOf(spec: EntitySpec, sequence: number): EntityOrigin {
  return { sequence, parameters: spec.parameters, initializers: spec.initializers };
}

/** Applies initializers, at creation and again after a restart. */
export function applyInitializers(entity: Entity, initializers: readonly AdjunctSpec[]): void {
  for (const { type: name, config } of initializers) {
    const type = entity.management.types.initializerType(name);
    if (type === undefined) throw new ClockerError("unknown-type", `Cannot initialize "${entity.displayName}": there is no initializer "${name}"`);
    type.apply(entity, new InitializerConfig(config));
  }
}

/** The config key that an item of `brooklyn.parameters` declares. */
export function parameterKey(management: Management, parameter: ParameterSpec): ConfigKey {
  const type = management.types.valueType(parameter.type ?? "string");
  if (type === undefined) throw new ClockerError("unknown-type", `Cannot declare parameter "${parameter.name}": there is no type "${parameter.type}"`);
  return configKey(parameter.name, type, parameter.description ?? "", {
    // A deferred default is kept as config: see `deferredDefaults`.
    defaultValue: parameter.default === undefined || management.isDeferred(parameter.default) ? undefined : type.coerce(parameter.default),
    aliases: parameter.deprecatedNames ?? [],
    inherited: parameter.inherited ?? true,
    merge: parameter.merge ?? "overwrite",
    label: parameter.label,
    pinned: parameter.pinned ?? true,
    reconfigurable: parameter.reconfigurable ?? false,
    constraints: parameter.constraints ?? [],
  });
}

/** A port is a key of a range and a sensor of the one that was taken (Brooklyn's PortAttributeSensorAndConfigKey). */
function declarePortSensors(entity: Entity): void {
  for (const key of entity.config.keys()) {
    if (key.type.name !== types.portRange.name || entity.sensor(key.name) !== undefined) continue;
    entity.dynamicSensors.set(key.name, sensor(key.name, types.integer, key.description));
  }
}
