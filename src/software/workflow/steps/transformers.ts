import { ClockerError } from "../../../model/errors.ts";
import { nearest } from "../../../model/nearest.ts";
import { parseStructuredText } from "../../../model/types/index.ts";
import { shownAs } from "../scope.ts";

type Transformer = (value: unknown, args: readonly string[]) => unknown;

/** A value changed by one of `transform`'s parts: `split ","`. @throws ClockerError `invalid-value` for an unknown one, with the nearest */
export function transformed(value: unknown, step: string, typed: (typeName: string, value: unknown) => unknown): unknown {
  const [name = "", ...args] = [...step.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
  if (name === "type") return typed(args[0] ?? "", value);
  const transformer = Object.hasOwn(transformers, name) ? transformers[name] : undefined;
  if (transformer !== undefined) return transformer(value, args);
  const near = nearest(name, Object.keys(transformers));
  throw new ClockerError("invalid-value", `There is no transformer "${name}"`, { remedy: near === undefined ? `Transformers are ${Object.keys(transformers).join(", ")}` : `Did you mean "${near}"?` });
}

const transformers: Readonly<Record<string, Transformer>> = {
  trim: (value) => (Array.isArray(value) ? value.map((each) => shownAs(each).trim()) : shownAs(value).trim()),
  json: (value, [mode]) => (mode === "string" || mode === "encode" || typeof value !== "string" ? JSON.stringify(value) : parsed(value)),
  yaml: (value) => (typeof value === "string" ? parsed(value.split(/^---.*$/m).at(-1) ?? "") : value),
  first: (value) => listOf(value)[0] ?? null,
  last: (value) => listOf(value).at(-1) ?? null,
  min: (value) => Math.min(...numbersOf(value)),
  max: (value) => Math.max(...numbersOf(value)),
  sum: (value) => numbersOf(value).reduce((sum, each) => sum + each, 0),
  average: (value) => numbersOf(value).reduce((sum, each) => sum + each, 0) / listOf(value).length,
  size: (value) => (typeof value === "string" ? value.length : typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value).length : listOf(value).length),
  slice: (value, [from, to]) => (typeof value === "string" ? value : listOf(value)).slice(Number(from), to === undefined ? undefined : Number(to)),
  split: (value, [separator = " "]) => shownAs(value).split(separator),
  join: (value, [separator = ""]) => listOf(value).map(shownAs).join(separator),
  replace: (value, args) => shownAs(value).replaceAll(args.at(-2) ?? "", () => args.at(-1) ?? ""),
  prepend: (value, [text = ""]) => (Array.isArray(value) ? [text, ...(value as unknown[])] : text + shownAs(value)),
  append: (value, [text = ""]) => (Array.isArray(value) ? [...(value as unknown[]), text] : shownAs(value) + text),
  to_upper_case: (value) => shownAs(value).toUpperCase(),
  to_lower_case: (value) => shownAs(value).toLowerCase(),
  get: (value, [key = ""]) => (Array.isArray(value) ? (value as unknown[]).at(Number(key)) : typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (Reflect.get(value, key) as unknown) : null),
  keys: (value) => Object.keys(Object(value) as object),
  values: (value) => Object.values(Object(value) as Record<string, unknown>),
  reverse: (value) => listOf(value).toReversed(),
  unique: (value) => [...new Set(listOf(value))],
  sort: (value) => listOf(value).toSorted((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : shownAs(a).localeCompare(shownAs(b)))),
};

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new ClockerError("invalid-value", `Cannot transform ${JSON.stringify(value) ?? "nothing"}: expected a list`);
}

function numbersOf(value: unknown): number[] {
  return listOf(value).map(Number);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return parseStructuredText(text) ?? text;
  }
}
