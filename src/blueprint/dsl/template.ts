import { ClockerError } from "../../model/errors.ts";
import { textOf } from "./format-string.ts";

const PLACE = /\$\{([^{}]*)\}/g;
const STEP = /\s*(?:\.?([\p{L}_][\p{L}\p{N}_-]*)|\[\s*(?:'([^']*)'|"([^"]*)"|(\d+))\s*\])\s*/uy;
const BUILTINS: Readonly<Record<string, (text: string) => string>> = {
  upper_case: (text) => text.toUpperCase(),
  lower_case: (text) => text.toLowerCase(),
  trim: (text) => text.trim(),
  cap_first: (text) => text.charAt(0).toUpperCase() + text.slice(1),
  c: (text) => text,
  string: (text) => text,
  html: (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
};

/**
 * Fills the `${...}` of a text, a part of FreeMarker: `${config['key']}`, `${entity.id}`, `${name!"default"}`, `${x?upper_case}`.
 * Shell's `$x` and `$(...)` stay; directives (`<#if ...>`) are refused, for they would silently stay in the result.
 * @param lookup the value of a path such as `["config", "key"]`; undefined when there is none
 * @throws ClockerError `invalid-value` with line and column for a place that cannot be filled
 */
export async function renderTemplate(text: string, lookup: (path: readonly string[]) => Promise<unknown>): Promise<string> {
  const directive = /<[#@][a-z]/i.exec(text);
  if (directive !== null) throw templateError(text, directive.index, `directives such as "${directive[0]}" are not known`);
  let rendered = "";
  let end = 0;
  for (const place of text.matchAll(PLACE)) {
    rendered += text.slice(end, place.index);
    rendered += await valueOf(place[1] ?? "", text, place.index, lookup);
    end = place.index + place[0].length;
  }
  return rendered + text.slice(end);
}

async function valueOf(expression: string, text: string, offset: number, lookup: (path: readonly string[]) => Promise<unknown>): Promise<string> {
  const { path, rest } = readPath(expression);
  if (path.length === 0) throw templateError(text, offset, `"\${${expression}}" is not understood`);
  const { fallback, builtins } = readSuffix(rest) ?? refuse(expression, text, offset);
  const found = (await lookup(path)) ?? fallback;
  if (found === undefined) throw templateError(text, offset, `"\${${expression}}" has no value`);
  return builtins.reduce((value, name) => (BUILTINS[name] ?? refuse(expression, text, offset))(value), textOf(found));
}

function refuse(expression: string, text: string, offset: number): never {
  throw templateError(text, offset, `"\${${expression}}" is not understood`);
}

function readPath(expression: string): { path: string[]; rest: string } {
  const path: string[] = [];
  STEP.lastIndex = 0;
  let end = 0;
  for (let step = STEP.exec(expression); step !== null; step = STEP.exec(expression)) {
    path.push(step[1] ?? step[2] ?? step[3] ?? step[4] ?? "");
    end = STEP.lastIndex;
  }
  return { path, rest: expression.slice(end) };
}

/** `!"default"` and `?builtin`, in any order. */
function readSuffix(rest: string): { fallback: string | undefined; builtins: string[] } | undefined {
  let fallback: string | undefined;
  const builtins: string[] = [];
  let left = rest.trim();
  while (left !== "") {
    const match = /^(?:!\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))?|\?(\w+))\s*/.exec(left);
    if (match === null) return undefined;
    if (match[4] === undefined) fallback = match[1] ?? match[2] ?? match[3] ?? "";
    else if (Object.hasOwn(BUILTINS, match[4])) builtins.push(match[4]);
    else return undefined;
    left = left.slice(match[0].length);
  }
  return { fallback, builtins };
}

function templateError(text: string, offset: number, reason: string): ClockerError {
  const before = text.slice(0, offset).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  return new ClockerError("invalid-value", `Cannot fill the template: ${reason} at line ${line}, column ${column}`, { details: { line, column } });
}
