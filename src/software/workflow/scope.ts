import { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";

/** What a workflow knows while it runs: its input, its variables, what its steps gave. */
export interface Scope {
  readonly id: string;
  readonly name: string;
  readonly entity: Entity;
  readonly input: Readonly<Record<string, unknown>>;
  readonly variables: Map<string, unknown>;
  /** By the id of the step. */
  readonly outputs: Map<string, unknown>;
  /** Of the step before. */
  output: unknown;
  /** When each `retry` was made, in milliseconds since the epoch. */
  readonly retries: Map<object, number[]>;
  /** That an `on-error` handles. */
  error: unknown;
}

/** That a name has no value. */
export const missing: unique symbol = Symbol("missing");

/** The value of `a.b['c'][0]`; `missing` when there is none. */
export async function lookUp(expression: string, scope: Scope, work: Work): Promise<unknown> {
  const path = readPath(expression);
  if (path === undefined || path[0] === undefined) throw new ClockerError("invalid-value", `Cannot read "\${${expression}}": expected names with dots, or [...] between them`);
  const [first, ...rest] = path;
  if (first === "workflow") return ofWorkflow(rest, scope, work);
  if (first === "entity" && !scope.variables.has("entity")) return ofEntity(scope.entity, rest, work);
  for (const known of [scope.variables, new Map(Object.entries(scope.input))]) if (known.has(first)) return below(known.get(first), rest, work);
  if (first === "output") return below(scope.output, rest, work);
  if (first === "error") return below(scope.error, rest, work);
  return missing;
}

function readPath(expression: string): string[] | undefined {
  const step = /\s*(?:\.?([\p{L}_][\p{L}\p{N}_-]*|\d+)|\[\s*(?:'([^']*)'|"([^"]*)"|(-?\d+))\s*\])\s*/uy;
  const path: string[] = [];
  while (step.lastIndex < expression.length) {
    const match = step.exec(expression);
    if (match === null) return undefined;
    path.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? "");
  }
  return path;
}

function ofWorkflow(path: readonly string[], scope: Scope, work: Work): unknown {
  const [first = "", ...rest] = path;
  switch (first) {
    case "":
      return { id: scope.id, name: scope.name };
    case "id":
    case "name":
      return scope[first];
    case "input":
      return below(scope.input, rest, work);
    case "var":
    case "scratch":
      return below(Object.fromEntries(scope.variables), rest, work);
    case "error":
      return below(scope.error, rest, work);
    case "previous_step":
      return below({ output: scope.output }, rest, work);
    case "step":
      return below({ output: scope.outputs.has(rest[0] ?? "") ? scope.outputs.get(rest[0] ?? "") : missing }, rest.slice(1), work);
    default:
      return missing;
  }
}

async function ofEntity(entity: Entity, path: readonly string[], work: Work): Promise<unknown> {
  const [first = "", ...rest] = path;
  switch (first) {
    case "":
      return entity;
    case "id":
      return entity.id;
    case "name":
    case "displayName":
      return entity.displayName;
    case "parent":
      return entity.parent === undefined ? missing : ofEntity(entity.parent, rest, work);
    case "application":
      return ofEntity(entity.application, rest, work);
    case "children":
      return below(at([...entity.children], rest[0]), rest.slice(1), work);
    case "members":
      return below(at([...entity.members.values()], rest[0]), rest.slice(1), work);
    case "sensor":
    case "attribute":
      return longest(rest, work, async (name) => (entity.sensorValue(name)?.value ?? missing));
    case "config":
      return longest(rest, work, (name) => configOf(entity, name, work));
    case "attributeWhenReady":
      return entity.management.resolve(`$brooklyn:attributeWhenReady(${JSON.stringify(rest.join("."))})`, entity, work);
    default:
      return missing;
  }
}

function at(list: readonly unknown[], index: string | undefined): unknown {
  if (index === "size") return list.length;
  return index === undefined ? list : (list[Number(index)] ?? missing);
}

/** Names of sensors and keys have dots: the longest that has a value counts, and the rest leads into it. */
async function longest(path: readonly string[], work: Work, read: (name: string) => Promise<unknown>): Promise<unknown> {
  for (let length = path.length; length > 0; length--) {
    const value = await read(path.slice(0, length).join("."));
    if (value !== missing) return below(value, path.slice(length), work);
  }
  return missing;
}

async function configOf(entity: Entity, name: string, work: Work): Promise<unknown> {
  const key = entity.config.key(name) ?? { name, aliases: [], inherited: true, merge: "overwrite" as const, type: types.json, defaultValue: undefined, description: "", label: undefined, pinned: false, reconfigurable: false, constraints: [], secret: false };
  return (await entity.config.get(key, work)) ?? missing;
}

function below(value: unknown, path: readonly string[], work: Work): unknown {
  let current = value;
  for (const [index, name] of path.entries()) {
    if (current instanceof Entity) return ofEntity(current, path.slice(index), work);
    if (current === missing || current === null || typeof current !== "object") return missing;
    if (Array.isArray(current)) {
      const item: unknown = name === "size" ? current.length : current.at(Number(name));
      current = item === undefined ? missing : item;
    } else if (current instanceof Error) current = name === "message" ? current.message : missing;
    else current = Object.hasOwn(current, name) ? (Reflect.get(current, name) as unknown) : missing;
  }
  return current;
}

/** A value as text stands for it within other text. */
export function shownAs(value: unknown): string {
  if (value instanceof Entity) return value.id;
  if (value instanceof Error) return value.message;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
