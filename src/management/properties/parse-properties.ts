import { ClockerError } from "../../model/errors.ts";

export interface PropertyLine {
  readonly key: string;
  /** As written: spaces at its end are kept. */
  readonly value: string;
  /** Counted from 1: where the key begins. */
  readonly line: number;
}

/**
 * Reads Java's properties format (`java.util.Properties.load`): `#` and `!` comments; `=`, `:` or blanks between key and value;
 * lines continued by a backslash at their end; `\t \n \r \f \uXXXX`, and a backslash before any other character taking it as it is.
 * Gives every line in order: the last one of a key counts.
 * @throws ClockerError `invalid-value` with `details.file` and `details.line` for a `\u` without four hexadecimal digits
 */
export function parseProperties(text: string, file: string): PropertyLine[] {
  return logicalLines(text).map(({ content, line }) => {
    const { key, value } = splitLine(content);
    const unescaped = (part: string): string => unescape(part, () => malformed(file, line));
    return { key: unescaped(key), value: unescaped(value), line };
  });
}

/**
 * The text of a properties file. The format is ISO 8859-1 by Java's definition; editors write UTF-8, so what is valid
 * UTF-8 is read as such.
 */
export function decodeProperties(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return new TextDecoder("latin1").decode(bytes);
  }
}

interface LogicalLine {
  readonly content: string;
  readonly line: number;
}

/** Lines with their continuations joined; blank lines and comments left out. */
function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let open: LogicalLine | undefined;
  for (const [index, natural] of text.split(/\r\n|\n|\r/).entries()) {
    const trimmed = natural.replace(/^[ \t\f]+/, "");
    if (open === undefined && (trimmed === "" || /^[#!]/.test(trimmed))) continue;
    const continued = endsInBackslash(trimmed);
    const content: string = (open?.content ?? "") + (continued ? trimmed.slice(0, -1) : trimmed);
    const joined: LogicalLine = { content, line: open?.line ?? index + 1 };
    if (continued) {
      open = joined;
    } else {
      lines.push(joined);
      open = undefined;
    }
  }
  if (open !== undefined) lines.push(open);
  return lines.filter((line) => line.content !== "");
}

/** An even number of backslashes are escaped backslashes. */
function endsInBackslash(line: string): boolean {
  return (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
}

/** The key ends at the first blank, `=` or `:` that is not escaped; one `=` or `:` among blanks stands between it and the value. */
function splitLine(content: string): { key: string; value: string } {
  const key = /^(?:\\[\s\S]|[^\\=: \t\f])*/.exec(content)?.[0] ?? "";
  const value = content.slice(key.length).replace(/^[ \t\f]*(?:[=:][ \t\f]*)?/, "");
  return { key, value };
}

const escapes: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" };

function unescape(text: string, fail: () => never): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]|$))/g, (_, hex: string | undefined, character: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (character === "u") return fail();
    return escapes[character ?? ""] ?? character ?? "";
  });
}

function malformed(file: string, line: number): never {
  throw new ClockerError("invalid-value", `Cannot read "${file}", line ${line}: "\\u" needs four hexadecimal digits after it`, {
    remedy: 'Write "\\\\u" where a backslash and a "u" are meant',
    details: { file, line },
  });
}
