import colors from "picocolors";
import type { Io, Output } from "../io.ts";

type Paint = (text: string) => string;

/** Colours for one output: none where it is no terminal, or the user wants none. */
export interface Style {
  readonly isLive: boolean;
  readonly isColourful: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
  readonly magenta: Paint;
  readonly blue: Paint;
}

/** `NO_COLOR`, `CI`, `TERM=dumb` and outputs that are no terminal get plain text; `FORCE_COLOR` gets colours. */
export function styleOf(io: Io, output: Output = io.stderr): Style {
  const { env } = io;
  const isTerminal = output.isTTY === true && env["TERM"] !== "dumb";
  const isColourful = env["NO_COLOR"] ? false : env["FORCE_COLOR"] ? true : isTerminal && !env["CI"];
  const { bold, dim, red, green, yellow, cyan, magenta, blue } = colors.createColors(isColourful);
  return { isLive: isTerminal && !env["CI"], isColourful, bold, dim, red, green, yellow, cyan, magenta, blue };
}

const CONTROL = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu;

/** Text from elsewhere without what would move a terminal's cursor or turn its text around. */
export function safe(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll(CONTROL, "");
}

/** One line of it. */
export function oneLine(text: string): string {
  return safe(text).replaceAll(/\s*\n\s*/g, " ").trim();
}

export function widthOf(output: Output): number | undefined {
  return output.isTTY === true ? (output.columns ?? 80) : undefined;
}

/** Cut to a width, with an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
