import type { Scope } from "../scope.ts";
import { missing } from "../scope.ts";
import type { Work } from "../../../model/work.ts";
import { interpolated, interpolatedIfThere } from "../interpolate.ts";

const OPERATORS: readonly (readonly string[])[] = [["+", "-"], ["*", "/", "%"]];

/**
 * The value of `let x = ...`: `a ?? b` is the first that there is, numbers are reckoned with `+ - * / %` between blanks, quotes make text of what is in them.
 * Other values are as they are, with their `${...}` filled in.
 */
export async function letValue(raw: unknown, scope: Scope, work: Work): Promise<unknown> {
  if (typeof raw !== "string") return interpolated(raw, scope, work);
  const alternatives = raw.split(" ?? ");
  for (const alternative of alternatives.slice(0, -1)) {
    const value = await interpolatedIfThere(unquoted(alternative), scope, work);
    if (value !== missing && value !== null && value !== undefined) return value;
  }
  return reckoned(alternatives.at(-1) ?? "", scope, work);
}

async function reckoned(text: string, scope: Scope, work: Work): Promise<unknown> {
  const plain = unquoted(text);
  if (plain !== text.trim()) return interpolated(plain, scope, work);
  const tokens = text.trim().split(/\s+/);
  const isReckoning = tokens.length >= 3 && tokens.length % 2 === 1 && tokens.every((token, index) => (index % 2 === 1 ? OPERATORS.flat().includes(token) : /^(\$\{[^{}]*\}|-?\d+(\.\d+)?)$/.test(token)));
  if (!isReckoning) return interpolated(text.trim(), scope, work);
  const values: unknown[] = [];
  for (const [index, token] of tokens.entries()) values.push(index % 2 === 1 ? token : Number(await interpolated(token, scope, work)));
  return values.some((value) => Number.isNaN(value)) ? interpolated(text.trim(), scope, work) : reckon(values);
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

function unquoted(text: string): string {
  return /^\s*(["'])(.*)\1\s*$/s.exec(text)?.[2] ?? text.trim();
}
