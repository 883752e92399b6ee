import { isAlias, isMap, isPair, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { Json } from "../../model/spec.ts";
import type { RepeatedKey } from "./yaml-value.ts";

/** The way from the root of a document to a value in it. */
export type Path = readonly (string | number)[];

/** Counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A parsed text: its value, and where in the text each part of it stands, so that later errors can point there. */
export class YamlDocument {
  readonly value: Json;
  /** Where the text came from: a file's name, `catalog item "x:1"`; undefined for text sent to the server. */
  readonly source: string | undefined;
  readonly text: string;
  /** Keys that a map has more than once: the last value counts. */
  readonly repeated: readonly RepeatedKey[];
  readonly #root: Node | null;
  readonly #lines: LineCounter;

  constructor(init: { value: Json; source: string | undefined; text: string; repeated: readonly RepeatedKey[]; root: Node | null; lines: LineCounter }) {
    this.value = init.value;
    this.repeated = init.repeated;
    this.source = init.source;
    this.text = init.text;
    this.#root = init.root;
    this.#lines = init.lines;
  }

  /** Where a path stands: its key, or its value; the nearest parent's place when it came in through a merge. */
  positionOf(path: Path, part: "key" | "value" = "key"): Position | undefined {
    let place = offsetOf(this.#root);
    let node = this.#root;
    for (const [depth, step] of path.entries()) {
      const found = stepInto(node, step);
      if (found === undefined) break;
      const isLast = depth === path.length - 1;
      place = (isLast && part === "key" ? offsetOf(found.key) : undefined) ?? offsetOf(found.value) ?? offsetOf(found.key) ?? place;
      node = found.value;
    }
    return place === undefined ? undefined : this.at(place);
  }

  /** Where an offset into the text stands. */
  at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** The text of a part of the document, from its first character on, with its lines as far to the left as that one. */
  textOf(path: Path): string | undefined {
    let node = this.#root;
    for (const step of path) node = stepInto(node, step)?.value ?? null;
    const [start, , end] = node?.range ?? [];
    if (start === undefined || end === undefined) return undefined;
    const indent = new RegExp(`^ {0,${this.at(start).column - 1}}`, "gm");
    const rest = this.text.slice(start, end);
    return `${rest.replaceAll(indent, (spaces, offset: number) => (offset === 0 ? spaces : "")).trimEnd()}\n`;
  }

  /** A number or boolean at a path as it was written: the `7.10` that a version is, and not the number 7.1. */
  writtenAt(path: Path): string | undefined {
    let node = this.#root;
    for (const step of path) node = stepInto(node, step)?.value ?? null;
    return isScalar(node) && typeof node.source === "string" ? node.source : undefined;
  }
}

function stepInto(node: Node | null, step: string | number): { key: Node | null; value: Node | null } | undefined {
  if (isSeq(node) && typeof step === "number") {
    const item: unknown = node.items[step];
    if (isPair(item)) return { key: nodeOrNull(item.key), value: nodeOrNull(item.value) };
    return item === undefined ? undefined : { key: null, value: nodeOrNull(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.findLast((each) => isScalar(each.key) && String(each.key.value) === String(step));
  return pair === undefined ? undefined : { key: nodeOrNull(pair.key), value: nodeOrNull(pair.value) };
}

function nodeOrNull(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}

function offsetOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}
