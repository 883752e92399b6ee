import { z } from "zod";
import type { ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { Links, links, segment } from "./links.ts";
import { shownValue } from "./values.ts";

export const ConfigSummary = z
  .object({
    name: z.string(),
    type: z.string(),
    defaultValue: z.unknown().optional(),
    description: z.string().optional(),
    reconfigurable: z.boolean(),
    label: z.string().optional(),
    priority: z.number().optional(),
    possibleValues: z.array(z.object({ value: z.string(), description: z.string() })).optional(),
    pinned: z.boolean().optional(),
    constraints: z.array(z.unknown()).optional(),
    links: Links,
  })
  .meta({ id: "ConfigSummary" });
export type ConfigSummary = z.infer<typeof ConfigSummary>;

/** A config key as REST lists it (reference, 2.4). @param config path of the collection it is in */
export function configSummary(key: ConfigKey, config: string, links: Readonly<Record<string, string>> = {}): ConfigSummary {
  const { possibleValues } = key.type;
  const self = `${config}/${segment(key.name)}`;
  const defaultValue = shownValue(key.name, key.defaultValue, key.type, { secret: key.secret });
  return {
    name: key.name,
    type: possibleValues === undefined ? key.type.name : "java.lang.Enum",
    ...(defaultValue === undefined ? {} : { defaultValue }),
    description: key.description,
    reconfigurable: key.reconfigurable,
    ...(key.label === undefined ? {} : { label: key.label }),
    ...(possibleValues === undefined ? {} : { possibleValues: possibleValues.map((value) => ({ value, description: value })) }),
    pinned: key.pinned,
    ...(key.constraints.length === 0 ? {} : { constraints: [...key.constraints] }),
    links: { self, ...links, "action:json": self },
  };
}

/** The keys of an entity and those set on it that nobody declared, by name. */
export function configSummaries(entity: Entity): ConfigSummary[] {
  const owner = links.entity(entity.application.id, entity.id);
  const more = { entity: owner, application: links.application(entity.application.id) };
  const declared = entity.config.keys().map((key) => configSummary(key, `${owner}/config`, more));
  const names = new Set(declared.map(({ name }) => name));
  const others = [...entity.config.own().keys()].filter((name) => !names.has(name)).map((name) => undeclared(name, `${owner}/config`, more));
  return [...declared, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function undeclared(name: string, config: string, more: Readonly<Record<string, string>>): ConfigSummary {
  const self = `${config}/${segment(name)}`;
  return { name, type: "java.lang.Object", reconfigurable: true, links: { self, ...more, "action:json": self } };
}
