import { nearest } from "../../model/nearest.ts";
import type { Json, ParameterSpec } from "../../model/spec.ts";
import { CoercionError, show } from "../../model/value-type.ts";
import { isDeferred } from "../dsl/deferred.ts";
import { constraintNames, unknownConstraint } from "./constraints.ts";
import { type Cursor, isMap } from "./cursor.ts";
import { parameterType } from "./key-table.ts";
import { checkExpressions } from "./read-config.ts";

const knownKeys = ["name", "label", "description", "type", "default", "constraints", "pinned", "reconfigurable", "inheritance.runtime", "inheritance.parent", "inheritance.type", "deprecatedNames"];

/** The items of `brooklyn.parameters`: names, or maps (reference, 3.6). */
export function readParameters(list: Cursor): ParameterSpec[] {
  return list.items("brooklyn.parameters").map(readParameter);
}

/** Those that come later add to what was declared for the same name before. */
export function mergeParameters(inherited: readonly ParameterSpec[], own: readonly ParameterSpec[]): ParameterSpec[] {
  const merged = new Map(inherited.map((parameter) => [parameter.name, parameter]));
  for (const parameter of own) merged.set(parameter.name, { ...merged.get(parameter.name), ...parameter });
  return [...merged.values()];
}

function readParameter(cursor: Cursor): ParameterSpec {
  if (typeof cursor.value === "string" && cursor.value !== "") return { name: cursor.value };
  if (!isMap(cursor.value)) return cursor.fail("each item of brooklyn.parameters must be a name or a map");
  const name = cursor.get("name")?.text("the name of a parameter") ?? cursor.fail("an item of brooklyn.parameters needs a name");
  for (const [key, value] of cursor.entries("a parameter")) if (!knownKeys.includes(key)) value.warn(`"${key}" of parameter "${name}" is not known and is ignored`, () => suggestion(key, knownKeys));
  const parameter: ParameterSpec = { name };
  const label = cursor.get("label")?.text("label");
  if (label !== undefined) parameter.label = label;
  const description = cursor.get("description")?.text("description");
  if (description !== undefined) parameter.description = description;
  readType(cursor, parameter);
  readConstraints(cursor, parameter);
  readFlags(cursor, parameter);
  const old = cursor.get("deprecatedNames");
  if (old !== undefined) parameter.deprecatedNames = old.items("deprecatedNames").map((each) => each.text("a deprecated name"));
  readDefault(cursor, parameter);
  return parameter;
}

function readType(cursor: Cursor, parameter: ParameterSpec): void {
  const type = cursor.get("type");
  // A type may be described in place by a map; its values are then taken as they are.
  if (type === undefined || isMap(type.value)) return;
  parameter.type = type.text("type");
  if (parameterType(parameter, lookupOf(cursor)) === undefined) type.warn(`Type "${parameter.type}" of parameter "${parameter.name}" is not known: any value is taken`);
}

function readConstraints(cursor: Cursor, parameter: ParameterSpec): void {
  const given = cursor.get("constraints");
  if (given === undefined) return;
  const places = Array.isArray(given.value) ? given.items("constraints") : [given];
  for (const each of places) {
    const unknown = unknownConstraint(each.value);
    if (unknown !== undefined) each.fail(`unknown constraint "${unknown}" of parameter "${parameter.name}"`, { remedy: suggestion(unknown, constraintNames()) ?? `Constraints are ${constraintNames().join(", ")}` });
  }
  parameter.constraints = places.map((each) => each.value);
}

function readFlags(cursor: Cursor, parameter: ParameterSpec): void {
  const pinned = cursor.get("pinned")?.flag("pinned");
  if (pinned !== undefined) parameter.pinned = pinned;
  const reconfigurable = cursor.get("reconfigurable")?.flag("reconfigurable");
  if (reconfigurable !== undefined) parameter.reconfigurable = reconfigurable;
  const runtime = cursor.get("inheritance.runtime") ?? cursor.get("inheritance.parent");
  if (runtime !== undefined) parameter.inherited = !["none", "never", "notreinherited"].includes(inheritanceMode(runtime));
  const type = cursor.get("inheritance.type");
  const merges = [type, runtime].some((each) => each !== undefined && ["deepmerge", "merge"].includes(inheritanceMode(each)));
  if (merges) parameter.merge = "deep_merge";
}

const modes = ["not_reinherited", "none", "never", "overwrite", "always", "deep_merge", "merge"];

function inheritanceMode(cursor: Cursor): string {
  const mode = cursor.text("an inheritance mode");
  const word = mode.replaceAll(/[-_]/g, "").toLowerCase();
  if (!modes.some((each) => each.replaceAll("_", "") === word)) return cursor.fail(`unknown inheritance mode "${mode}"`, { remedy: `Modes are ${modes.join(", ")}`, part: "value" });
  return word;
}

function readDefault(cursor: Cursor, parameter: ParameterSpec): void {
  const given = cursor.get("default");
  if (given === undefined) return;
  const type = parameterType(parameter, lookupOf(cursor));
  const value: Json = typeof given.value === "number" && type?.name === "java.lang.String" ? (given.written() ?? given.value) : given.value;
  checkExpressions(given, value);
  parameter.default = value;
  if (type === undefined || isDeferred(value)) return;
  try {
    type.coerce(value);
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
    given.fail(`the default of parameter "${parameter.name}": ${show(value)} is not ${error.expected}`, { code: "invalid-value", part: "value", details: { key: parameter.name, expected: error.expected, value } });
  }
}

function lookupOf(cursor: Cursor) {
  const { types } = cursor.reading;
  return types.valueType === undefined ? undefined : (name: string) => types.valueType?.(name);
}

function suggestion(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known);
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}
