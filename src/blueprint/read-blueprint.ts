import type { ConfigKey } from "../model/config-key.ts";
import { ClockerError } from "../model/errors.ts";
import { nearest } from "../model/nearest.ts";
import type { EntitySpec, Json } from "../model/spec.ts";
import { isEntitySpec } from "../model/types/index.ts";
import type { BlueprintTypes } from "./blueprint-types.ts";
import { usesOf } from "./dsl/uses.ts";
import { checkConstraints } from "./plan/check-spec.ts";
import { type BlueprintWarning, Cursor, isMap, type Reading } from "./plan/cursor.ts";
import { isBare, readApplication } from "./plan/read-application.ts";
import { finished, MOST_ENTITIES, readEntity } from "./plan/read-entity.ts";
import { readConfigValue } from "./plan/read-config.ts";
import { parseYaml } from "./yaml/parse-yaml.ts";
import type { YamlDocument } from "./yaml/yaml-document.ts";

export interface ReadOptions {
  readonly types: BlueprintTypes;
  /** The file's name, for messages. */
  readonly source?: string;
  /** The text as it was parsed before, so that it is not again. */
  readonly document?: YamlDocument | undefined;
}

export interface Blueprint {
  /** The root application. */
  readonly spec: EntitySpec;
  readonly warnings: readonly BlueprintWarning[];
}

/**
 * Reads a CAMP YAML blueprint as Apache Brooklyn does (reference, 3): types and keys under today's and older names, catalog items written
 * out, nested specs read. Expressions are checked and stay as they are.
 * @throws ClockerError `invalid-yaml`, `invalid-blueprint`, `unknown-type`, `unknown-location`, `invalid-value`, each with line and column where it is of one place
 */
export function readBlueprint(text: string, options: ReadOptions): Blueprint {
  const plan = cursorOf(text, options);
  const spec = finished(readApplication(plan, "application"));
  checkConstraints(spec, plan);
  warnOfRepeatedIds(spec, plan);
  return { spec, warnings: plan.reading.warnings };
}

/** A blueprint with everything that is wrong with it, for people who are still writing it. */
export interface ExaminedBlueprint {
  /** Absent where nothing of it can be read. With problems it is what could be read. */
  readonly spec: EntitySpec | undefined;
  readonly problems: readonly ClockerError[];
  readonly warnings: readonly BlueprintWarning[];
}

/** Reads a blueprint as `readBlueprint` does, and goes on after a fault, so that all of them are known at once. */
export function examineBlueprint(text: string, options: ReadOptions): ExaminedBlueprint {
  const problems: ClockerError[] = [];
  const warnings: BlueprintWarning[] = [];
  try {
    const document = documentOf(text, options);
    const plan = new Cursor(document.value, [], { ...readingOf(options.types, document), problems, warnings });
    warnOfRepeatedKeys(document, warnings);
    const spec = finished(readApplication(plan, "application"));
    checkConstraints(spec, plan);
    warnOfRepeatedIds(spec, plan);
    warnOfMissingEntities(spec, plan);
    return { spec, problems, warnings };
  } catch (error) {
    if (!(error instanceof ClockerError)) throw error;
    return { spec: undefined, problems: [...problems, error], warnings };
  }
}

/**
 * Reads a blueprint whose services become children of an entity that exists, or a list of such: they are taken without the application around
 * them, unless that says more than its services do.
 * @param options.inherits whether a config key is set on that entity or above it
 */
export function readChildren(text: string, options: ReadOptions & { inherits?: (key: string) => boolean }): { specs: EntitySpec[]; warnings: readonly BlueprintWarning[] } {
  const plan = cursorOf(text, options);
  const plans = Array.isArray(plan.value) ? plan.items("a list of entities") : [plan];
  const specs = plans.flatMap(childrenOf);
  for (const spec of specs) checkConstraints(spec, plan, options.inherits);
  return { specs, warnings: plan.reading.warnings };
}

function childrenOf(plan: Cursor): EntitySpec[] {
  const root = finished(plan.get("services") === undefined ? readApplication(plan, "any") : readApplication(plan, "application"));
  const isWrapper = isMap(plan.value) && root.config["brooklyn.wrapper_app"] === true && isBare(plan);
  return isWrapper ? root.children : [root];
}

/**
 * A config value that comes by itself, for instance through REST: checked and kept as in a blueprint, specs in it read.
 * @param key absent for config that no key declares
 * @throws ClockerError
 */
export function readConfig(value: Json, key: ConfigKey | undefined, options: ReadOptions & { owner: string }): Json {
  return value === null ? null : readConfigValue(new Cursor(value, [], readingOf(options.types, undefined)), key, `"${options.owner}"`);
}

/** The spec of a service's plan that comes by itself, as `$brooklyn:entitySpec` gives it where it is resolved. @throws ClockerError */
export function readSpec(plan: Json, options: Pick<ReadOptions, "types">): EntitySpec {
  return finished(readEntity(new Cursor(typeof plan === "string" ? { type: plan } : plan, [], readingOf(options.types, undefined))));
}

function documentOf(text: string, { source, document }: Pick<ReadOptions, "source" | "document">): YamlDocument {
  return document ?? parseYaml(text, source === undefined ? {} : { source });
}

function cursorOf(text: string, options: ReadOptions): Cursor {
  const { types } = options;
  const document = documentOf(text, options);
  const cursor = new Cursor(document.value, [], readingOf(types, document));
  warnOfRepeatedKeys(document, cursor.reading.warnings);
  return cursor;
}

function warnOfRepeatedKeys(document: YamlDocument, warnings: BlueprintWarning[]): void {
  for (const { key, offset } of document.repeated.slice(0, 20)) {
    const position = offset === undefined ? undefined : document.at(offset);
    warnings.push({ message: `The key "${key}" is given more than once: its last value is taken`, remedy: "Remove those that are not meant", path: [], position });
  }
}

function readingOf(types: BlueprintTypes, document: YamlDocument | undefined): Reading {
  return {
    what: "blueprint",
    types,
    document,
    warnings: [],
    items: [],
    places: new Map(),
    budget: { entities: MOST_ENTITIES },
    readers: { spec: (plan) => finished(readEntity(plan)), entity: readEntity, application: readApplication },
  };
}

/** Ids that expressions name and nothing in the blueprint has. They may be made later, so that this is only likely a mistake. */
function warnOfMissingEntities(root: EntitySpec, plan: Cursor): void {
  const known = [...specsIn(root)].flatMap(({ planId }) => planId ?? []);
  for (const spec of specsIn(root)) {
    const place = plan.reading.places.get(spec) ?? plan;
    for (const [key, value] of Object.entries(spec.config)) {
      for (const id of usesOf(value).entities) {
        if (known.includes(id)) continue;
        const near = nearest(id, known);
        const at = place.get("brooklyn.config")?.get(key) ?? place.get(key) ?? place;
        at.warn(`Nothing in the blueprint has the id "${id}", which "${key}" names`, near === undefined ? undefined : `Did you mean "${near}"?`);
      }
    }
  }
}

/** Of a tree and of the specs in its config. */
function* specsIn(spec: EntitySpec): Generator<EntitySpec> {
  yield spec;
  for (const child of spec.children) yield* specsIn(child);
  for (const value of Object.values(spec.config)) if (isEntitySpec(value)) yield* specsIn(value);
}

function warnOfRepeatedIds(root: EntitySpec, plan: Cursor): void {
  const seen = new Set<string>();
  const visit = (spec: EntitySpec) => {
    if (spec.planId !== undefined && seen.has(spec.planId)) (plan.reading.places.get(spec) ?? plan).warn(`The id "${spec.planId}" is given more than once: component("${spec.planId}") finds the nearest`);
    if (spec.planId !== undefined) seen.add(spec.planId);
    spec.children.forEach(visit);
  };
  visit(root);
}
