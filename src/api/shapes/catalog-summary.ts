import { z } from "zod";
import type { CatalogItemType } from "../../blueprint/catalog/catalog-item.ts";
import type { AdjunctType } from "../../model/adjunct.ts";
import type { EntityType } from "../../model/entity-type.ts";
import type { CatalogEntry } from "../catalog/catalog-entries.ts";
import { declaredParameters } from "../catalog/declared-parameters.ts";
import { configSummary, ConfigSummary } from "./config-summary.ts";
import { Links, segment } from "./links.ts";
import { withoutSecrets } from "./secrets.ts";
import { shownValue } from "./values.ts";

/** Kinds in the paths of the older catalog. */
export const catalogKinds = ["entities", "applications", "policies", "enrichers", "locations"] as const;
export type CatalogKind = (typeof catalogKinds)[number];

/** `applications` are the templates only (reference, 1.4). */
export const itemTypesOf: Readonly<Record<CatalogKind, readonly CatalogItemType[]>> = {
  entities: ["entity", "application", "template"],
  applications: ["template"],
  policies: ["policy"],
  enrichers: ["enricher"],
  locations: ["location"],
};

const SensorOfType = z.object({ name: z.string(), type: z.string(), description: z.string().optional(), links: Links });
const EffectorOfType = z.object({
  name: z.string(),
  returnType: z.string(),
  parameters: z.array(z.object({ name: z.string(), type: z.string(), description: z.string().optional(), defaultValue: z.unknown().optional(), shouldSanitize: z.boolean() })),
  description: z.string().optional(),
  links: Links,
});
const members = { config: z.array(ConfigSummary).optional(), sensors: z.array(SensorOfType).optional(), effectors: z.array(EffectorOfType).optional() };

export const CatalogItemSummary = z
  .object({
    id: z.string(),
    symbolicName: z.string(),
    version: z.string(),
    containingBundle: z.string(),
    type: z.string(),
    javaType: z.string().optional(),
    itemType: z.string(),
    name: z.string(),
    description: z.string().optional(),
    iconUrl: z.string().optional(),
    planYaml: z.string(),
    tags: z.array(z.unknown()),
    deprecated: z.boolean(),
    links: Links,
    ...members,
  })
  .meta({ id: "CatalogItemSummary" });
export type CatalogItemSummary = z.infer<typeof CatalogItemSummary>;

export const bundleCodes = [
  "INSTALLED_NEW_BUNDLE",
  "UPDATED_EXISTING_BUNDLE",
  "IGNORING_BUNDLE_AREADY_INSTALLED",
  "IGNORING_BUNDLE_FORCIBLY_REMOVED",
  "ERROR_PREPARING_BUNDLE",
  "ERROR_LAUNCHING_BUNDLE",
  "BUNDLE_REMOVED",
  "ERROR_REMOVING_BUNDLE_IN_USE",
  "ERROR_REMOVING_BUNDLE_OTHER",
] as const;
export const BundleResult = z
  .object({ message: z.string(), bundle: z.string(), code: z.enum(bundleCodes), types: z.record(z.string(), CatalogItemSummary).optional() })
  .meta({ id: "BundleInstallationRestResult" });
export type BundleResult = z.infer<typeof BundleResult>;

/** An entry as `/catalog/entities` and its like show it (reference, 2.6). */
export function catalogItemSummary(entry: CatalogEntry): CatalogItemSummary {
  const kind = kindOf(entry);
  return {
    id: `${entry.id}:${entry.version}`,
    symbolicName: entry.id,
    version: entry.version,
    containingBundle: entry.bundle,
    type: entry.id,
    javaType: entry.type?.name,
    itemType: entry.itemType,
    name: entry.name,
    description: entry.description,
    iconUrl: iconPath(entry),
    planYaml: shownPlan(entry),
    tags: [...entry.tags],
    deprecated: entry.deprecated,
    links: { self: `/v1/catalog/${kind}/${segment(entry.id)}/${segment(entry.version)}` },
    ...membersOf(entry),
  };
}

const typeFields = {
  symbolicName: z.string(),
  version: z.string(),
  containingBundle: z.string(),
  kind: z.enum(["SPEC", "BEAN", "UNRESOLVED"]),
  displayName: z.string().optional(),
  description: z.string().optional(),
  iconUrl: z.string().optional(),
  aliases: z.array(z.string()).optional(),
  supertypes: z.array(z.string()).optional(),
  tags: z.array(z.unknown()).optional(),
  disabled: z.boolean().optional(),
  deprecated: z.boolean().optional(),
  template: z.boolean().optional(),
  links: Links,
  specList: z.array(z.object({ summary: z.string(), format: z.string(), contents: z.string() })),
};
export const TypeSummary = z.object(typeFields).meta({ id: "TypeSummary" });
export const TypeDetail = z.object({ ...typeFields, plan: z.object({ format: z.string().optional(), data: z.string() }), ...members }).meta({ id: "TypeDetail" });

/** An entry as `/catalog/types` lists it. */
export function typeSummary(entry: CatalogEntry): z.infer<typeof TypeSummary> {
  return {
    symbolicName: entry.id,
    version: entry.version,
    containingBundle: entry.bundle,
    kind: entry.itemType === "bean" ? "BEAN" : entry.type === undefined && entry.itemType !== "location" && entry.itemType !== "template" && entry.itemType !== "application" ? "UNRESOLVED" : "SPEC",
    displayName: entry.name,
    description: entry.description,
    iconUrl: iconPath(entry),
    aliases: entry.aliases.length === 0 ? undefined : [...entry.aliases],
    supertypes: supertypesOf(entry),
    tags: entry.tags.length === 0 ? undefined : [...entry.tags],
    disabled: entry.disabled ? true : undefined,
    deprecated: entry.deprecated ? true : undefined,
    template: entry.itemType === "template" ? true : undefined,
    links: { self: `/v1/catalog/types/${segment(entry.id)}/${segment(entry.version)}` },
    specList: entry.itemType === "bean" ? [] : [{ summary: "brooklyn-camp implementation", format: "brooklyn-camp", contents: shownPlan(entry) }],
  };
}

export function typeDetail(entry: CatalogEntry): z.infer<typeof TypeDetail> {
  return { ...typeSummary(entry), plan: { format: "brooklyn-camp", data: shownPlan(entry) }, ...membersOf(entry) };
}

/** The Java names of what it is: its own type's, and those of Brooklyn's interfaces. */
export function supertypesOf({ itemType, type }: CatalogEntry): string[] {
  const interfaceOf: Partial<Record<CatalogItemType, string>> = {
    entity: "org.apache.brooklyn.api.entity.Entity",
    application: "org.apache.brooklyn.api.entity.Application",
    template: "org.apache.brooklyn.api.entity.Application",
    policy: "org.apache.brooklyn.api.policy.Policy",
    enricher: "org.apache.brooklyn.api.sensor.Enricher",
    location: "org.apache.brooklyn.api.location.Location",
  };
  const name = interfaceOf[itemType];
  const own = type === undefined ? [] : isEntityType(type) ? [...type.traits] : [type.name];
  return [...new Set([...own, ...(name === undefined ? [] : [name])])];
}

export function kindOf({ itemType }: CatalogEntry): CatalogKind {
  if (itemType === "template") return "applications";
  return itemType === "policy" ? "policies" : itemType === "enricher" ? "enrichers" : itemType === "location" ? "locations" : "entities";
}

/** Locations may hold passwords. */
function shownPlan({ itemType, planText }: CatalogEntry): string {
  return itemType === "location" ? String(withoutSecrets(planText)) : planText;
}

function iconPath(entry: CatalogEntry): string | undefined {
  return entry.iconUrl === undefined ? undefined : `/v1/catalog/icon/${segment(entry.id)}/${segment(entry.version)}`;
}

function membersOf(entry: CatalogEntry): Pick<CatalogItemSummary, "config" | "sensors" | "effectors"> {
  const { type } = entry;
  const own = declaredParameters(entry.item?.plan);
  if (type === undefined) return own.length === 0 ? {} : { config: own };
  const named = new Set(own.map(({ name }) => name));
  const keys = [...(isEntityType(type) ? type.config.values() : type.config)].filter(({ name }) => !named.has(name)).map((key) => ({ ...configSummary(key, ""), links: {} }));
  const config = [...own, ...keys].sort((a, b) => (a.name < b.name ? -1 : 1));
  return isEntityType(type) ? { config, sensors: sensorsOf(type), effectors: effectorsOf(type) } : { config };
}

function isEntityType(type: EntityType | AdjunctType): type is EntityType {
  return "traits" in type;
}

function sensorsOf(type: EntityType): z.infer<typeof SensorOfType>[] {
  return [...type.sensors.values()].map((each) => ({ name: each.name, type: each.type.name, description: each.description, links: {} })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function effectorsOf(type: EntityType): z.infer<typeof EffectorOfType>[] {
  const effectors = [...type.effectors.values()].map((each) => ({
    name: each.name,
    returnType: each.returnType,
    description: each.description,
    parameters: each.parameters.map(({ name, type: of, description, defaultValue, secret }) => ({ name, type: of.name, description, defaultValue: shownValue(name, defaultValue, of) ?? null, shouldSanitize: secret ?? false })),
    links: {},
  }));
  return effectors.sort((a, b) => (a.name < b.name ? -1 : 1));
}
