import { isRecord } from "./subject.ts";

/** Whether two values are equal as Brooklyn's predicates see it: text equals the number or boolean that it spells, lists and maps item by item. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a === null || b === null || a === undefined || b === undefined) return false;
  if (typeof a === "string" && isPlain(b)) return spells(a, b);
  if (typeof b === "string" && isPlain(a)) return spells(b, a);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name]));
}

/** Negative, zero or positive; numbers by value, text in natural order (`a9` before `a10`); undefined for what has no order. Null equals anything, as in Brooklyn. */
export function compare(a: unknown, b: unknown): number | undefined {
  if (a === null || b === null || a === undefined || b === undefined) return 0;
  if (typeof a === "number" || typeof b === "number") {
    const [left, right] = [numberIn(a), numberIn(b)];
    if (left !== undefined && right !== undefined) return left - right;
  }
  const [left, right] = [textOf(a), textOf(b)];
  return left === undefined || right === undefined ? undefined : naturalOrder(left, right);
}

/** The text of what has one: text, numbers and booleans, and the message of an error. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  return value instanceof Error ? value.message : undefined;
}

function isPlain(value: unknown): value is number | boolean {
  return typeof value === "number" || typeof value === "boolean";
}

function spells(text: string, value: number | boolean): boolean {
  return typeof value === "boolean" ? text.trim().toLowerCase() === String(value) : numberIn(text) === value;
}

function numberIn(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(value)) return undefined;
  return Number(value);
}

/** Runs of digits by their number, everything else by its characters. */
function naturalOrder(a: string, b: string): number {
  const left = a.match(PARTS) ?? [];
  const right = b.match(PARTS) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = partOrder(left[i] ?? "", right[i] ?? "");
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const PARTS = /\d+|\D+/g;

function partOrder(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  const [left, right] = [a.replace(/^0+(?=\d)/, ""), b.replace(/^0+(?=\d)/, "")];
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}
