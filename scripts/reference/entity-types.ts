import { knownTypes } from "../../src/management/known-types.ts";
import type { ConfigKey } from "../../src/model/config-key.ts";
import type { Effector } from "../../src/model/effector.ts";
import type { EntityType } from "../../src/model/entity-type.ts";
import type { Sensor } from "../../src/model/sensor.ts";
import type { ValueType } from "../../src/model/value-type.ts";
import { code, codes, type Page, paragraphs, table } from "./page.ts";

/** Every entity type that is made of code, with what it adds to the types it extends. */
export function entityTypesPage(): Page {
  const types = knownTypes().entityTypes().toSorted(byName);
  const index = table(["type", "what it is"], types.map((type) => [`[${type.displayName}](#${anchor(type)})`, type.description]));
  return {
    file: "entity-types.md",
    title: "Entity types",
    summary: "config keys, sensors and effectors of every entity type made of code",
    body: paragraphs(
      "Technologies are in the [catalog](catalog.md). A config key may be written by its name, its flag or any other alias. Names of Java classes of earlier releases of Brooklyn and Clocker are understood too.",
      index,
      ...types.map((type) => section(type, types)),
    ),
  };
}

function section(type: EntityType, all: readonly EntityType[]): string {
  const bases = all.filter((other) => other !== type && type.traits.has(other.name));
  const added = <T>(items: ReadonlyMap<string, T>, of: (base: EntityType) => ReadonlyMap<string, T>) => [...items].filter(([name, item]) => !bases.some((base) => of(base).get(name) === item)).map(([, item]) => item);
  const config = added(type.config, (base) => base.config);
  const sensors = added(type.sensors, (base) => base.sensors);
  const effectors = added(type.effectors, (base) => base.effectors);
  return paragraphs(
    `## ${type.displayName}`,
    `${code(type.name)}${type.isAbstract ? " (a base for others)" : ""}`,
    `${type.description}.`,
    type.aliases.length === 0 ? "" : `Also written ${codes(type.aliases)}.`,
    bases.length === 0 ? "" : `Has all that ${bases.map((base) => `[${base.displayName}](#${anchor(base)})`).join(", ")} has, and:`,
    titled("Config", configTable(config)),
    titled("Sensors", sensorTable(sensors)),
    titled("Effectors", effectorTable(effectors)),
  );
}

function titled(title: string, body: string): string {
  return body === "" ? "" : `### ${title}\n\n${body}`;
}

export function configTable(keys: readonly ConfigKey[]): string {
  return table(
    ["key", "also written", "type", "default", "what for"],
    keys.toSorted(byName).map((key) => [code(key.name), codes(key.aliases), typeName(key.type), defaultOf(key), `${key.description}${key.inherited ? "" : " *(not inherited)*"}`]),
  );
}

function sensorTable(sensors: readonly Sensor[]): string {
  return table(["sensor", "type", "what it tells"], sensors.toSorted(byName).map((sensor) => [code(sensor.name), typeName(sensor.type), sensor.description]));
}

function effectorTable(effectors: readonly Effector[]): string {
  return table(
    ["effector", "parameters", "what it does"],
    effectors.toSorted(byName).map(({ name, parameters, description }) => [code(name), parameters.map((parameter) => `${code(parameter.name)}: ${parameter.description}`).join("; "), description]),
  );
}

/** `Duration` of `org.apache.brooklyn.util.time.Duration`, and what a collection holds. */
function typeName({ name, item, possibleValues }: ValueType<unknown>): string {
  const simple = name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("$")) + 1);
  const holds = item === undefined ? "" : ` of ${typeName(item)}`;
  return `${simple}${holds}${possibleValues === undefined || name.startsWith("java.lang") ? "" : `: ${possibleValues.join(", ")}`}`;
}

function defaultOf({ defaultValue, type, secret }: ConfigKey): string {
  if (defaultValue === undefined || secret) return "";
  const json = type.toJson(defaultValue);
  return code(typeof json === "string" ? json : JSON.stringify(json));
}

export function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function anchor({ displayName }: EntityType): string {
  return displayName.toLowerCase().replaceAll(/[^\w -]/g, "").replaceAll(" ", "-");
}
