import { Entity } from "../../model/entity.ts";
import { parseStructuredText } from "../../model/types/index.ts";
import { textOf } from "./format-string.ts";

/** What an expression finds when it asks a value for something that it does not have. */
export class NoSuchMember extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NoSuchMember";
  }
}

/** `value.name`: a key of a map, or what Java's getter of that name gives. @throws NoSuchMember */
export function propertyOf(value: unknown, name: string): unknown {
  const data = structured(value);
  if (isRecord(data) && Object.hasOwn(data, name)) return data[name];
  const word = name.replace(/^get(?=[A-Z])/, "");
  const property = word.charAt(0).toLowerCase() + word.slice(1);
  if (value instanceof Entity) return entityProperty(value, property, name);
  if (isRecord(data) && Object.hasOwn(data, property)) return data[property];
  if (typeof value === "string" && uriProperties[property] !== undefined && URL.canParse(value)) return uriProperties[property](new URL(value));
  if (property === "size" || property === "length") return sizeOf(data);
  throw new NoSuchMember(`${describe(value)} has no "${name}"`);
}

/** `value[index]`: of a list by position, of a map by key. @throws NoSuchMember */
export function indexOf(value: unknown, index: unknown): unknown {
  const data = structured(value);
  if (Array.isArray(data)) {
    const position = Number(index);
    if (!Number.isInteger(position) || position < 0 || position >= data.length) throw new NoSuchMember(`a list of ${data.length} has no item ${textOf(index)}`);
    return data[position] as unknown;
  }
  if (!isRecord(data)) throw new NoSuchMember(`${describe(value)} is no list and no map, so it has no [${textOf(index)}]`);
  const key = textOf(index);
  // A map without the key gives null, as in Java.
  return Object.hasOwn(data, key) ? data[key] : null;
}

/** `value.name(args)`: the methods of Java's text, lists, maps and numbers that blueprints use. @throws NoSuchMember */
export function callMethod(value: unknown, name: string, args: readonly unknown[]): unknown {
  if (args.length === 0 && name === "toString") return textOf(value);
  const data = structured(value);
  if (typeof value === "string" && Object.hasOwn(textMethods, name)) return textMethods[name]?.(value, ...args.map(textOf));
  if (name === "get" && args.length === 1) return indexOf(data, args[0]);
  if (name === "getOrDefault" && isRecord(data)) return indexOf(data, args[0]) ?? args[1];
  if (name === "containsKey" && isRecord(data)) return Object.hasOwn(data, textOf(args[0]));
  if (name === "contains" && Array.isArray(data)) return data.includes(args[0]);
  if (name === "isEmpty") return sizeOf(data) === 0;
  if (name === "equals") return textOf(value) === textOf(args[0]);
  if (/^(int|long|double|float)Value$/.test(name) && typeof value === "number") return /^(int|long)/.test(name) ? Math.trunc(value) : value;
  if (name === "keySet" && isRecord(data)) return Object.keys(data);
  if (name === "values" && isRecord(data)) return Object.values(data);
  if (args.length === 0) return propertyOf(value, name);
  throw new NoSuchMember(`${describe(value)} has no method "${name}"`);
}

const textMethods: Readonly<Record<string, (text: string, ...args: string[]) => unknown>> = {
  trim: (text) => text.trim(),
  toUpperCase: (text) => text.toUpperCase(),
  toLowerCase: (text) => text.toLowerCase(),
  length: (text) => text.length,
  substring: (text, from, to) => text.substring(Number(from), to === undefined ? undefined : Number(to)),
  replace: (text, from = "", to = "") => text.replaceAll(from, () => to),
  concat: (text, more = "") => text + more,
  contains: (text, part = "") => text.includes(part),
  startsWith: (text, part = "") => text.startsWith(part),
  endsWith: (text, part = "") => text.endsWith(part),
  indexOf: (text, part = "") => text.indexOf(part),
  split: (text, separator = "") => text.split(separator.replace(/^\\(?=.$)/, "")),
};

const uriProperties: Readonly<Record<string, (url: URL) => unknown>> = {
  host: (url) => url.hostname,
  port: (url) => (url.port === "" ? -1 : Number(url.port)),
  path: (url) => url.pathname,
  scheme: (url) => url.protocol.slice(0, -1),
  protocol: (url) => url.protocol.slice(0, -1),
  query: (url) => url.search.slice(1),
  authority: (url) => url.host,
};

function entityProperty(entity: Entity, property: string, name: string): unknown {
  switch (property) {
    case "id":
    case "displayName":
    case "parent":
    case "children":
      return entity[property];
    case "name":
      return entity.displayName;
    case "application":
      return entity.application;
    case "applicationId":
      return entity.application.id;
    case "members":
      return [...entity.members.values()];
    default:
      throw new NoSuchMember(`entity "${entity.displayName}" has no "${name}"`);
  }
}

function sizeOf(value: unknown): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (isRecord(value)) return Object.keys(value).length;
  throw new NoSuchMember(`${describe(value)} has no size`);
}

/** Text that holds a map or a list is looked into as one. */
function structured(value: unknown): unknown {
  return typeof value === "string" && /^\s*[[{]/.test(value) ? (parseStructuredText(value) ?? value) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
