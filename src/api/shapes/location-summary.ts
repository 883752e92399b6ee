import { z } from "zod";
import type { LocationDefinition } from "../../management/location/location-registry.ts";
import type { Location } from "../../model/location.ts";
import { Links, links } from "./links.ts";
import { withoutSecrets } from "./secrets.ts";

export const LocationSummary = z
  .object({
    id: z.string(),
    name: z.string().optional(),
    spec: z.string().optional(),
    type: z.string().optional(),
    config: z.record(z.string(), z.unknown()).optional(),
    links: Links,
  })
  .meta({ id: "LocationSummary" });
export type LocationSummary = z.infer<typeof LocationSummary>;

/** What of a location's config to show: nothing, its own, or with what it inherits (reference, 2.7). */
export type ConfigLevel = "none" | "local" | "inherited";

/** A location in use. */
export function locationSummary(location: Location, level: ConfigLevel): LocationSummary {
  const config = level === "none" ? {} : level === "local" ? location.config : inheritedConfig(location);
  return {
    id: location.id,
    name: location.name,
    spec: location.spec,
    type: location.type,
    ...configField(config),
    links: { self: links.location(location.id), ...(location.parent === undefined ? {} : { parent: links.location(location.parent.id) }) },
  };
}

/** A location that blueprints can name. */
export function definitionSummary(definition: LocationDefinition): LocationSummary {
  return { id: definition.id, name: definition.name, spec: definition.spec, ...configField(definition.config), links: { self: links.location(definition.id) } };
}

function inheritedConfig(location: Location): Record<string, unknown> {
  const inherited = location.parent === undefined ? {} : inheritedConfig(location.parent);
  return { ...inherited, ...location.config, displayName: location.name };
}

function configField(config: Readonly<Record<string, unknown>>): { config?: Record<string, unknown> } {
  const shown = withoutSecrets(config) as Record<string, unknown>;
  return Object.keys(shown).length === 0 ? {} : { config: shown };
}
