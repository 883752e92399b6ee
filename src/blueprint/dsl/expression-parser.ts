import type { Json } from "../../model/spec.ts";
import { DslSyntaxError, type DslNode, PREFIX } from "./ast.ts";
import { arityOf } from "./function-names.ts";

/** Characters of a bare word: a name, a path, a number; quotes are for everything else. */
const WORD = /[^\s,()[\]{}"':]+(?::(?=[^\s,()[\]{}"'])[^\s,()[\]{}"':]*)*/y;
const NAME = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const SPACE = /\s*/y;
const DEEPEST = 60;

/** The most properties, indexes and calls one after the other. */
export const LONGEST_CHAIN = 100;

/**
 * Reads the inline form, `$brooklyn:component("db").attributeWhenReady("datastore.url")`. Inner calls need no prefix; white space and line
 * ends between parts mean nothing, so that folded text reads alike.
 * @throws DslSyntaxError
 */
export class ExpressionParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The whole text as one expression. */
  parse(): DslNode {
    this.#skip(PREFIX);
    const node = this.#postfix(this.#head());
    this.#space();
    if (this.#at < this.#text.length) this.#fail(`unexpected "${this.#text.slice(this.#at, this.#at + 20)}"`);
    return node;
  }

  /** The key of the map form, `$brooklyn:fn` or `$brooklyn:component("x").fn`: what is called, without its arguments. */
  parseReference(args: readonly DslNode[]): DslNode {
    this.#skip(PREFIX);
    const head = this.#match(WORD) ?? this.#fail("a function's name is missing");
    this.#at -= head.length;
    if (this.#at + head.length === this.#text.length && head.length < 200) return namedCall(head, args);
    const node = this.parse();
    if (node.kind !== "property") return this.#fail("the key of a map must end with a function's name, and the value holds its arguments");
    return { kind: "call", target: node.target, name: node.name, args };
  }

  /** The first part of an expression: `fn(args)`, or the name of a function that needs no arguments. */
  #head(): DslNode {
    this.#space();
    const start = this.#at;
    const word = this.#match(WORD) ?? this.#fail("a function's name is missing");
    if (word.split(".", LONGEST_CHAIN + 1).length > LONGEST_CHAIN) this.#failAt(start, `more than ${LONGEST_CHAIN} parts follow each other`);
    this.#space();
    if (this.#peek() === "(") return namedCall(word, this.#arguments());
    const [first = "", ...rest] = word.split(".");
    if (arityOf(first)?.least !== 0) return this.#failAt(start, arityOf(first) === undefined ? `"${word}" is no function` : `"${word}" needs its arguments in brackets`);
    return rest.reduce<DslNode>((target, name) => ({ kind: "property", target, name }), { kind: "call", target: undefined, name: first, args: [] });
  }

  /** `.fn(args)`, `.property`, `[0]`, `["key"]`, any number of them. */
  #postfix(head: DslNode): DslNode {
    let node = head;
    for (let links = 0; ; links++) {
      if (links > LONGEST_CHAIN) this.#fail(`more than ${LONGEST_CHAIN} parts follow each other`);
      this.#space();
      if (this.#skip(".")) {
        this.#space();
        const name = this.#match(NAME) ?? this.#fail("a name is missing after the dot");
        this.#space();
        node = this.#peek() === "(" ? { kind: "call", target: node, name, args: this.#arguments() } : { kind: "property", target: node, name };
      } else if (this.#skip("[")) {
        const index = this.#argument();
        this.#expect("]");
        node = { kind: "index", target: node, index };
      } else return node;
    }
  }

  #arguments(): DslNode[] {
    this.#expect("(");
    return this.#until(")", () => this.#argument());
  }

  /** Items with commas between them, up to a closing character. */
  #until<T>(close: string, item: () => T): T[] {
    if (++this.#depth > DEEPEST) this.#fail(`it is nested more than ${DEEPEST} levels deep`);
    const items: T[] = [];
    this.#space();
    while (!this.#skip(close)) {
      if (items.length > 0) this.#expect(",");
      items.push(item());
      this.#space();
      if (this.#at >= this.#text.length) this.#fail(`"${close}" is missing`);
    }
    this.#depth--;
    return items;
  }

  #argument(): DslNode {
    this.#space();
    const next = this.#peek();
    if (next === '"' || next === "'") return { kind: "constant", value: this.#quoted(next) };
    if (this.#skip("[")) return { kind: "list", items: this.#until("]", () => this.#argument()) };
    if (this.#skip("{")) return { kind: "map", entries: this.#until("}", () => this.#entry()) };
    const start = this.#at;
    if (this.#skip(PREFIX)) return this.#postfix(this.#head());
    const word = this.#match(WORD) ?? this.#fail("an argument is missing");
    this.#space();
    if (this.#peek() !== "(") return { kind: "constant", value: bareWord(word) };
    this.#at = start;
    return this.#postfix(this.#head());
  }

  #entry(): readonly [string, DslNode] {
    this.#space();
    const next = this.#peek();
    const key = next === '"' || next === "'" ? this.#quoted(next) : (this.#match(WORD) ?? this.#fail("a key is missing"));
    this.#expect(":", "=");
    return [key, this.#argument()];
  }

  /** Text in quotes with Java's escapes; a backslash before anything else stays, as in `\&`. */
  #quoted(quote: string): string {
    const start = this.#at++;
    let text = "";
    for (;;) {
      const char = this.#text[this.#at++];
      if (char === undefined) return this.#failAt(start, "a quoted text is not closed");
      if (char === quote) return text;
      if (char !== "\\") text += char;
      else text += unescaped(this.#text[this.#at++]);
    }
  }

  #expect(...wanted: string[]): void {
    this.#space();
    if (!wanted.some((each) => this.#skip(each))) this.#fail(`"${wanted[0]}" is missing${this.#at < this.#text.length ? ` before "${this.#text.slice(this.#at, this.#at + 20)}"` : ""}`);
  }

  #skip(wanted: string): boolean {
    if (!this.#text.startsWith(wanted, this.#at)) return false;
    this.#at += wanted.length;
    return true;
  }

  #space(): void {
    this.#match(SPACE);
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(message: string): never {
    return this.#failAt(this.#at, message);
  }

  #failAt(offset: number, message: string): never {
    throw new DslSyntaxError(message, this.#text, offset);
  }
}

/** `fn`, `function.regexReplacement`, or `self.attributeWhenReady` with its dots taken apart. */
function namedCall(word: string, args: readonly DslNode[]): DslNode {
  const parts = word.split(".");
  const name = parts.at(-1) ?? word;
  const [first = ""] = parts;
  if (arityOf(word) !== undefined || parts.length === 1 || arityOf(first)?.least !== 0) return { kind: "call", target: undefined, name: word, args };
  const target = parts.slice(1, -1).reduce<DslNode>((node, part) => ({ kind: "property", target: node, name: part }), { kind: "call", target: undefined, name: first, args: [] });
  return { kind: "call", target, name, args };
}

function bareWord(word: string): Json {
  if (/^-?\d{1,15}$/.test(word)) return Number(word);
  if (word === "true" || word === "false") return word === "true";
  return word === "null" ? null : word;
}

function unescaped(char: string | undefined): string {
  const known: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", '"': '"', "'": "'", "\\": "\\" };
  return char === undefined ? "\\" : (known[char] ?? `\\${char}`);
}
