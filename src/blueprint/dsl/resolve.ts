import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import type { Json, JsonObject } from "../../model/spec.ts";
import { isEntitySpec, types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { replaceAll } from "../bounded-regex.ts";
import { DslSyntaxError, type DslNode } from "./ast.ts";
import { isDeferred } from "./deferred.ts";
import { callEntityFunction } from "./entity-functions.ts";
import { asEntity } from "./find-entity.ts";
import { formatString, textOf } from "./format-string.ts";
import { entityFunctions } from "./function-names.ts";
import { isKeyExpression, parseDsl } from "./parse-dsl.ts";
import { dslError, type DslSuppliers, NotReady, type Resolution } from "./resolution.ts";
import { urlEncode } from "./text-functions.ts";
import { callMethod, indexOf, NoSuchMember, propertyOf } from "./value-access.ts";

/**
 * A value with its `$brooklyn:` expressions resolved, those within maps and lists as well, in the scope of the entity on which it was written.
 * With `work` it waits for what is not ready, and the task shows for what; without, such a value is undefined.
 * @throws ClockerError `invalid-value` for an expression that cannot work: a cycle, a missing component, with the way to it; `timeout`
 */
export async function resolve(value: unknown, scope: Entity, work: Work | undefined, suppliers: DslSuppliers = {}): Promise<unknown> {
  if (!isDeferred(value)) return value;
  try {
    // What holds expressions is text, a list or a map: JSON.
    return await resolveValue(value as Json, scope, { work, suppliers, trail: [] });
  } catch (error) {
    if (error instanceof NotReady) return undefined;
    throw error;
  }
}

async function resolveValue(value: Json, scope: Entity, resolution: Resolution): Promise<unknown> {
  if (!isDeferred(value)) return value;
  const node = parsed(value, resolution);
  if (node !== undefined) return evaluate(node, scope, resolution);
  if (Array.isArray(value)) return inOrder(value, (item) => resolveValue(item, scope, resolution));
  if (typeof value !== "object" || value === null) return value;
  const entries = await inOrder(Object.entries(value), async ([key, each]) => [await resolveKey(key, scope, resolution), (await resolveValue(each, scope, resolution)) ?? null] as const);
  return Object.fromEntries(entries);
}

/** Keys of maps may be expressions as well: what they give is text, a sensor its name. */
async function resolveKey(key: string, scope: Entity, resolution: Resolution): Promise<string> {
  if (!isKeyExpression(key)) return key;
  const value = await resolveValue(key, scope, resolution);
  return textOf(typeof value === "object" && value !== null && "name" in value ? value.name : value);
}

function parsed(value: Json, resolution: Resolution): DslNode | undefined {
  try {
    return parseDsl(value);
  } catch (error) {
    if (error instanceof DslSyntaxError) throw dslError(`Invalid expression ${JSON.stringify(error.expression)}: ${error.message} at character ${error.offset + 1}`, resolution);
    throw error;
  }
}

async function evaluate(node: DslNode, scope: Entity, resolution: Resolution): Promise<unknown> {
  switch (node.kind) {
    case "constant":
      return node.value;
    case "data":
      return resolveValue(node.value, scope, resolution);
    case "list":
      return inOrder(node.items, (item) => evaluate(item, scope, resolution));
    case "map":
      return Object.fromEntries(await inOrder(node.entries, async ([key, each]) => [key, await evaluate(each, scope, resolution)] as const));
    case "call":
      return call(node, scope, resolution);
    case "property": {
      const target = await evaluate(node.target, scope, resolution);
      return member(node.name, resolution, () => propertyOf(target, node.name));
    }
    case "index": {
      const target = await evaluate(node.target, scope, resolution);
      const index = await evaluate(node.index, scope, resolution);
      return member(`[${textOf(index)}]`, resolution, () => indexOf(target, index));
    }
  }
}

async function call(node: DslNode & { kind: "call" }, scope: Entity, resolution: Resolution): Promise<unknown> {
  const args = await inOrder(node.args, (arg) => evaluate(arg, scope, resolution));
  if (node.target === undefined) {
    return entityFunctions.has(node.name) ? callEntityFunction({ name: node.name, args, target: scope, resolution, resolveValue }) : callPlainFunction(node.name, args, scope, resolution);
  }
  const value = await evaluate(node.target, scope, resolution);
  const target = asEntity(value, scope);
  if (target !== undefined && entityFunctions.has(node.name)) return callEntityFunction({ name: node.name, args, target, resolution, resolveValue });
  return member(node.name, resolution, () => callMethod(value, node.name, args));
}

async function callPlainFunction(name: string, args: readonly unknown[], scope: Entity, resolution: Resolution): Promise<unknown> {
  const { suppliers, work } = resolution;
  const [first, second, third] = args;
  switch (name) {
    case "literal":
      return first;
    case "formatString":
      return explained(name, resolution, () => formatString(textOf(first), args.slice(1)));
    case "urlEncode":
      return urlEncode(textOf(first));
    case "regexReplacement":
      return explained(name, resolution, () => replaceAll(textOf(first), textOf(second), textOf(third)));
    case "function.regexReplacement":
      return (source: unknown) => replaceAll(textOf(source), textOf(first), textOf(second));
    case "entitySpec":
      return isEntitySpec(first) ? first : (suppliers.entitySpec?.(first as Json) ?? types.entitySpec.coerce(first));
    case "object":
      return objectOf(await resolveValue(first as Json, scope, resolution), scope, resolution);
    case "external":
      if (suppliers.external === undefined) throw dslError(`Cannot read external config "${textOf(second)}": there is no supplier "${textOf(first)}"`, resolution);
      return suppliers.external(textOf(first), textOf(second), work);
    default:
      throw dslError(`Unknown function "${name}" in a $brooklyn: expression`, resolution);
  }
}

async function objectOf(description: unknown, scope: Entity, resolution: Resolution): Promise<unknown> {
  if (typeof description !== "object" || description === null || Array.isArray(description)) throw dslError("$brooklyn:object needs a map with a type", resolution);
  const made = await resolution.suppliers.object?.(description as JsonObject, scope, resolution.work);
  return made ?? description;
}

/** Runs what may say in an `Error` why it cannot. */
function explained<T>(name: string, resolution: Resolution, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof ClockerError) throw error;
    throw dslError(`Cannot compute ${name}: ${error instanceof Error ? error.message : String(error)}`, resolution);
  }
}

function member(name: string, resolution: Resolution, body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    if (error instanceof NoSuchMember) throw dslError(`Cannot read "${name}": ${error.message}`, resolution);
    throw error;
  }
}

/** One after the other: a task shows one thing that it waits for. */
async function inOrder<T, R>(items: readonly T[], body: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await body(item));
  return results;
}
