import { ClockerError } from "../../model/errors.ts";

/** What `${...}` may name: `get(["config", "http.port"])` for `${config['http.port']}`; undefined for what has no value. */
export interface TemplateModel {
  get(path: readonly string[]): Promise<unknown>;
}

/**
 * Fills in a template as FreeMarker, which Brooklyn uses, does: `${name}`, `${entity.id}`, `${config['http.port']}`, a default with
 * `${name!"text"}`, text as it is with `${r"${x}"}`. Beyond text and numbers a value may be a list or a map: `?lines` writes an item, or `key=value`,
 * a line; `?json` writes JSON. Directives such as `<#if>` are refused rather than copied.
 * @param where what the template is, for messages
 * @throws ClockerError `invalid-value` for what has no value and no default, and for what cannot be read
 */
export async function renderTemplate(text: string, model: TemplateModel, where: string): Promise<string> {
  const directive = /<[#@](if|else|elseif|list|assign|include|macro|function|switch|import|ftl|local|global|noparse)\b/.exec(text);
  if (directive !== null) throw invalid(where, `it uses "${directive[0]}>", and only \${...} is understood`);
  let rendered = "";
  for (const part of partsOf(text, where)) {
    if ("text" in part) rendered += part.text;
    else rendered += asText(await evaluate(part.expression, model, where), part.expression, where);
  }
  return rendered;
}

/** The value itself where the whole text is one `${...}`, a list or a map too; undefined when it has none. Else as `renderTemplate`. */
export async function evaluateTemplate(text: string, model: TemplateModel, where: string): Promise<unknown> {
  const parts = partsOf(text, where);
  const [only] = parts;
  if (parts.length !== 1 || only === undefined || "text" in only) return await renderTemplate(text, model, where);
  return await evaluate({ ...only.expression, fallback: only.expression.fallback ?? { value: undefined } }, model, where);
}

interface Expression {
  readonly source: string;
  readonly literal?: string;
  readonly path: readonly string[];
  readonly fallback: { readonly value: string | undefined } | undefined;
  readonly builtIn: string | undefined;
}

type Part = { readonly text: string } | { readonly expression: Expression };

function partsOf(text: string, where: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (let start = text.indexOf("${"); start >= 0; start = text.indexOf("${", from)) {
    const end = endOfExpression(text, start + 2);
    if (end < 0) throw invalid(where, `"${text.slice(start, start + 40)}" does not end with }`);
    if (start > from) parts.push({ text: text.slice(from, start) });
    parts.push({ expression: parseExpression(text.slice(start + 2, end), where) });
    from = end + 1;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** The closing brace, looking past quoted text; -1 when there is none. */
function endOfExpression(text: string, from: number): number {
  let quote = "";
  for (let i = from; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "}") return i;
  }
  return -1;
}

const SEGMENT = /\s*(?:\.?([A-Za-z_$][\w$-]*)|\[\s*(?:"([^"]*)"|'([^']*)'|(\d{1,6}))\s*\])/y;
const REST = /^\s*(?:!\s*(?:"([^"]*)"|'([^']*)'|([\w.-]*)))?\s*(?:\?(\w+))?\s*$/;

function parseExpression(source: string, where: string): Expression {
  const raw = /^\s*r(?:"([^"]*)"|'([^']*)')\s*$/.exec(source);
  if (raw !== null) return { source, literal: raw[1] ?? raw[2] ?? "", path: [], fallback: undefined, builtIn: undefined };
  const path: string[] = [];
  let end = 0;
  for (SEGMENT.lastIndex = 0; ; end = SEGMENT.lastIndex) {
    const match = SEGMENT.exec(source);
    if (match === null) break;
    path.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? "");
  }
  // `name?lines!"x"` and `name!"x"?lines` mean the same here.
  const [, builtInFirst, after] = /^\s*\?(\w+)(.*)$/s.exec(source.slice(end)) ?? [undefined, undefined, source.slice(end)];
  const rest = REST.exec(after ?? "");
  if (path.length === 0 || rest === null) throw invalid(where, `\${${source}} is not understood`);
  const hasFallback = (after ?? "").trim().startsWith("!");
  return { source, path, fallback: hasFallback ? { value: rest[1] ?? rest[2] ?? rest[3] ?? "" } : undefined, builtIn: builtInFirst ?? rest[4] };
}

async function evaluate(expression: Expression, model: TemplateModel, where: string): Promise<unknown> {
  if (expression.literal !== undefined) return expression.literal;
  const found = await model.get(expression.path);
  const isMissing = found === undefined || found === null;
  if (isMissing && expression.fallback === undefined) throw invalid(where, `\${${expression.source}} has no value`, `Give it one, or a default: \${${expression.source.trim()}!"..."}`);
  const value: unknown = isMissing ? expression.fallback?.value : found;
  return expression.builtIn === undefined || value === undefined ? value : builtIn(expression.builtIn, value, expression, where);
}

function builtIn(name: string, value: unknown, expression: Expression, where: string): string {
  switch (name) {
    case "lines":
      return linesOf(value, expression, where);
    case "json":
      return JSON.stringify(value);
    // FreeMarker's ways to say that a value is to be written plainly.
    case "c":
    case "string":
      return asText(value, expression, where);
    default:
      throw invalid(where, `\${${expression.source}} uses "?${name}", and only ?lines, ?json, ?c and ?string are understood`);
  }
}

function linesOf(value: unknown, expression: Expression, where: string): string {
  if (value === "") return "";
  const lines = Array.isArray(value)
    ? value.map((item) => asText(item, expression, where))
    : typeof value === "object" && value !== null
      ? Object.entries(value).map(([key, item]) => `${key}=${asText(item, expression, where)}`)
      : [asText(value, expression, where)];
  if (lines.some((line) => /[\r\n]/.test(line))) throw invalid(where, `\${${expression.source}} has a value with a line break`);
  return lines.map((line) => `${line}\n`).join("");
}

function asText(value: unknown, expression: Pick<Expression, "source">, where: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw invalid(where, `\${${expression.source}} is a list or a map, which cannot be written as text`, "Use ?lines or ?json, or name one of its items");
}

function invalid(where: string, reason: string, remedy?: string): ClockerError {
  return new ClockerError("invalid-value", `Cannot fill in ${where}: ${reason}`, remedy === undefined ? {} : { remedy });
}
