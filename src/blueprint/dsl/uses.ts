import type { Json } from "../../model/spec.ts";
import { isEntitySpec } from "../../model/types/index.ts";
import { type DslNode, DslSyntaxError } from "./ast.ts";
import { parseDsl } from "./parse-dsl.ts";

/** What the expressions in a value use, as far as it is written there. Specs in it are not looked into. */
export interface DslUses {
  /** The ids that `component("id")`, `sibling("id")` and their like name. */
  readonly entities: Set<string>;
  /** The keys that `config("key")` names. */
  readonly config: Set<string>;
  /** The sensors that are waited for. */
  readonly waits: DslWait[];
}

export interface DslWait {
  readonly sensor: string;
  /** Whose: the id in the plan, or `parent`, `root`, `self`. */
  readonly on: string;
  /** Whether `on` is an id. */
  readonly isId: boolean;
}

/** Functions whose last argument is the id of an entity. */
const finders: ReadonlySet<string> = new Set(["component", "child", "sibling", "descendant", "ancestor", "member", "entity"]);
const places: ReadonlySet<string> = new Set(["self", "parent", "root", "application", "scopeRoot"]);

export function usesOf(value: Json): DslUses {
  const uses: DslUses = { entities: new Set(), config: new Set(), waits: [] };
  visitValue(value, uses);
  return uses;
}

function visitValue(value: Json, uses: DslUses): void {
  const node = nodeOf(value);
  if (node !== undefined) return visit(node, uses);
  if (typeof value !== "object" || value === null || isEntitySpec(value)) return;
  for (const each of Object.values(value)) visitValue(each, uses);
}

/** A text that only looks like an expression is refused where it is read; here it is none. */
function nodeOf(value: Json): DslNode | undefined {
  try {
    return parseDsl(value);
  } catch (error) {
    if (error instanceof DslSyntaxError) return undefined;
    throw error;
  }
}

function visit(node: DslNode, uses: DslUses): void {
  switch (node.kind) {
    case "constant":
      return;
    case "data":
      return visitValue(node.value, uses);
    case "list":
      return node.items.forEach((item) => visit(item, uses));
    case "map":
      return node.entries.forEach(([, each]) => visit(each, uses));
    case "property":
      return visit(node.target, uses);
    case "index":
      visit(node.target, uses);
      return visit(node.index, uses);
    case "call":
      if (node.target !== undefined) visit(node.target, uses);
      node.args.forEach((arg) => visit(arg, uses));
      return visitCall(node, uses);
  }
}

function visitCall(node: DslNode & { kind: "call" }, uses: DslUses): void {
  const last = textOf(node.args.at(-1));
  if (finders.has(node.name) && last !== undefined) uses.entities.add(last);
  if (node.name === "config" && last !== undefined) uses.config.add(last);
  const sensor = textOf(node.args[0]);
  if ((node.name === "attributeWhenReady" || node.name === "attributeWhenReadyAllowingOnFire") && sensor !== undefined) uses.waits.push({ sensor, ...ownerOf(node.target) });
}

function ownerOf(target: DslNode | undefined): { on: string; isId: boolean } {
  if (target?.kind !== "call") return { on: "self", isId: false };
  const id = finders.has(target.name) ? textOf(target.args.at(-1)) : undefined;
  if (id !== undefined) return { on: id, isId: true };
  return { on: places.has(target.name) ? target.name : "another entity", isId: false };
}

function textOf(node: DslNode | undefined): string | undefined {
  return (node?.kind === "constant" || node?.kind === "data") && typeof node.value === "string" ? node.value : undefined;
}
