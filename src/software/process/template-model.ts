import { configKey } from "../../model/config-key.ts";
import { simpleName } from "../../model/entity-type.ts";
import type { Entity } from "../../model/entity.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { INSTALL_VERSION } from "./keys.ts";
import { TEMPLATE_SUBSTITUTIONS } from "./phase-keys.ts";
import type { Site } from "./site.ts";
import type { TemplateModel } from "./template.ts";

/**
 * What templates of an entity may name, after Brooklyn's `TemplateProcessor`: `config`, `attribute` (and `sensor`), `entity`, `driver`,
 * `location`, and the keys of `template.substitutions`.
 */
export function modelOf(site: Pick<Site, "entity"> & Partial<Site>, work: Work): TemplateModel {
  return {
    get: async ([root = "", ...path]) => {
      const [name = "", ...rest] = path;
      switch (root) {
        case "config":
          return within(await configOf(site.entity, name, work), rest);
        case "attribute":
        case "sensor":
          return within(site.entity.sensorValue(name)?.value, rest);
        case "entity":
          return name === "config" ? within(await configOf(site.entity, rest[0] ?? "", work), rest.slice(1)) : within(entityFields(site.entity), path);
        case "driver":
          return within(await driverFields(site, work), path);
        case "location":
          return within(locationFields(site), path);
        default:
          return within(await site.entity.config.get(TEMPLATE_SUBSTITUTIONS, work), [root, ...path]);
      }
    },
  };
}

/** A value of config by name, of a key that nobody declared too. */
export async function configOf(entity: Entity, name: string, work: Work): Promise<unknown> {
  const key = entity.config.key(name) ?? configKey(name, types.json, "");
  const value: unknown = await entity.config.get(key, work);
  return value === undefined ? undefined : key.type.toJson(value);
}

/** What lies at a path inside a value; undefined when nothing does. */
export function within(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, name)) return undefined;
    current = Reflect.get(current, name);
  }
  return current;
}

function entityFields(entity: Entity): Record<string, unknown> {
  return { id: entity.id, displayName: entity.displayName, applicationId: entity.application.id, planId: entity.planId };
}

async function driverFields({ entity, installDir, runDir, pidFile }: Partial<Site> & Pick<Site, "entity">, work: Work): Promise<Record<string, unknown>> {
  const version = await entity.config.get(INSTALL_VERSION, work);
  return { version, majorVersion: version?.split(".")[0], installDir, runDir, pidFile, simpletype: simpleName(entity.typeName) };
}

function locationFields({ location }: Partial<Site>): Record<string, unknown> {
  if (location === undefined) return {};
  return { address: location.address, hostname: location.hostname, subnetAddress: location.subnetAddress, subnetHostname: location.subnetAddress, name: location.name };
}
