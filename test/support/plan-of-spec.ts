import type { AdjunctSpec, EntitySpec, Json, JsonObject, LocationReference, ParameterSpec } from "../../src/model/spec.ts";
import { isEntitySpec } from "../../src/model/types/index.ts";

const APPLICATION = "org.apache.brooklyn.entity.stock.BasicApplication";
const WRAPPER = "brooklyn.wrapper_app";

/** A blueprint that says what a spec says, catalog items written out: what reading it gives is the spec again. */
export function blueprintOf(spec: EntitySpec): JsonObject {
  if (spec.type !== APPLICATION || spec.config[WRAPPER] !== true) return { services: [planOf(spec)] };
  const { type: _type, "brooklyn.children": services, "brooklyn.config": config, ...root } = planOf(spec);
  const { [WRAPPER]: _wrapper, ...own } = asMap(config);
  return { wrappedApp: true, services: services ?? [], ...root, ...(Object.keys(own).length === 0 ? {} : { "brooklyn.config": own }) };
}

function planOf(spec: EntitySpec): JsonObject {
  const { type, displayName, iconUrl, planId, config, parameters, locations, children, policies, enrichers, initializers, tags } = spec;
  return {
    type: `java:${type}`,
    ...(displayName === undefined ? {} : { name: displayName }),
    ...(planId === undefined ? {} : { id: planId }),
    ...(iconUrl === undefined ? {} : { iconUrl }),
    ...(locations === undefined ? {} : { locations: locations.map(locationPlan) }),
    ...(Object.keys(config).length === 0 ? {} : { "brooklyn.config": Object.fromEntries(Object.entries(config).map(([key, value]) => [key, valuePlan(value)])) }),
    ...listed("brooklyn.parameters", parameters.map(parameterPlan)),
    ...listed("brooklyn.children", children.map(planOf)),
    ...listed("brooklyn.policies", policies.map(adjunctPlan)),
    ...listed("brooklyn.enrichers", enrichers.map(adjunctPlan)),
    ...listed("brooklyn.initializers", initializers.map(adjunctPlan)),
    ...listed("brooklyn.tags", tags),
  };
}

function listed(key: string, items: readonly Json[]): JsonObject {
  return items.length === 0 ? {} : { [key]: [...items] };
}

function valuePlan(value: Json): Json {
  if (isEntitySpec(value)) return { "$brooklyn:entitySpec": planOf(value) };
  if (Array.isArray(value)) return value.map(valuePlan);
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, valuePlan(each)])) : value;
}

function adjunctPlan({ type, name, uniqueTag, planId, tags, config }: AdjunctSpec): JsonObject {
  return {
    type,
    ...(name === undefined ? {} : { name }),
    ...(uniqueTag === undefined ? {} : { uniqueTag }),
    ...(planId === undefined ? {} : { id: planId }),
    ...(tags === undefined ? {} : { tags }),
    ...(Object.keys(config).length === 0 ? {} : { "brooklyn.config": Object.fromEntries(Object.entries(config).map(([key, value]) => [key, valuePlan(value)])) }),
  };
}

function locationPlan({ spec, config }: LocationReference): Json {
  return config === undefined ? spec : { [spec]: config };
}

function parameterPlan({ inherited, merge, ...rest }: ParameterSpec): JsonObject {
  // The two are read from two keys: what is inherited, and how it meets what is there.
  return {
    ...rest,
    ...(inherited === undefined ? {} : { "inheritance.runtime": inherited ? "overwrite" : "never" }),
    ...(merge === undefined ? {} : { "inheritance.type": merge }),
  };
}

function asMap(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
