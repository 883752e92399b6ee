import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { Json } from "../../model/spec.ts";

/** A fault in a document that parses, with the offset at which it stands. */
export class YamlFault extends Error {
  readonly offset: number | undefined;
  constructor(message: string, offset: number | undefined) {
    super(message);
    this.name = "YamlFault";
    this.offset = offset;
  }
}

export interface ValueLimits {
  /** Nesting of maps and lists. */
  readonly depth: number;
  /** Values once all aliases are written out. */
  readonly values: number;
}

/** A key that a map has more than once, where it stands again. */
export interface RepeatedKey {
  readonly key: string;
  readonly offset: number | undefined;
}

/**
 * The plain JSON of a document: aliases written out, `<<` merged, keys as text, a set (`!!set`) as the list of what is in it. The last value of a
 * repeated key counts, as with the parser that Brooklyn has, and the key is told of. The library's own conversion is not used because its checks
 * for repeated keys and its look-up of aliases take time with the square of the size.
 * @throws YamlFault
 */
export function valueOf(root: Node | null, limits: ValueLimits): { value: Json; repeated: readonly RepeatedKey[] } {
  const conversion = new Conversion(limits);
  return { value: conversion.value(root, 0), repeated: conversion.repeated };
}

class Conversion {
  readonly #limits: ValueLimits;
  readonly #anchors = new Map<string, Node>();
  /** Anchored nodes that are being written out: an alias to one of them would never end. */
  readonly #open = new Set<Node>();
  readonly repeated: RepeatedKey[] = [];
  #values = 0;

  constructor(limits: ValueLimits) {
    this.#limits = limits;
  }

  value(node: unknown, depth: number): Json {
    if (++this.#values > this.#limits.values) throw new YamlFault(`it grows to more than ${this.#limits.values} values through its aliases`, offsetOf(node));
    if (depth > this.#limits.depth) throw new YamlFault(`it is nested more than ${this.#limits.depth} levels deep`, offsetOf(node));
    if (isAlias(node)) return this.value(this.#target(node.source, node), depth + 1);
    if (isScalar(node)) {
      this.#remember(node.anchor, node);
      return scalarOf(node.value, node.source);
    }
    if (!isMap(node) && !isSeq(node)) return null;
    this.#remember(node.anchor, node);
    if (this.#open.has(node)) throw new YamlFault("an alias refers to what it stands in", offsetOf(node));
    this.#open.add(node);
    const value = isMap(node) ? this.#map(node, depth) : node.items.map((item) => this.value(item, depth + 1));
    this.#open.delete(node);
    return value;
  }

  #map(map: YAMLMap, depth: number): Json {
    const own = new Map<string, Json>();
    const merged = new Map<string, Json>();
    for (const pair of map.items) {
      const key = keyOf(pair);
      if (isScalar(pair.key)) this.#remember(pair.key.anchor, pair.key);
      const value = this.value(pair.value, depth + 1);
      if (key === "<<" && !isQuoted(pair.key)) for (const [name, each] of mergedEntries(value, pair)) merged.set(name, merged.get(name) ?? each);
      else {
        if (own.has(key)) this.repeated.push({ key, offset: offsetOf(pair.key) });
        own.set(key, value);
      }
    }
    if (map.tag === "tag:yaml.org,2002:set") return [...own.keys()];
    // `fromEntries` defines each key as data, `__proto__` too.
    return Object.fromEntries(merged.size === 0 ? own : new Map([...merged, ...own]));
  }

  #remember(anchor: string | undefined, node: Node): void {
    if (anchor !== undefined) this.#anchors.set(anchor, node);
  }

  #target(name: string, alias: unknown): Node {
    const target = this.#anchors.get(name);
    if (target === undefined) throw new YamlFault(`the alias "*${name}" has no anchor before it`, offsetOf(alias));
    return target;
  }
}

function scalarOf(value: unknown, source: string | undefined): Json {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "number") return source ?? null;
  // JSON has no infinity, and a whole number beyond 53 bits would silently become another one: both stay text.
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? value : (source ?? String(value));
}

function keyOf(pair: Pair): string {
  const { key } = pair;
  const value: unknown = isScalar(key) && key.value !== null ? (key.source ?? key.value) : isScalar(key) ? null : key;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === null) throw new YamlFault("a key is empty", offsetOf(key) ?? offsetOf(pair.value));
  throw new YamlFault("a key must be text, not a map or a list", offsetOf(key));
}

function mergedEntries(value: Json, pair: Pair): [string, Json][] {
  if (Array.isArray(value)) return value.flatMap((each) => mergedEntries(each, pair));
  if (typeof value === "object" && value !== null) return Object.entries(value);
  throw new YamlFault('"<<" must be given a map or an alias of one', offsetOf(pair.key));
}

function isQuoted(key: unknown): boolean {
  return isScalar(key) && (key.type === "QUOTE_DOUBLE" || key.type === "QUOTE_SINGLE");
}

function offsetOf(node: unknown): number | undefined {
  return isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
}
