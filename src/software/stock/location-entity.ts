import { configKey } from "../../model/config-key.ts";
import { effector } from "../../model/effector.ts";
import { simpleName, defineEntityType } from "../../model/entity-type.ts";
import type { Entity } from "../../model/entity.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { startableBase, starting } from "./application.ts";
import { optionalChild } from "./optional-child.ts";
import { LOCATIONS_PARAMETER, settle, startChildren } from "./startable.ts";

export const LOCATION_SPECS = configKey("location.entity.spec", types.map(types.entitySpec), "What the child is made from, by the location's type, provider or country; default for all others", { flag: "entitySpec", defaultValue: {}, inherited: false });
export const PROPAGATE = configKey("location.entity.propagate", types.boolean, "Whether sensors of the child are copied", { flag: "propagateSensors", defaultValue: true, inherited: false });
export const PROPAGATED = configKey("location.entity.sensors", types.list(types.sensorRef), "The sensors to copy; all usual ones when empty", { flag: "sensorsToPropagate", defaultValue: [], inherited: false });
export const LOCATION_TYPE = sensor("location.entity.type", types.string, "The type of the entity's location");
export const LOCATION_PROVIDER = sensor("location.entity.provider", types.string, "The provider of the entity's location");
export const LOCATION_COUNTRIES = sensor("location.entity.countryCode", types.list(types.string), "The ISO 3166 codes of the entity's location");
export const LOCATION_ENTITY = sensor("location.entity", types.json, "The child that was made");

/** Brooklyn's `LocationEntity`: a child that depends on where it starts. */
export const locationEntity = defineEntityType({
  name: "org.apache.brooklyn.entity.stock.LocationEntity",
  displayName: "Location Entity",
  description: "An entity whose child depends on the location",
  extends: [startableBase],
  config: [LOCATION_SPECS, PROPAGATE, PROPAGATED],
  sensors: [LOCATION_TYPE, LOCATION_PROVIDER, LOCATION_COUNTRIES, LOCATION_ENTITY],
  effectors: [
    effector(
      "start",
      "Makes the child for the location and starts it",
      ({ entity, parameters, work }) =>
        starting(entity, async () => {
          settle(entity, parameters["locations"]);
          const specs = { ...(await entity.config.get(LOCATION_SPECS, work)), ...ownKeys(entity) };
          const name = [...traitsOf(entity), "default"].find((each) => Object.hasOwn(specs, each));
          const sensors = (await entity.config.get(PROPAGATE, work)) ? await entity.config.get(PROPAGATED, work) : undefined;
          // No match and no default: no child, as in Brooklyn.
          if (name !== undefined) await optionalChild(entity, { key: `${LOCATION_SPECS.name}.${name}`, spec: specs[name], reference: LOCATION_ENTITY, sensors });
          await startChildren(entity, work);
        }),
      { parameters: [LOCATIONS_PARAMETER] },
    ),
  ],
});

/** Brooklyn's map keys: `location.entity.spec.aws-ec2: {…}`. */
function ownKeys(entity: Entity): Record<string, ReturnType<typeof types.entitySpec.coerce>> {
  const prefix = `${LOCATION_SPECS.name}.`;
  const own = [...entity.config.own()].filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, raw]) => [name.slice(prefix.length), entity.config.coerce({ ...LOCATION_SPECS, name, type: types.entitySpec, defaultValue: undefined }, raw)]));
}

/** What the location is, the type first, then the provider, then the countries. */
function traitsOf(entity: Entity): string[] {
  const [location] = entity.locations;
  if (location === undefined) return [];
  const { provider = location.spec.replace(/[:(].*$/s, ""), iso3166 } = location.config;
  const countries = iso3166 === undefined || iso3166 === null ? [] : types.list(types.string).coerce(iso3166);
  entity.set(LOCATION_TYPE, location.type);
  entity.set(LOCATION_PROVIDER, String(provider));
  entity.set(LOCATION_COUNTRIES, countries);
  return [location.type, simpleName(location.type), String(provider), location.name, ...countries];
}
