import type { JsonObject } from "../model/spec.ts";
import { CoercionError, type ValueType } from "../model/value-type.ts";

/** A function of one value, as config of enrichers holds it. */
export type Transformation = (value: unknown) => unknown;

/**
 * What the language resolves to a function (`$brooklyn:function.regexReplacement(...)`), a map (a look-up), or the description of one of
 * Brooklyn's Java functions that `$brooklyn:object` makes: `{type: ...MathFunctions, factoryMethod.name: plus, factoryMethod.args: [1]}`.
 */
export const transformationType: ValueType<Transformation> = {
  name: "com.google.common.base.Function",
  expected: `a function: $brooklyn:function.regexReplacement, a map to look values up in, or $brooklyn:object of MathFunctions, StringFunctions, CollectionFunctionals or Functions`,
  coerce: (value) => {
    if (typeof value === "function") return (argument) => Reflect.apply(value, undefined, [argument]) as unknown;
    if (!isMap(value)) throw new CoercionError(value, transformationType.expected);
    return typeof value["type"] === "string" ? javaFunction(value) : (argument) => look(value, argument);
  },
  toJson: (value) => value,
};

function javaFunction(description: JsonObject): Transformation {
  const name = String(description["factoryMethod.name"] ?? "");
  const make = factories[name];
  if (make === undefined) throw new CoercionError(description, transformationType.expected, `"${name}" is not known`);
  const args: unknown = description["factoryMethod.args"];
  return make(...(Array.isArray(args) ? (args as unknown[]) : args === undefined || args === null ? [] : [args]));
}

const numeric = (compute: (value: number) => unknown): Transformation => (value) => (value === undefined || value === null ? null : compute(Number(value)));
const textual = (compute: (value: string) => unknown): Transformation => (value) => (value === undefined || value === null ? null : compute(textOf(value)));

/** By the name of the Java factory method: `MathFunctions`, `StringFunctions`, `CollectionFunctionals`, Guava's `Functions`. */
const factories: Readonly<Record<string, (...args: unknown[]) => Transformation>> = {
  plus: (by) => numeric((value) => value + Number(by)),
  minus: (by) => numeric((value) => value - Number(by)),
  times: (by) => numeric((value) => value * Number(by)),
  divide: (by) => numeric((value) => value / Number(by)),
  readableString: () => textual((value) => value),
  percent: (digits) => numeric((value) => `${(value * 100).toPrecision(Math.max(1, Number(digits ?? 3)))}%`),
  append: (suffix) => textual((value) => value + textOf(suffix)),
  prepend: (prefix) => textual((value) => textOf(prefix) + value),
  surround: (prefix, suffix) => textual((value) => textOf(prefix) + value + textOf(suffix ?? prefix)),
  formatter: (format) => (value) => textOf(format).replaceAll("%s", () => textOf(value)),
  toUpperCase: () => textual((value) => value.toUpperCase()),
  toLowerCase: () => textual((value) => value.toLowerCase()),
  trim: () => textual((value) => value.trim()),
  length: () => textual((value) => value.length),
  joiner: (separator) => (value) => (Array.isArray(value) ? value.map(textOf).join(textOf(separator ?? ", ")) : value),
  sizeFunction: (ifNull) => (value) => (Array.isArray(value) || typeof value === "string" ? value.length : isMap(value) ? Object.keys(value).length : (ifNull ?? null)),
  firstElement: () => (value) => (Array.isArray(value) ? ((value as unknown[])[0] ?? null) : null),
  identity: () => (value) => value,
  constant: (result) => () => result,
  toStringFunction: () => textual((value) => value),
  forMap: (map, otherwise) => (value) => (isMap(map) && value !== undefined && value !== null && Object.hasOwn(map, textOf(value)) ? map[textOf(value)] : (otherwise ?? null)),
  isTruthy: () => isTruthy,
};

/** Groovy's truth: not null, false, zero, nor anything empty. */
function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : Boolean(value);
}

function look(map: JsonObject, value: unknown): unknown {
  return value !== undefined && value !== null && Object.hasOwn(map, textOf(value)) ? map[textOf(value)] : null;
}

export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
