import { nearest } from "../../model/nearest.ts";
import type { Json } from "../../model/spec.ts";
import { isEntitySpec } from "../../model/types/index.ts";
import { DslSyntaxError, type DslNode } from "./ast.ts";
import { arityOf, functionNames, plainFunctions } from "./function-names.ts";
import { isDsl, isKeyExpression, parseDsl } from "./parse-dsl.ts";
import type { Path } from "../yaml/yaml-document.ts";

/** An expression that cannot work, and where it stands. */
export interface DslProblem {
  readonly path: Path;
  readonly message: string;
  readonly remedy: string | undefined;
}

/** What is wrong with the expressions in a value: their grammar, names of functions, numbers of arguments. Nothing is resolved. */
export function validateDsl(value: Json, path: Path = []): DslProblem[] {
  if (isDsl(value)) return problemsOf(value, path);
  if (typeof value !== "object" || value === null || isEntitySpec(value)) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => validateDsl(item, [...path, index]));
  return Object.entries(value).flatMap(([key, each]) => [...(isKeyExpression(key) ? problemsOf(key, [...path, key]) : []), ...validateDsl(each, [...path, key])]);
}

function problemsOf(value: Json, path: Path): DslProblem[] {
  try {
    const node = parseDsl(value);
    return node === undefined ? [] : [...problemsIn(node, path)];
  } catch (error) {
    if (!(error instanceof DslSyntaxError)) throw error;
    const where = error.offset > 0 ? ` at character ${error.offset + 1}` : "";
    return [{ path, message: `Invalid expression ${JSON.stringify(shortened(error.expression))}: ${error.message}${where}`, remedy: error.remedy }];
  }
}

function* problemsIn(node: DslNode, path: Path): Generator<DslProblem> {
  if (node.kind === "data") yield* validateDsl(node.value, path);
  else if (node.kind === "list") for (const item of node.items) yield* problemsIn(item, path);
  else if (node.kind === "map") for (const [, each] of node.entries) yield* problemsIn(each, path);
  else if (node.kind === "property") yield* problemsIn(node.target, path);
  else if (node.kind === "index") {
    yield* problemsIn(node.target, path);
    yield* problemsIn(node.index, path);
  } else if (node.kind === "call") {
    yield* callProblems(node, path);
    if (node.target !== undefined) yield* problemsIn(node.target, path);
    for (const arg of node.args) yield* problemsIn(arg, path);
  }
}

function* callProblems(node: DslNode & { kind: "call" }, path: Path): Generator<DslProblem> {
  // What follows a dot may be a method of any value: it is known when the value is.
  const arity = node.target === undefined ? arityOf(node.name) : undefined;
  if (node.target !== undefined && plainFunctions.has(node.name)) {
    yield { path, message: `"${node.name}" stands alone and not after an entity`, remedy: `Write $brooklyn:${node.name}(...)` };
  } else if (node.target === undefined && arity === undefined) {
    const near = nearest(node.name, functionNames());
    yield { path, message: `Unknown function "${node.name}" in a $brooklyn: expression`, remedy: near === undefined ? `Known functions are ${functionNames().join(", ")}` : `Did you mean "${near}"?` };
  } else if (arity !== undefined && (node.args.length < arity.least || node.args.length > arity.most)) {
    const wanted = arity.least === arity.most ? `${arity.least}` : arity.most === Number.POSITIVE_INFINITY ? `at least ${arity.least}` : `${arity.least} to ${arity.most}`;
    yield { path, message: `"${node.name}" takes ${wanted} argument${wanted === "1" ? "" : "s"}, and ${node.args.length} ${node.args.length === 1 ? "is" : "are"} given`, remedy: undefined };
  }
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}
