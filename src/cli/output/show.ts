import { InvalidArgumentError } from "commander";
import { stringify } from "yaml";
import { type Io, print } from "../io.ts";
import { select } from "./json-path.ts";
import { widthOf } from "./style.ts";

/** `json=PATH` prints a part as JSON, `jsonpath=PATH` prints its text as it is. */
export type Format = "table" | "json" | "yaml" | "name" | `json=${string}` | `jsonpath=${string}`;
export const formats = ["table", "json", "yaml", "name"] as const;
export const formatHelp = "table, json, yaml, name (ids only), json=PATH or jsonpath=PATH (a part, such as $.spec.name)";

/** The value of `-o`. */
export function formatOf(text: string): Format {
  const found = formats.find((format) => format === text);
  if (found !== undefined) return found;
  if (isPart(text)) return text;
  throw new InvalidArgumentError(`Expected one of ${formatHelp}.`);
}

export interface Shown {
  /** What `-o json` and `-o yaml` print: what the API answered. */
  readonly data: unknown;
  /** For people. @param width of the terminal, undefined where nothing may be cut */
  readonly text: (width: number | undefined) => string;
  /** What `-o name` prints, one a line. */
  readonly names: readonly string[];
}

/** Prints data in the format asked for. */
export function show(io: Io, format: Format, { data, text, names }: Shown): void {
  if (isPart(format)) return showPart(io, format, data);
  switch (format) {
    case "json":
      return print(io, JSON.stringify(data, undefined, 2));
    case "yaml":
      return print(io, stringify(data).trimEnd());
    case "name":
      return names.forEach((name) => print(io, name));
    case "table":
      return print(io, text(widthOf(io.stdout)));
  }
}

function isPart(text: string): text is `json=${string}` | `jsonpath=${string}` {
  return text.startsWith("json=") || text.startsWith("jsonpath=");
}

/** Nothing is printed where the data has no such part. */
function showPart(io: Io, format: string, data: unknown): void {
  const at = format.indexOf("=");
  const part = select(data, format.slice(at + 1));
  if (part === undefined) return;
  const isRaw = format.startsWith("jsonpath=");
  const lines: unknown[] = isRaw && Array.isArray(part) ? part : [part];
  for (const line of lines) print(io, isRaw && typeof line === "string" ? line : JSON.stringify(line, undefined, 2));
}
