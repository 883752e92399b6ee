import type { Work } from "../../../model/work.ts";
import { interpolated, interpolatedIfThere } from "../interpolate.ts";
import { missing, type Scope, shownAs } from "../scope.ts";
import { type Word, wordsOf } from "./words.ts";

const OPERATORS: readonly (readonly string[])[] = [["+", "-"], ["*", "/", "%"]];

/**
 * The value of `let x = ...`: `a ?? b` is the first that there is, numbers are reckoned with `+ - * / %` between blanks, and what stands in quotes is text as it
 * is, `${...}` too. Other values are as they are, with their `${...}` filled in.
 */
export async function letValue(raw: unknown, scope: Scope, work: Work): Promise<unknown> {
  if (typeof raw !== "string" || scope.entity.management.isDeferred(raw)) return interpolated(raw, scope, work);
  return firstThere(wordsOf(raw.trim()), scope, work);
}

async function firstThere(words: readonly Word[], scope: Scope, work: Work): Promise<unknown> {
  const at = words.findIndex(({ text, isQuoted }) => !isQuoted && text === "??");
  if (at < 0) return reckoned(words, scope, work);
  const value = await reckoned(words.slice(0, at), scope, work, { isOptional: true });
  return value === missing || value === null || value === undefined ? firstThere(words.slice(at + 1), scope, work) : value;
}

async function reckoned(words: readonly Word[], scope: Scope, work: Work, options: { isOptional?: boolean } = {}): Promise<unknown> {
  const isOperator = ({ text, isQuoted }: Word): boolean => !isQuoted && OPERATORS.flat().includes(text);
  const isReckoning = words.length >= 3 && words.length % 2 === 1 && words.every((word, index) => (index % 2 === 1 ? isOperator(word) : !word.isQuoted && /^(\$\{[^{}]*\}|-?\d+(\.\d+)?)$/.test(word.text)));
  if (!isReckoning) return joined(words, scope, work, options);
  const values: unknown[] = [];
  for (const [index, word] of words.entries()) {
    const value = index % 2 === 1 ? word.text : await valueOf(word, scope, work, options);
    if (value === missing || value === null) return missing;
    values.push(index % 2 === 1 ? value : Number(value));
  }
  return values.some((value) => Number.isNaN(value)) ? joined(words, scope, work, options) : reckon(values);
}

async function valueOf({ text, isQuoted }: Word, scope: Scope, work: Work, { isOptional = false }: { isOptional?: boolean }): Promise<unknown> {
  if (isQuoted) return text;
  return isOptional ? interpolatedIfThere(text, scope, work) : interpolated(text, scope, work);
}

/** One word is its value; several are text, with the blanks between them. */
async function joined(words: readonly Word[], scope: Scope, work: Work, options: { isOptional?: boolean }): Promise<unknown> {
  const [only] = words;
  if (only === undefined) return "";
  if (words.length === 1) return valueOf(only, scope, work, options);
  let text = "";
  for (const [index, word] of words.entries()) {
    const value = await valueOf(word, scope, work, options);
    if (value === missing) return missing;
    text += `${index === 0 ? "" : word.before}${shownAs(value)}`;
  }
  return text;
}

function reckon(values: readonly unknown[]): number {
  for (const operators of OPERATORS) {
    const at = values.findLastIndex((value) => typeof value === "string" && operators.includes(value));
    if (at > 0) return apply(String(values[at]), reckon(values.slice(0, at)), reckon(values.slice(at + 1)));
  }
  return Number(values[0]);
}

function apply(operator: string, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    default:
      return a % b;
  }
}
