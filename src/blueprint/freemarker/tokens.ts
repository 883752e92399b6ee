export interface Token {
  readonly kind: "name" | "number" | "text" | "raw" | "sign" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SKIP = /(?:\s|<#--[\s\S]*?-->)*/y;
const NAME = /(?:[\p{L}_$@]|\\[-.:#])(?:[\p{L}\p{N}_$@]|\\[-.:#])*/uy;
const NUMBER = /\d+(?:\.\d+)?/y;
/** The longest first. */
const SIGNS = ["...", "..<", "..!", "..*", "..", "??", "&&", "&amp;&amp;", "||", "==", "!=", "<=", ">=", "&lt;=", "&gt;=", "&lt;", "&gt;", "->"].concat(Array.from(".,:;()[]{}!?=<>+-*/%"));

/** Words that are operators. */
const words: Readonly<Record<string, string>> = { and: "&&", or: "||", gt: ">", gte: ">=", lt: "<", lte: "<=" };
const plainer: Readonly<Record<string, string>> = { "&amp;&amp;": "&&", "&lt;": "<", "&gt;": ">", "&lt;=": "<=", "&gt;=": ">=" };

/** The next token of an expression that begins at or after an offset; undefined for what is none. */
export function nextToken(text: string, from: number, end: number): Token | undefined {
  SKIP.lastIndex = from;
  SKIP.exec(text);
  const start = Math.min(SKIP.lastIndex, end);
  if (start >= end) return { kind: "end", text: "", start: end, end };
  const char = text.charAt(start);
  if (char === '"' || char === "'") return quoted(text, start, start, "text", end);
  if (char === "r" && /["']/.test(text.charAt(start + 1))) return quoted(text, start, start + 1, "raw", end);
  const number = match(NUMBER, text, start);
  if (number !== undefined) return { kind: "number", text: number, start, end: start + number.length };
  const name = match(NAME, text, start);
  if (name !== undefined) {
    const operator = Object.hasOwn(words, name) ? words[name] : undefined;
    return { kind: operator === undefined ? "name" : "sign", text: operator ?? name.replaceAll("\\", ""), start, end: start + name.length };
  }
  const sign = SIGNS.find((each) => text.startsWith(each, start));
  return sign === undefined ? undefined : { kind: "sign", text: plainer[sign] ?? sign, start, end: start + sign.length };
}

function match(pattern: RegExp, text: string, from: number): string | undefined {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0];
}

/** The token's text has no quotes, and its escapes as they are written. */
function quoted(text: string, start: number, quoteAt: number, kind: "text" | "raw", end: number): Token | undefined {
  const quote = text.charAt(quoteAt);
  for (let i = quoteAt + 1; i < end; i++) {
    const char = text.charAt(i);
    if (char === "\\" && kind === "text") i++;
    else if (char === quote) return { kind, text: text.slice(quoteAt + 1, i), start, end: i + 1 };
  }
  return undefined;
}
