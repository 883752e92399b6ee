import { stringify } from "yaml";
import { Entity } from "../../../model/entity.ts";
import { ClockerError } from "../../../model/errors.ts";
import { nearest } from "../../../model/nearest.ts";
import { globPattern } from "../../../model/predicate/glob.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import { parseStructuredText, types } from "../../../model/types/index.ts";
import { interpolated, interpolatedIfThere } from "../interpolate.ts";
import { storable } from "../run/values.ts";
import { missing, shownAs } from "../scope.ts";
import type { StepCall } from "../step-type.ts";
import { setVariable, typed } from "./assignment.ts";
import { type Word, wordsOf } from "./words.ts";

/** A value changed by one of `transform`'s parts, `split ","`. */
type Transformer = (value: unknown, args: readonly string[], call: StepCall, state: { isDone: boolean; isReturned: boolean }) => unknown;

/** @throws ClockerError `invalid-value` for an unknown one, with the nearest */
export async function transformed(value: unknown, step: string, call: StepCall, state: { isDone: boolean; isReturned: boolean }): Promise<unknown> {
  const [first, ...rest] = wordsOf(step);
  const name = first?.text ?? "";
  const transformer = Object.hasOwn(transformers, name) ? transformers[name] : undefined;
  if (transformer === undefined) throw unknown(name);
  return transformer(value, await argumentsOf(rest, call), call, state);
}

/** `${...}` in arguments is filled in. */
async function argumentsOf(words: readonly Word[], { scope, work }: StepCall): Promise<string[]> {
  const args: string[] = [];
  for (const { text, isQuoted } of words) args.push(isQuoted || !text.includes("${") ? text : shownAs(await interpolated(text, scope, work)));
  return args;
}

function unknown(name: string): ClockerError {
  const near = nearest(name, Object.keys(transformers));
  return new ClockerError("invalid-value", `There is no transformer "${name}"`, { remedy: near === undefined ? `Transformers are ${Object.keys(transformers).join(", ")}` : `Did you mean "${near}"?` });
}

const transformers: Readonly<Record<string, Transformer>> = {
  trim,
  merge,
  prepend: (value, [text = ""]) => (Array.isArray(value) ? [text, ...(value as unknown[])] : text + shownAs(value)),
  append: (value, [text = ""]) => (Array.isArray(value) ? [...(value as unknown[]), text] : shownAs(value) + text),
  join: (value, [separator = ""]) => listOf(value).map(shownAs).join(separator),
  split,
  slice: (value, [from = "0", to]) => {
    // By characters as people see them, as Java's code points.
    const items = typeof value === "string" ? Array.from(value) : listOf(value);
    const part = items.slice(Number(from), to === undefined ? undefined : Number(to));
    return typeof value === "string" ? part.join("") : part;
  },
  remove: (value, [what = ""]) => {
    if (isRecord(value)) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== what));
    const items = listOf(value);
    const index = Number(what) < 0 ? items.length + Number(what) : Number(what);
    if (!Number.isInteger(index) || index < 0 || index >= items.length) throw new ClockerError("invalid-value", `Cannot remove "${what}" of a list of ${items.length}`);
    return items.filter((_, at) => at !== index);
  },
  json: (value, [mode]) => structured(value, mode, "json"),
  yaml: (value, [mode]) => structured(value, mode, "yaml"),
  bash: (value, args) => bash(structured(value, args.includes("encode") ? "encode" : "string", args.includes("yaml") ? "yaml" : "json")),
  replace,
  wait: async (value, _args, call) => waited(value, call),
  type: (value, [name = ""], call) => typed(call, name, value),
  first: (value) => listOf(value)[0] ?? null,
  last: (value) => listOf(value).at(-1) ?? null,
  min: (value) => least(value, -1),
  max: (value) => least(value, 1),
  sum: (value) => numbersOf(value).reduce((sum, each) => sum + each, 0),
  average: (value) => {
    const numbers = numbersOf(value);
    if (numbers.length === 0) throw new ClockerError("invalid-value", "Cannot take the average of nothing");
    return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  },
  size: (value) => (typeof value === "string" ? value.length : isRecord(value) ? Object.keys(value).length : listOf(value).length),
  to_string: (value) => (typeof value === "string" ? value : shownAs(value)),
  to_upper_case: (value) => shownAs(value).toUpperCase(),
  to_lower_case: (value) => shownAs(value).toLowerCase(),
  get: (value, [path = ""]) => at(value, path),
  return: (value, _args, _call, state) => {
    state.isReturned = true;
    return value;
  },
  set: (value, [name = ""], call, state) => {
    if (name === "") throw new ClockerError("invalid-value", '"set" needs the name of a variable');
    setVariable(call, name, value);
    state.isDone = true;
    return value;
  },
  resolve_expression: async (value, _args, { scope, work }) => interpolated(value, scope, work),
  keys: (value) => Object.keys(Object(value) as object),
  values: (value) => Object.values(Object(value) as Record<string, unknown>),
  reverse: (value) => listOf(value).toReversed(),
  unique: (value) => [...new Set(listOf(value))],
  sort: (value) => listOf(value).toSorted((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : shownAs(a).localeCompare(shownAs(b)))),
};

export const transformerNames: readonly string[] = Object.keys(transformers);

/** Blanks around text; what is null of a list or a map. */
function trim(value: unknown): unknown {
  if (typeof value === "string") return value.trim();
  if (Array.isArray(value)) return (value as unknown[]).filter((each) => each !== null && each !== undefined).map((each) => (typeof each === "string" ? each.trim() : each));
  if (isRecord(value) && !(value instanceof Entity)) return Object.fromEntries(Object.entries(value).filter(([key, each]) => key !== "null" && each !== null && each !== undefined));
  return value;
}

/** `split [limit N] [keep_delimiters] [literal|regex] DELIMITER`. */
function split(value: unknown, args: readonly string[]): unknown {
  const rest = [...args];
  const limit = rest[0] === "limit" ? Number(rest.splice(0, 2)[1]) : Infinity;
  const take = (word: string): boolean => rest[0] === word && rest.length > 1 && rest.shift() !== undefined;
  const keeps = take("keep_delimiters");
  const isRegex = !take("literal") && take("regex");
  const delimiter = rest[0] ?? " ";
  const pattern = boundedPattern(isRegex ? delimiter : delimiter.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, "\\$&"));
  const text = shownAs(value);
  const items: string[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (items.length + 1 >= limit) break;
    items.push(text.slice(end, match.index));
    if (keeps) items.push(match[0]);
    end = match.index + match[0].length;
  }
  return [...items, text.slice(end)];
}

/** `replace [all] [literal|regex|glob] PATTERN REPLACEMENT`; Clocker's own short form without a mode replaces all. */
function replace(value: unknown, args: readonly string[]): string {
  const replacement = args.at(-1) ?? "";
  const pattern = args.at(-2) ?? "";
  const words = args.slice(0, -2);
  const text = shownAs(value);
  const isAll = words.includes("all") || words.length === 0;
  if (!words.includes("regex") && !words.includes("glob")) return isAll ? text.replaceAll(pattern, () => replacement) : text.replace(pattern, () => replacement);
  const source = boundedPattern(words.includes("glob") ? globPattern(pattern) : pattern).source;
  return text.replace(new RegExp(source, isAll ? "gs" : "s"), replacement);
}

/** Patterns are of whoever writes the workflow: long texts and patterns are refused. */
function boundedPattern(source: string): RegExp {
  if (source.length > 1_000) throw new ClockerError("invalid-value", "Cannot use a pattern of more than 1000 characters");
  try {
    return new RegExp(source, "gs");
  } catch (cause) {
    throw new ClockerError("invalid-value", `Cannot use "${source}" as a pattern`, { cause });
  }
}

/**
 * `json` and `yaml` of Brooklyn: `string` is the text of what is no text, `parse` reads text, `encode` writes anything, text in quotes; without a mode text is read
 * and all else left.
 */
function structured(value: unknown, mode: string | undefined, format: "json" | "yaml"): unknown {
  const written = (): string => (format === "json" ? JSON.stringify(storable(value)) : stringify(storable(value)).trimEnd());
  switch (mode) {
    case "string":
      return typeof value === "string" ? (format === "yaml" ? afterSeparator(value) : value) : written();
    case "encode":
      return written();
    case undefined:
      return typeof value === "string" ? parsed(value, format) : value;
    case "parse":
      return parsed(typeof value === "string" ? value : written(), format);
    default:
      throw new ClockerError("invalid-value", `"${format}" has no mode "${mode}"`, { remedy: "It is string, parse or encode" });
  }
}

function parsed(text: string, format: "json" | "yaml"): unknown {
  try {
    return JSON.parse(format === "yaml" ? afterSeparator(text) : text) as unknown;
  } catch {
    const read = parseStructuredText(afterSeparator(text));
    return read ?? text;
  }
}

function afterSeparator(text: string): string {
  return text.split(/^---[ \t]*\n?/m).at(-1) ?? "";
}

/** As one word of a shell. */
function bash(value: unknown): string {
  return `"${String(value).replaceAll(/[\\"$`!]/g, (character) => (character === "!" ? '"\'!\'"' : `\\${character}`))}"`;
}

async function waited(value: unknown, { scope, work, entity }: StepCall): Promise<unknown> {
  for (;;) {
    const found = await interpolatedIfThere(value, scope, work);
    if (found !== missing && found !== null && found !== undefined) return found;
    work.waitFor(`${shownAs(value)} to be there`);
    await entity.management.clock.sleep(500, work.signal);
  }
}

/** `merge [list|set|map] [deep] [wait] [lax]` of the words of the value. */
async function merge(value: unknown, args: readonly string[], call: StepCall): Promise<unknown> {
  const values: unknown[] = [];
  for (const raw of typeof value === "string" ? wordsOf(value) : []) {
    const each = raw.isQuoted ? raw.text : args.includes("wait") ? await waited(raw.text, call) : await interpolatedIfThere(raw.text, call.scope, call.work);
    if (each === missing || each === null) {
      if (args.includes("lax")) continue;
      throw new ClockerError("invalid-value", `Cannot merge "${raw.text}": it has no value`, { remedy: "Add lax to leave it out" });
    }
    values.push(typeof each === "string" ? (parseStructuredText(each) ?? each) : each);
  }
  if (Array.isArray(value)) values.push(...(value as unknown[]));
  const wantsMap = args.includes("map") || (!args.includes("list") && !args.includes("set") && values.length > 0 && values.every((each) => isRecord(each) && !(each instanceof Entity)));
  if (wantsMap) return values.reduce<Record<string, unknown>>((merged, each) => mergedMaps(merged, each, args.includes("deep")), {});
  const items = values.flatMap((each) => (Array.isArray(each) ? (each as unknown[]) : [each]));
  const kept = args.includes("lax") ? items.filter((each) => each !== null && each !== undefined) : items;
  return args.includes("set") ? [...new Map(kept.map((each) => [JSON.stringify(storable(each)), each])).values()] : kept;
}

function mergedMaps(a: Readonly<Record<string, unknown>>, b: unknown, deep: boolean): Record<string, unknown> {
  if (!isRecord(b)) throw new ClockerError("invalid-value", `Cannot merge ${JSON.stringify(storable(b))} into a map: it is none`);
  const merged: Record<string, unknown> = { ...a };
  for (const [key, each] of Object.entries(b)) {
    const known = merged[key];
    if (deep && isRecord(known) && isRecord(each)) merged[key] = mergedMaps(known, each, true);
    else if (deep && Array.isArray(known) && Array.isArray(each)) merged[key] = [...(known as unknown[]), ...(each as unknown[])];
    else merged[key] = each;
  }
  return merged;
}

function at(value: unknown, path: string): unknown {
  let current = value;
  for (const name of path.replaceAll(/\[\s*["']?([^\]"']*)["']?\s*\]/g, ".$1").split(".").filter((each) => each !== "")) {
    if (Array.isArray(current)) current = (current as unknown[]).at(Number(name));
    else current = isRecord(current) && Object.hasOwn(current, name) ? current[name] : undefined;
  }
  return current ?? null;
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new ClockerError("invalid-value", `Cannot transform ${JSON.stringify(storable(value))}: expected a list`);
}

/** Numbers; durations in milliseconds. */
function numbersOf(value: unknown): number[] {
  return listOf(value).map((each) => {
    const number = typeof each === "string" && /[a-z]/i.test(each) ? types.duration.coerce(each) : Number(each);
    if (Number.isFinite(number)) return number;
    throw new ClockerError("invalid-value", `Cannot reckon with ${JSON.stringify(storable(each))}: expected a number`);
  });
}

/** The smallest, or with 1 the largest: numbers by value, else as text. */
function least(value: unknown, sign: 1 | -1): unknown {
  const items = listOf(value);
  if (items.every((each) => Number.isFinite(Number(each)))) return items.length === 0 ? null : Math[sign === 1 ? "max" : "min"](...items.map(Number));
  return items.toSorted((a, b) => -sign * shownAs(a).localeCompare(shownAs(b)))[0] ?? null;
}

