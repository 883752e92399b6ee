import { matchesWhole, PatternError, replaceAll } from "../bounded-regex.ts";
import { asList, asNumber, asText, isMap, type Values } from "./values.ts";

/** What a built-in gets. @throws Error whose message says, as a clause, why it cannot be had */
export interface BuiltInCall {
  readonly value: unknown;
  readonly args: readonly unknown[];
  /** Calls an argument that is a function. */
  readonly apply: (argument: unknown, item: unknown) => Promise<unknown>;
}

type BuiltIn = (call: BuiltInCall) => unknown;

const ofText = (compute: (text: string, args: readonly string[]) => unknown): BuiltIn => ({ value, args }) => compute(asText(value), args.map((arg) => asText(arg)));
const ofNumber = (compute: (value: number) => unknown): BuiltIn => ({ value }) => compute(asNumber(value));
const ofList = (compute: (items: readonly unknown[], args: readonly unknown[]) => unknown): BuiltIn => ({ value, args }) => compute(asList(value), args);

/** Built-ins by name: those of FreeMarker that templates of machines use, and Clocker's `?lines` and `?json`. */
export const builtIns: Readonly<Record<string, BuiltIn>> = {
  // Clocker's own.
  lines: ({ value }) => linesOf(value),
  json: ({ value }) => JSON.stringify(value),

  c: ({ value }) => asText(value),
  cn: ({ value }) => asText(value),
  string: ({ value, args: [yes, no] }) => (typeof value === "boolean" && yes !== undefined ? asText(value ? yes : no) : asText(value)),
  boolean: ofText((text) => {
    if (text !== "true" && text !== "false") throw new Error(`"${text}" is neither true nor false`);
    return text === "true";
  }),
  number: ({ value }) => asNumber(value),

  upper_case: ofText((text) => text.toUpperCase()),
  lower_case: ofText((text) => text.toLowerCase()),
  cap_first: ofText((text) => text.replace(/^\s*\S/, (start) => start.toUpperCase())),
  uncap_first: ofText((text) => text.replace(/^\s*\S/, (start) => start.toLowerCase())),
  capitalize: ofText((text) => text.replaceAll(/\S+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())),
  trim: ofText((text) => text.trim()),
  chop_linebreak: ofText((text) => text.replace(/\r?\n$/, "")),
  html: ofText((text) => escaped(text)),
  xml: ofText((text) => escaped(text).replaceAll("'", "&apos;")),
  xhtml: ofText((text) => escaped(text).replaceAll("'", "&#39;")),
  url: ofText((text) => encodeURIComponent(text)),
  url_path: ofText((text) => encodeURI(text).replaceAll(/[?#]/g, encodeURIComponent)),
  js_string: ofText((text) => JSON.stringify(text).slice(1, -1).replaceAll("'", String.raw`\'`)),
  json_string: ofText((text) => JSON.stringify(text).slice(1, -1)),
  j_string: ofText((text) => JSON.stringify(text).slice(1, -1)),
  length: ({ value }) => asText(value).length,
  contains: ofText((text, [part = ""]) => text.includes(part)),
  starts_with: ofText((text, [part = ""]) => text.startsWith(part)),
  ends_with: ofText((text, [part = ""]) => text.endsWith(part)),
  index_of: ofText((text, [part = "", from]) => text.indexOf(part, from === undefined ? 0 : asNumber(from))),
  last_index_of: ofText((text, [part = ""]) => text.lastIndexOf(part)),
  replace: ofText((text, [from = "", to = "", flags = ""]) => replaced(text, from, to, flags)),
  split: ofText((text, [separator = ""]) => text.split(separator)),
  substring: ofText((text, [from = "0", to]) => text.slice(asNumber(from), to === undefined ? undefined : asNumber(to))),
  left_pad: ofText((text, [length = "0", fill = " "]) => text.padStart(bounded(asNumber(length)), fill)),
  right_pad: ofText((text, [length = "0", fill = " "]) => text.padEnd(bounded(asNumber(length)), fill)),
  ensure_starts_with: ofText((text, [start = ""]) => (text.startsWith(start) ? text : start + text)),
  ensure_ends_with: ofText((text, [end = ""]) => (text.endsWith(end) ? text : text + end)),
  remove_beginning: ofText((text, [start = ""]) => (start !== "" && text.startsWith(start) ? text.slice(start.length) : text)),
  remove_ending: ofText((text, [end = ""]) => (end !== "" && text.endsWith(end) ? text.slice(0, -end.length) : text)),
  keep_before: ofText((text, [part = ""]) => (text.includes(part) ? text.slice(0, text.indexOf(part)) : text)),
  keep_after: ofText((text, [part = ""]) => (text.includes(part) ? text.slice(text.indexOf(part) + part.length) : "")),
  keep_before_last: ofText((text, [part = ""]) => (text.includes(part) ? text.slice(0, text.lastIndexOf(part)) : text)),
  keep_after_last: ofText((text, [part = ""]) => (text.includes(part) ? text.slice(text.lastIndexOf(part) + part.length) : "")),
  matches: ofText((text, [pattern = ""]) => explained(() => matchesWhole(text, pattern))),

  abs: ofNumber(Math.abs),
  round: ofNumber(Math.round),
  floor: ofNumber(Math.floor),
  ceiling: ofNumber(Math.ceil),
  int: ofNumber(Math.trunc),
  long: ofNumber(Math.trunc),
  double: ofNumber((value) => value),

  size: ({ value }) => (isMap(value) ? Object.keys(value).length : asList(value).length),
  first: ofList((items) => items[0]),
  last: ofList((items) => items.at(-1)),
  reverse: ofList((items) => items.toReversed()),
  join: ofList((items, [separator = "", empty = "", end = ""]) => (items.length === 0 ? asText(empty) : items.filter((item) => item !== undefined && item !== null).map((item) => asText(item)).join(asText(separator)) + asText(end))),
  sort: ofList((items) => items.toSorted(byOrder)),
  sort_by: ofList((items, [key]) => items.toSorted((a, b) => byOrder(at(a, key), at(b, key)))),
  seq_contains: ofList((items, [wanted]) => items.includes(wanted)),
  seq_index_of: ofList((items, [wanted]) => items.indexOf(wanted)),
  seq_last_index_of: ofList((items, [wanted]) => items.lastIndexOf(wanted)),
  min: ofList((items) => items.toSorted(byOrder)[0]),
  max: ofList((items) => items.toSorted(byOrder).at(-1)),
  chunk: ofList((items, [size = 1]) => Array.from({ length: Math.ceil(items.length / Math.max(1, asNumber(size))) }, (_, index) => items.slice(index * Math.max(1, asNumber(size)), (index + 1) * Math.max(1, asNumber(size))))),
  filter: ({ value, args: [keeps], apply }) => filtered(asList(value), keeps, apply),
  map: async ({ value, args: [change], apply }) => inOrder(asList(value), (item) => apply(change, item)),
  keys: ({ value }) => Object.keys(asMap(value)),
  values: ({ value }) => Object.values(asMap(value)),

  is_string: ({ value }) => typeof value === "string",
  is_number: ({ value }) => typeof value === "number",
  is_boolean: ({ value }) => typeof value === "boolean",
  is_hash: ({ value }) => isMap(value),
  is_sequence: ({ value }) => Array.isArray(value),
  is_enumerable: ({ value }) => Array.isArray(value),
};

function replaced(text: string, from: string, to: string, flags: string): string {
  if (!flags.includes("r")) {
    if (flags.includes("f")) return text.replace(from, () => to);
    return text.replaceAll(from, () => to);
  }
  return explained(() => replaceAll(text, flags.includes("i") ? `(?i)${from}` : from, to));
}

function explained<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new Error(error.message, { cause: error });
  }
}

async function filtered(items: readonly unknown[], keeps: unknown, apply: BuiltInCall["apply"]): Promise<unknown[]> {
  const kept: unknown[] = [];
  for (const item of items) if ((await apply(keeps, item)) === true) kept.push(item);
  return kept;
}

async function inOrder(items: readonly unknown[], body: (item: unknown) => Promise<unknown>): Promise<unknown[]> {
  const made: unknown[] = [];
  for (const item of items) made.push(await body(item));
  return made;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function bounded(length: number): number {
  return Math.min(Math.max(0, length), 10_000);
}

function byOrder(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return asText(a ?? "").localeCompare(asText(b ?? ""));
}

function at(value: unknown, key: unknown): unknown {
  let current = value;
  for (const name of Array.isArray(key) ? (key as unknown[]) : [key]) current = isMap(current) ? current[asText(name)] : undefined;
  return current;
}

function asMap(value: unknown): Values {
  if (!isMap(value)) throw new Error("it is not a map");
  return value;
}

function linesOf(value: unknown): string {
  if (value === "") return "";
  const lines = Array.isArray(value) ? value.map((item: unknown) => asText(item)) : isMap(value) ? Object.entries(value).map(([key, item]) => `${key}=${asText(item)}`) : [asText(value)];
  if (lines.some((line) => /[\r\n]/.test(line))) throw new Error("it has a value with a line break");
  return lines.map((line) => `${line}\n`).join("");
}
