import type { Json, JsonObject } from "../../model/spec.ts";
import { DslSyntaxError, type DslNode, PREFIX } from "./ast.ts";
import { ExpressionParser, LONGEST_CHAIN } from "./expression-parser.ts";

const CACHED = 5_000;
const parsed = new Map<string, DslNode>();

/**
 * The expression that a value is: the inline form (text that begins with `$brooklyn:`), or the map form (a map whose
 * only key does); undefined when it is neither.
 * @throws DslSyntaxError
 */
export function parseDsl(value: Json): DslNode | undefined {
  if (typeof value === "string") return value.startsWith(PREFIX) ? parseText(value) : undefined;
  const entry = dslEntry(value);
  return entry === undefined ? undefined : parseMapForm(entry[0], entry[1]);
}

/** Whether a value is itself an expression, without looking inside. */
export function isDsl(value: unknown): boolean {
  return typeof value === "string" ? value.startsWith(PREFIX) : dslEntry(value) !== undefined;
}

/** The function's name and the argument of a map of the form `{$brooklyn:fn: argument}`. A key that has its arguments is an expression of its own. */
export function dslEntry(value: unknown): readonly [string, Json] | undefined {
  if (!isMap(value)) return undefined;
  let only: string | undefined;
  for (const key in value) {
    if (only !== undefined) return undefined;
    only = key;
  }
  return only?.startsWith(PREFIX) === true && !isKeyExpression(only) ? [only, value[only] ?? null] : undefined;
}

/** Whether the key of a map is an expression with its arguments, and stands for what that gives: `{$brooklyn:sensor("a"): ...}`. */
export function isKeyExpression(key: string): boolean {
  return key.startsWith(PREFIX) && key.trimEnd().endsWith(")");
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same few expressions come again with every member of a cluster: they are parsed once. */
function parseText(text: string): DslNode {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const node = withChains(new ExpressionParser(text).parse());
  if (parsed.size >= CACHED) parsed.clear();
  parsed.set(text, node);
  return node;
}

function parseMapForm(key: string, argument: Json): DslNode {
  const name = key.slice(PREFIX.length);
  if (name === "literal") return call(name, [{ kind: "constant", value: argument }]);
  if (name === "chain") return chainOf(Array.isArray(argument) ? argument : [argument], key);
  // What is inside a spec or an object's description belongs to what is made of it.
  if (name === "entitySpec" || name === "object") return call(name, [{ kind: "constant", value: Array.isArray(argument) && argument.length === 1 ? (argument[0] ?? null) : argument }]);
  return new ExpressionParser(key).parseReference(argumentsOf(argument));
}

/** A list gives the arguments, anything else is the only one. */
function argumentsOf(argument: Json): DslNode[] {
  if (argument === null) return [];
  return (Array.isArray(argument) ? argument : [argument]).map((value) => ({ kind: "data", value }));
}

/** `$brooklyn:chain: [expression, {fn: [args]}, "[0]", "property"]`. */
function chainOf(items: readonly Json[], expression: string): DslNode {
  const [first, ...links] = items;
  if (links.length > LONGEST_CHAIN) throw new DslSyntaxError(`more than ${LONGEST_CHAIN} parts follow each other`, expression, 0);
  if (first === undefined) throw new DslSyntaxError("a chain needs at least one expression", expression, 0);
  return links.reduce<DslNode>((target, link) => linkOf(target, link, expression), parseDsl(first) ?? { kind: "data", value: first });
}

function linkOf(target: DslNode, link: Json, expression: string): DslNode {
  if (typeof link === "number") return { kind: "index", target, index: { kind: "constant", value: link } };
  if (typeof link === "string") return onTarget(target, new ExpressionParser(`self()${/^[[.]/.test(link) ? "" : "."}${link}`).parse());
  if (!isMap(link) || Object.keys(link).length !== 1) throw new DslSyntaxError("a part of a chain must be text or a map with one key", expression, 0);
  const [[name, argument] = ["", null]] = Object.entries(link);
  return { kind: "call", target, name: name.replace(/^\$brooklyn:/, ""), args: argumentsOf(argument) };
}

/** Puts `target` where the expression has `self()`. */
function onTarget(target: DslNode, node: DslNode): DslNode {
  if (node.kind === "call") return node.target === undefined ? target : { ...node, target: onTarget(target, node.target) };
  return node.kind === "property" || node.kind === "index" ? { ...node, target: onTarget(target, node.target) } : node;
}

/** The inline `chain(a, b)` is the same as the map form. */
function withChains(node: DslNode): DslNode {
  if (node.kind !== "call" || node.name !== "chain" || node.target !== undefined) return node;
  const [first, ...links] = node.args;
  if (first === undefined) return node;
  if (links.length > LONGEST_CHAIN) throw new DslSyntaxError(`more than ${LONGEST_CHAIN} parts follow each other`, "chain", 0);
  return links.reduce<DslNode>((target, link) => (link.kind === "constant" ? linkOf(target, link.value, "chain") : link), first);
}

function call(name: string, args: readonly DslNode[]): DslNode {
  return { kind: "call", target: undefined, name, args };
}
