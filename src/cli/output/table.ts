import { cut, oneLine } from "./style.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | boolean | undefined;
}

const GAP = "  ";
/** Narrower than this a column tells nothing. */
const NARROWEST = 8;

/**
 * Rows under titles, in columns as wide as they need; where a width is given the widest columns give way until the table fits.
 * @param width characters of the terminal; undefined where nothing may be cut
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number | undefined): string {
  const cells = rows.map((row) => columns.map(({ value }) => oneLine(String(value(row) ?? ""))));
  const titles = columns.map(({ title }) => title);
  const widths = fit(columns.map((_column, index) => Math.max(...[titles, ...cells].map((line) => (line[index] ?? "").length))), width);
  const line = (values: readonly string[]) => values.map((value, index) => cut(value, widths[index] ?? 0).padEnd(widths[index] ?? 0)).join(GAP).trimEnd();
  return [titles, ...cells].map((values) => line(values)).join("\n");
}

function fit(widths: readonly number[], width: number | undefined): number[] {
  const fitted = [...widths];
  if (width === undefined) return fitted;
  const room = width - GAP.length * (widths.length - 1);
  for (let total = sum(fitted); total > room; total = sum(fitted)) {
    const widest = Math.max(...fitted);
    const next = Math.max(NARROWEST, ...fitted.filter((each) => each < widest));
    if (widest <= NARROWEST) break;
    const many = fitted.filter((each) => each === widest).length;
    // Down to the next widest, or as far as needed.
    const target = Math.max(next < widest ? next : NARROWEST, widest - Math.ceil((total - room) / many));
    fitted.forEach((each, index) => {
      if (each === widest) fitted[index] = target;
    });
  }
  return fitted;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Names and values under each other. */
export function facts(entries: readonly (readonly [string, unknown])[]): string {
  const shown = entries.filter(([, value]) => value !== undefined && value !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 2;
  return shown.map(([name, value]) => `${name.padEnd(width)}${textOf(value)}`).join("\n");
}

/** A value for people: text as it is, anything else as JSON, on one line. */
export function textOf(value: unknown): string {
  return oneLine(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}
