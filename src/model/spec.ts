/** JSON as specs, records and the API carry it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/**
 * What to make: the result of reading a blueprint, and what clusters make members from. Plain JSON, so that it is stored as it is.
 * Values may hold `$brooklyn:` expressions as they were written; they are resolved when used, in the task that uses them.
 */
export interface EntitySpec {
  /** Name of a registered entity type; never an alias. */
  type: string;
  /** The name to show as the type, where a catalog item stands between (`org.apache.brooklyn.entity.webapp.tomcat.TomcatServer`). */
  typeName?: string;
  /** `id:version` of the catalog item that it came from. */
  catalogItemId?: string;
  displayName?: string;
  iconUrl?: string;
  /** The plan's `id`: what `$brooklyn:component("id")` finds. */
  planId?: string;
  /** By canonical key name, or as written where the type has no such key. */
  config: JsonObject;
  /** Keys that the blueprint or the catalog item declares (`brooklyn.parameters`), as written there. */
  parameters: ParameterSpec[];
  /** Absent: the parent's. Empty: none. */
  locations?: LocationReference[];
  children: EntitySpec[];
  policies: AdjunctSpec[];
  enrichers: AdjunctSpec[];
  initializers: AdjunctSpec[];
  tags: Json[];
}

/** A location as blueprints name it: a spec string (`local`, `byon(hosts="1.2.3.4")`, `my-docker-cloud`) with config beside it. */
export interface LocationReference {
  spec: string;
  config?: JsonObject;
}

/** A policy, enricher or initializer. */
export interface AdjunctSpec {
  type: string;
  name?: string;
  uniqueTag?: string;
  /** The plan's `id`. */
  planId?: string;
  tags?: Json[];
  config: JsonObject;
}

/** An item of `brooklyn.parameters` (reference, 3.6). */
export interface ParameterSpec {
  name: string;
  type?: string;
  label?: string;
  description?: string;
  default?: Json;
  constraints?: Json[];
  pinned?: boolean;
  reconfigurable?: boolean;
  inherited?: boolean;
  merge?: "overwrite" | "deep_merge";
  deprecatedNames?: string[];
}

export function entitySpec(type: string, rest: Partial<Omit<EntitySpec, "type">> = {}): EntitySpec {
  return { type, config: {}, parameters: [], children: [], policies: [], enrichers: [], initializers: [], tags: [], ...rest };
}
