import { builtIns } from "./built-ins.ts";
import type { Expression, Operator } from "./expression.ts";
import type { Scope } from "./scope.ts";
import { asList, asNumber, asText, hasContent, isMap, isMissing } from "./values.ts";

/** What a template may name: `get(["config", "http.port"])` for `${config['http.port']}`; undefined for what has no value. */
export interface TemplateModel {
  get(path: readonly string[]): Promise<unknown>;
}

/** Why an expression has no value, as a clause about it. */
export class ExpressionError extends Error {
  readonly remedy: string | undefined;
  constructor(message: string, remedy?: string) {
    super(message);
    this.name = "ExpressionError";
    this.remedy = remedy;
  }
}

const LONGEST_RANGE = 100_000;

/** @returns undefined for what has no value @throws ExpressionError */
export async function evaluate(expression: Expression, scope: Scope): Promise<unknown> {
  try {
    return await valueOf(expression, scope);
  } catch (error) {
    if (error instanceof ExpressionError || !(error instanceof Error) || error.constructor !== Error) throw error;
    throw new ExpressionError(error.message);
  }
}

/** @throws ExpressionError when it is neither true nor false */
export async function isTrue(expression: Expression, scope: Scope): Promise<boolean> {
  const value = required(await evaluate(expression, scope), expression);
  // Config of blueprints may hold a boolean as text.
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new ExpressionError(`"${expression.source}" is neither true nor false`, "Compare it with something, or ask whether it is there with ??");
}

export function required(value: unknown, { source }: Expression): unknown {
  if (isMissing(value)) throw new ExpressionError(`"${source}" has no value`, `Give it one, or a default: ${source}!"..."`);
  return value;
}

async function valueOf(expression: Expression, scope: Scope): Promise<unknown> {
  switch (expression.kind) {
    case "constant":
      return expression.value;
    case "text":
      return (await inOrder(expression.parts, async (part) => (typeof part === "string" ? part : asText(required(await evaluate(part, scope), part))))).join("");
    case "list":
      return inOrder(expression.items, async (item) => required(await evaluate(item, scope), item));
    case "map":
      return Object.fromEntries(await inOrder(expression.entries, async ([key, value]) => [asText(await evaluate(key, scope)), required(await evaluate(value, scope), value)] as const));
    case "range":
      return rangeOf(expression, scope);
    case "name":
    case "member":
      return namedValue(expression, scope);
    case "default": {
      const value = await evaluate(expression.of, scope);
      return isMissing(value) ? (expression.otherwise === undefined ? "" : evaluate(expression.otherwise, scope)) : value;
    }
    case "exists":
      return !isMissing(await evaluate(expression.of, scope));
    case "built-in":
      return builtIn(expression, scope);
    case "function":
      return expression;
    case "not":
      return !(await isTrue(expression.of, scope));
    case "negative":
      return -asNumber(required(await evaluate(expression.of, scope), expression.of));
    case "operation":
      return operation(expression.operator, expression.left, expression.right, scope);
  }
}

/** A name with its members is one path of the model, unless the template itself has given the name a value. */
async function namedValue(expression: Expression, scope: Scope): Promise<unknown> {
  const keys: Expression[] = [];
  let root = expression;
  while (root.kind === "member") {
    keys.unshift(root.key);
    root = root.of;
  }
  const isPath = root.kind === "name" && !scope.has(root.name);
  if (root.kind === "name" && isPath) {
    const path = await inOrder(keys, async (key) => keyText(required(await evaluate(key, scope), key)));
    if (path.every((each) => each !== undefined)) return await scope.model.get([root.name, ...path]);
  }
  let value = root.kind === "name" ? (isPath ? await scope.model.get([root.name]) : scope.get(root.name)) : await evaluate(root, scope);
  for (const key of keys) value = memberOf(value, required(await evaluate(key, scope), key));
  return value;
}

function keyText(key: unknown): string | undefined {
  return typeof key === "string" || typeof key === "number" ? String(key) : undefined;
}

function memberOf(value: unknown, key: unknown): unknown {
  if (isMissing(value)) return undefined;
  if (Array.isArray(key)) return typeof value === "string" ? key.map((index) => value.charAt(Number(index))).join("") : key.map((index: unknown) => asList(value)[asNumber(index)]);
  if (Array.isArray(value)) return typeof key === "number" || /^\d+$/.test(String(key)) ? (value as unknown[])[Number(key)] : undefined;
  if (typeof value === "string" && typeof key === "number") return value.charAt(key);
  return isMap(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : undefined;
}

async function rangeOf(range: Expression & { kind: "range" }, scope: Scope): Promise<number[]> {
  const from = asNumber(required(await evaluate(range.from, scope), range.from));
  const given = range.to === undefined ? undefined : asNumber(required(await evaluate(range.to, scope), range.to));
  const to = given === undefined ? from + LONGEST_RANGE : range.isLength ? from + given - Math.sign(given) : given;
  const step = to < from ? -1 : 1;
  const length = range.isLength && given === 0 ? 0 : Math.abs(to - from) + (range.isExclusive ? 0 : 1);
  if (given !== undefined && length > LONGEST_RANGE) throw new ExpressionError(`"${range.source}" has more than ${LONGEST_RANGE} items`);
  return Array.from({ length: Math.min(length, LONGEST_RANGE) }, (_, index) => from + index * step);
}

async function builtIn({ of, name, args, source }: Expression & { kind: "built-in" }, scope: Scope): Promise<unknown> {
  const argument = async (index: number): Promise<unknown> => {
    const arg = args[index];
    return arg === undefined ? undefined : await evaluate(arg, scope);
  };
  switch (name) {
    case "has_content":
      return hasContent(await evaluate(of, scope));
    case "exists":
      return !isMissing(await evaluate(of, scope));
    case "if_exists":
      return (await evaluate(of, scope)) ?? "";
    case "default": {
      const value = await evaluate(of, scope);
      return isMissing(value) ? await argument(0) : value;
    }
    case "then":
      if (args.length !== 2) throw new ExpressionError(`"${source}" needs two values: ?then(one, other)`);
      return (await isTrue(of, scope)) ? await argument(0) : await argument(1);
    case "switch": {
      const value = required(await evaluate(of, scope), of);
      for (let index = 0; index + 1 < args.length; index += 2) if (areEqual(value, await argument(index))) return await argument(index + 1);
      if (args.length % 2 === 1) return await argument(args.length - 1);
      throw new ExpressionError(`"${source}" has no case for ${asText(value)}`);
    }
  }
  const loop = of.kind === "name" ? scope.loop(of.name) : undefined;
  if (loop !== undefined && Object.hasOwn(loopBuiltIns, name)) return loopBuiltIns[name]?.(loop, await inOrder(args, (arg) => evaluate(arg, scope)));
  const compute = Object.hasOwn(builtIns, name) ? builtIns[name] : undefined;
  if (compute === undefined) throw new ExpressionError(`"${source}" uses "?${name}", which is not known`, `Known are ${Object.keys(builtIns).slice(0, 12).map((each) => `?${each}`).join(", ")}, and others of FreeMarker for text, numbers, lists and maps`);
  const value = required(await evaluate(of, scope), of);
  const given = await inOrder(args, (arg) => evaluate(arg, scope));
  try {
    return await compute({ value, args: given, apply: (fn, item) => apply(fn, item, scope) });
  } catch (error) {
    if (error instanceof ExpressionError || !(error instanceof Error)) throw error;
    throw new ExpressionError(`"${source}" cannot be had: ${error.message}`);
  }
}

const loopBuiltIns: Readonly<Record<string, (loop: { index: number; size: number }, args: readonly unknown[]) => unknown>> = {
  index: ({ index }) => index,
  counter: ({ index }) => index + 1,
  has_next: ({ index, size }) => index + 1 < size,
  is_first: ({ index }) => index === 0,
  is_last: ({ index, size }) => index + 1 === size,
  is_odd_item: ({ index }) => index % 2 === 0,
  is_even_item: ({ index }) => index % 2 === 1,
  item_parity: ({ index }) => (index % 2 === 0 ? "odd" : "even"),
  item_cycle: ({ index }, args) => args[index % args.length],
};

async function apply(fn: unknown, item: unknown, scope: Scope): Promise<unknown> {
  if (!isFunction(fn)) throw new ExpressionError("a function such as x -> x.name is missing");
  return await evaluate(fn.body, scope.with(fn.parameters[0] ?? "", item));
}

function isFunction(value: unknown): value is Expression & { kind: "function" } {
  return isMap(value) && value["kind"] === "function";
}

async function operation(operator: Operator, leftSide: Expression, rightSide: Expression, scope: Scope): Promise<unknown> {
  if (operator === "&&") return (await isTrue(leftSide, scope)) && (await isTrue(rightSide, scope));
  if (operator === "||") return (await isTrue(leftSide, scope)) || (await isTrue(rightSide, scope));
  const left = required(await evaluate(leftSide, scope), leftSide);
  const right = required(await evaluate(rightSide, scope), rightSide);
  switch (operator) {
    case "==":
      return areEqual(left, right);
    case "!=":
      return !areEqual(left, right);
    case "+":
      return sum(left, right);
    default:
      return arithmetic(operator, asNumber(left), asNumber(right));
  }
}

/** Config of blueprints may hold a number or a boolean as text, so that text equals what it spells. */
function areEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left === "object" || typeof right === "object" || isMissing(left) || isMissing(right)) return false;
  return asText(left) === asText(right);
}

export function sum(left: unknown, right: unknown): unknown {
  if (typeof left === "number" && typeof right === "number") return left + right;
  if (Array.isArray(left) && Array.isArray(right)) return [...(left as unknown[]), ...(right as unknown[])];
  if (isMap(left) && isMap(right)) return { ...left, ...right };
  return asText(left) + asText(right);
}

export function arithmetic(operator: Exclude<Operator, "&&" | "||" | "==" | "!=" | "+">, left: number, right: number): number | boolean {
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      if (right === 0) throw new ExpressionError("a number is divided by 0");
      return left / right;
    case "%":
      if (right === 0) throw new ExpressionError("a number is divided by 0");
      return Math.trunc(left) % Math.trunc(right);
  }
}

async function inOrder<T, R>(items: readonly T[], body: (item: T) => Promise<R>): Promise<R[]> {
  const made: R[] = [];
  for (const item of items) made.push(await body(item));
  return made;
}
