import type { ConfigKey } from "../../model/config-key.ts";
import { simpleName } from "../../model/entity-type.ts";
import { nearest } from "../../model/nearest.ts";
import type { EntitySpec, Json } from "../../model/spec.ts";
import { isDeferred } from "../dsl/deferred.ts";
import { type Cursor, type Draft, isMap } from "./cursor.ts";
import { isDockerType } from "./docker-type.ts";
import { entityTypeDraft } from "./entity-type-draft.ts";
import { KeyTable } from "./key-table.ts";
import { readAdjuncts } from "./read-adjuncts.ts";
import { mergeConfig, readConfigValue } from "./read-config.ts";
import { renamedType } from "../rename-table.ts";
import { readLocations } from "./read-locations.ts";
import { mergeParameters, readParameters } from "./read-parameters.ts";

/** The keys of a service that are the language's own (reference, 3.2); every other one is config. */
const serviceKeys = [
  ...["type", "serviceType", "service_type", "(type)", "id", "name", "location", "locations", "iconUrl", "description", "characteristics", "artifacts"],
  ...["brooklyn.config", "brooklyn.flags", "brooklyn.children", "brooklyn.policies", "brooklyn.enrichers", "brooklyn.initializers", "brooklyn.parameters", "brooklyn.tags", "brooklyn.catalog"],
];

/** The keys of a plan's root (reference, 3.1); every other one is kept by nobody. */
const rootKeys = [...serviceKeys, "tags", "services", "origin", "version", "wrappedApp"];

/** The most entities that a blueprint may describe, those of its catalog items included. */
export const MOST_ENTITIES = 20_000;

/** A service, a child or a nested spec: what its type stands for, with what the plan adds to it. */
export function readEntity(plan: Cursor): Draft {
  if (!isMap(plan.value)) return plan.fail("a service must be a map with a type");
  const place = ["service_type", "serviceType", "type", "(type)"].map((key) => plan.get(key)).find((each) => each !== undefined);
  if (place === undefined) return plan.fail("a service needs a type", { remedy: 'Give it a key "type" with the name of a type' });
  if (plan.reading.budget.entities-- <= 0) return plan.fail(`it would make more than ${MOST_ENTITIES} entities`);
  const draft = entityTypeDraft(place);
  // Older names work for ever; who asks what is wrong with a blueprint is told of them.
  const written = place.text("a type").trim();
  if (place.reading.problems !== undefined && written.includes(".") && draft.spec.type === renamedType(written) && draft.spec.type !== written) place.warn(`"${written}" is an old name`, `Today it is "${draft.spec.type}"`);
  applyPlan(plan, draft, "service");
  // An image's service names its container by its id (clocker.md, 1.4).
  if (draft.spec.planId !== undefined && isDockerType(place.value)) draft.spec.config["docker.container.name"] ??= draft.spec.planId;
  return draft;
}

/** The finished spec: with its name, and with the defaults that are expressions. */
export function finished({ spec, defaultName }: Draft): EntitySpec {
  const planned = spec.config["defaultDisplayName"];
  const name = spec.displayName ?? (typeof planned === "string" && !isDeferred(planned) ? planned : undefined) ?? defaultName;
  if (name !== undefined) spec.displayName = name;
  for (const { name: key, default: value } of spec.parameters) {
    if (value !== undefined && !Object.hasOwn(spec.config, key) && isDeferred(value)) spec.config[key] = value;
  }
  return spec;
}

/** Puts what a plan says on top of what its type stands for. @param level at the root, keys that are not known are not config */
export function applyPlan(plan: Cursor, draft: Draft, level: "root" | "service"): void {
  const { spec } = draft;
  plan.reading.places.set(spec, plan);
  const declared = plan.get("brooklyn.parameters");
  if (declared !== undefined) spec.parameters = mergeParameters(spec.parameters, declared.orNote(() => readParameters(declared), []));
  const name = plan.get("name")?.text("name");
  if (name !== undefined && name.trim() !== "") spec.displayName = name;
  const id = plan.get("id")?.text("id");
  if (id !== undefined) spec.planId = id;
  const iconUrl = plan.get("iconUrl")?.text("iconUrl");
  if (iconUrl !== undefined) spec.iconUrl = iconUrl;
  const locations = plan.orNote(() => readLocations(plan), undefined);
  if (locations !== undefined) spec.locations = locations;
  applyConfig(plan, draft, level);
  for (const child of plan.get("brooklyn.children")?.items("brooklyn.children") ?? []) spec.children.push(...child.orNote(() => [plan.reading.readers.spec(child)], []));
  const { policies, enrichers, initializers } = readAdjuncts(plan);
  spec.policies.push(...policies);
  spec.enrichers.push(...enrichers);
  spec.initializers.push(...initializers);
  for (const section of ["brooklyn.tags", ...(level === "root" ? ["tags"] : [])]) spec.tags.push(...(plan.get(section)?.items(section).map((tag) => tag.value) ?? []));
}

/** The keys of what a draft will be, with a type the parameters declared so far. */
export function keyTableOf(spec: EntitySpec, plan: Cursor): KeyTable {
  const { types } = plan.reading;
  return new KeyTable(types.entityType(spec.type), spec.parameters, types.valueType === undefined ? undefined : (name) => types.valueType?.(name));
}

function applyConfig(plan: Cursor, { spec, defaultName }: Draft, level: "root" | "service"): void {
  const keys = keyTableOf(spec, plan);
  const owner = `"${spec.displayName ?? spec.planId ?? defaultName ?? simpleName(spec.typeName ?? spec.type)}"`;
  const own = new Map<string, Json>();
  const writtenAs = new Map<string, string>();
  const byEntry = new Set<string>();
  const take = (name: string, value: Cursor) => {
    const canonical = keys.canonicalName(name);
    const before = writtenAs.get(canonical);
    if (before !== undefined && before !== name) value.warn(`"${before}" and "${name}" are the same config key, "${canonical}": the value of "${name}" is taken`);
    writtenAs.set(canonical, name);
    const within = keys.key(canonical) === undefined ? keys.mapKeyOf(canonical) : undefined;
    if (within !== undefined) {
      byEntry.add(within.key.name);
      return takeEntry(own, within, value, owner);
    }
    // Entries that stand by themselves before their map are kept in it.
    const entries = byEntry.has(canonical) ? own.get(canonical) : undefined;
    const given = isMap(entries) && isMap(value.value) ? value.with({ ...entries, ...value.value }) : value;
    value.orNote(() => own.set(canonical, given.value === null ? null : readConfigValue(given, keys.key(canonical), owner)), own);
  };
  for (const [name, value] of plan.entries("a service")) if (isConfigAt(name, value, keys, level, spec)) take(name, value);
  for (const [name, value] of plan.get("brooklyn.flags")?.entries("brooklyn.flags") ?? []) {
    if ((keys.key(name) ?? keys.mapKeyOf(name)) !== undefined) take(name, value);
    else value.warn(`"${name}" is not a flag of ${simpleName(spec.typeName ?? spec.type)} and is ignored`);
  }
  for (const [name, value] of plan.get("brooklyn.config")?.entries("brooklyn.config") ?? []) take(name, value);
  spec.config = mergeConfig(spec.config, own, keys);
  const planId = own.get("camp.plan.id");
  if (typeof planId === "string" && !isDeferred(planId)) spec.planId ??= planId;
}

/** An entry of a map that is given by itself: `shell.env.HOME: /root`. */
function takeEntry(own: Map<string, Json>, { key, entry }: { key: ConfigKey; entry: string }, value: Cursor, owner: string): void {
  const before = own.get(key.name);
  const entries = isMap(before) ? before : {};
  value.orNote(() => own.set(key.name, readConfigValue(value.with({ ...entries, [entry]: value.value }), key, owner)), own);
}

/** Whether a key beside the language's own is config; told to the user when nothing knows it. */
function isConfigAt(name: string, value: Cursor, keys: KeyTable, level: "root" | "service", spec: EntitySpec): boolean {
  if ((level === "root" ? rootKeys : serviceKeys).includes(name)) return false;
  if (level === "service" && (keys.key(name) ?? keys.mapKeyOf(name)) !== undefined) return true;
  const near = () => nearest(name, level === "root" ? rootKeys : [...serviceKeys, ...keys.names()]);
  const remedy = () => {
    const meant = near();
    return meant === undefined ? undefined : `Did you mean "${meant}"?`;
  };
  if (level === "service") value.warn(`"${name}" is not a key of ${simpleName(spec.typeName ?? spec.type)} and is ignored`, remedy);
  // At the root keys of one's own are usual: only what looks like a key of the language is told.
  else if (name.startsWith("brooklyn.") || (value.reading.warnings.length < 20 && near() !== undefined)) value.warn(`"${name}" is not a key of a blueprint and is ignored`, remedy);
  return false;
}
