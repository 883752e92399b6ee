import { ClockerError } from "../../model/errors.ts";

/**
 * Reads a step's text by a template of Brooklyn's: `${VAR}` a word, `${VAR...}` words, `"LITERAL"`, `?${VAR} "LITERAL"` whether it is there, `[ ... ]` what may be
 * left out. Words in quotes are one, without the quotes.
 * @throws ClockerError `invalid-blueprint` for a template that is none
 */
export function shorthandTemplate(template: string): (text: string) => Readonly<Record<string, unknown>> | undefined {
  const names: { name: string; isFlag: boolean }[] = [];
  const pattern = new RegExp(`^${patternOf(template, names)}\\s*$`, "s");
  return (text) => {
    const match = pattern.exec(text.trim());
    if (match === null) return undefined;
    const fields: Record<string, unknown> = {};
    for (const [index, { name, isFlag }] of names.entries()) {
      const found = match[index + 1];
      if (found !== undefined) put(fields, name.split("."), isFlag ? true : unquoted(found));
    }
    return fields;
  };
}

const TOKEN = /\s*(?:\?\$\{([\w.-]+)\}\s*"([^"]*)"|\$\{([\w.-]+?)(\.\.\.)?\}|"([^"]*)"|([[\]]))\s*/y;

function patternOf(template: string, names: { name: string; isFlag: boolean }[]): string {
  const token = new RegExp(TOKEN);
  let pattern = "";
  let depth = 0;
  while (token.lastIndex < template.length) {
    const match = token.exec(template);
    if (match === null) throw new ClockerError("invalid-blueprint", `Cannot read the shorthand "${template}"`, { remedy: 'It is made of ${VAR}, ${VAR...}, "LITERAL" and [ ... ]' });
    const [, flag, flagWord = "", name, isMany, literal, bracket] = match;
    if (flag !== undefined) names.push({ name: flag, isFlag: true });
    if (name !== undefined) names.push({ name, isFlag: false });
    if (flag !== undefined) pattern += bounded(`(${escaped(flagWord.trim())})`);
    else if (name !== undefined) pattern += bounded(isMany === undefined ? WORD : "(.+?)");
    else if (literal !== undefined) pattern += bounded(escaped(literal.trim()));
    else pattern += bracket === "[" ? "(?:" : ")?";
    depth += bracket === "[" ? 1 : bracket === "]" ? -1 : 0;
  }
  if (depth === 0) return pattern;
  throw new ClockerError("invalid-blueprint", `Cannot read the shorthand "${template}": its brackets do not match`);
}

const WORD = `("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|\\$\\{[^{}]*\\}|\\S+)`;

/** With blanks, or the beginning or end, around it. */
function bounded(pattern: string): string {
  return `\\s*(?<!\\S)${pattern}(?!\\S)`;
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, "\\$&").replaceAll(/\s+/g, "\\s+");
}

function put(fields: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = "", ...rest] = path;
  if (rest.length === 0) {
    fields[first] = value;
    return;
  }
  const known = fields[first];
  const within = typeof known === "object" && known !== null ? (known as Record<string, unknown>) : {};
  fields[first] = within;
  put(within, rest, value);
}

function unquoted(text: string): string {
  const [, quote, inner = ""] = /^(["'])(.*)\1$/s.exec(text) ?? [];
  return quote === undefined ? text : inner.replaceAll(/\\(.)/gs, "$1");
}
