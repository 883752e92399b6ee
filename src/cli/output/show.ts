import { stringify } from "yaml";
import { type Io, print } from "../io.ts";
import { widthOf } from "./style.ts";

export const formats = ["table", "json", "yaml", "name"] as const;
export type Format = (typeof formats)[number];

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
