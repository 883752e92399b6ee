import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";
import { jsonType } from "./json.ts";
import { parseStructuredText } from "./structured-text.ts";

/** A map with text keys. Takes text that holds one, JSON or YAML, as Brooklyn does. */
export function mapType(): ValueType<Record<string, unknown>>;
export function mapType<T>(item: ValueType<T>): ValueType<Record<string, T>>;
export function mapType(item: ValueType<unknown> = jsonType): ValueType<Record<string, unknown>> {
  const expected = item === jsonType ? "a map" : `a map whose values are each ${item.expected}`;
  return {
    name: "java.util.Map",
    expected,
    item,
    coerce: (value) => {
      const map = typeof value === "string" ? (value.trim() === "" ? {} : parseStructuredText(value)) : value;
      if (!isMap(map)) throw new CoercionError(value, expected);
      return Object.fromEntries(Object.entries(map).map(([key, each]) => [key, coerceItem(item, each, value, expected)]));
    },
    toJson: (value) => Object.fromEntries(Object.entries(value).map(([key, each]) => [key, item.toJson(each)])),
  };
}

/** A list. Takes text that holds one, `a, b, c`, or a single value, as Brooklyn does. */
export function listType(): ValueType<unknown[]>;
export function listType<T>(item: ValueType<T>): ValueType<T[]>;
export function listType(item: ValueType<unknown> = jsonType): ValueType<unknown[]> {
  const expected = item === jsonType ? "a list" : `a list whose items are each ${item.expected}`;
  return {
    name: "java.util.List",
    expected,
    item,
    coerce: (value) => {
      const items = itemsOf(value);
      if (items === undefined) throw new CoercionError(value, expected);
      return items.map((each) => coerceItem(item, each, value, expected));
    },
    toJson: (value) => value.map((each) => item.toJson(each)),
  };
}

/** A list without repetitions, in the order given. An array, so that it is JSON as it stands. */
export function setType(): ValueType<unknown[]>;
export function setType<T>(item: ValueType<T>): ValueType<T[]>;
export function setType(item: ValueType<unknown> = jsonType): ValueType<unknown[]> {
  const list = listType(item);
  return { ...list, name: "java.util.Set", coerce: (value) => withoutRepetitions(list.coerce(value), item) };
}

function itemsOf(value: unknown): readonly unknown[] | undefined {
  // Spread, so that holes become values.
  if (Array.isArray(value) || value instanceof Set) return [...(value as Iterable<unknown>)];
  if (typeof value === "number" || typeof value === "boolean") return [value];
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (text === "") return [];
  if (/^\[|^- |^-$/m.test(text)) {
    const parsed: unknown = parseStructuredText(text);
    if (Array.isArray(parsed)) return parsed as unknown[];
  }
  return text.replace(/^\[(.*)\]$/s, "$1").split(",").map((part) => part.trim());
}

function withoutRepetitions(items: readonly unknown[], item: ValueType<unknown>): unknown[] {
  const seen = new Map<unknown, unknown>();
  for (const each of items) {
    const identity = typeof each === "object" && each !== null ? serialised(item.toJson(each)) : each;
    if (!seen.has(identity)) seen.set(identity, each);
  }
  return [...seen.values()];
}

function serialised(value: unknown): unknown {
  try {
    return JSON.stringify(value);
  } catch {
    // Cannot be written as JSON (a cycle, a bigint): then it is only the same as itself.
    return value;
  }
}

function coerceItem(item: ValueType<unknown>, each: unknown, whole: unknown, expected: string): unknown {
  try {
    return item.coerce(each);
  } catch (error) {
    if (error instanceof CoercionError) throw new CoercionError(whole, expected);
    throw error;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
