import type { Expression, Operator } from "./expression.ts";
import { placeIn, TemplateError } from "./template-error.ts";
import { nextToken, type Token } from "./tokens.ts";

const DEEPEST = 100;

/** From the weakest to the strongest. */
const levels: readonly (readonly Operator[])[] = [["||"], ["&&"], ["==", "!="], ["<", "<=", ">", ">="], ["+", "-"], ["*", "/", "%"]];

/** Reads expressions of FreeMarker from a template, one after the other. */
export class ExpressionParser {
  readonly #text: string;
  readonly #end: number;
  /** Ends a directive: `>` is no operator there, as FreeMarker has it, unless within parentheses. */
  readonly #stopsAtGreater: boolean;
  #token: Token;
  #depth = 0;
  #parentheses = 0;

  constructor(text: string, from: number, end: number, options: { stopsAtGreater?: boolean } = {}) {
    this.#text = text;
    this.#end = end;
    this.#stopsAtGreater = options.stopsAtGreater ?? false;
    this.#token = this.#read(from);
  }

  get token(): Token {
    return this.#token;
  }

  /** @throws TemplateError */
  expression(): Expression {
    if (++this.#depth > DEEPEST) throw this.#fail("an expression is nested too deep");
    try {
      return this.#binary(0);
    } finally {
      this.#depth--;
    }
  }

  is(sign: string): boolean {
    return this.#token.kind === "sign" && this.#token.text === sign;
  }

  isWord(word: string): boolean {
    return this.#token.kind === "name" && this.#token.text === word;
  }

  /** Goes past a sign or word if it is there. */
  take(text: string): boolean {
    if (!this.is(text) && !this.isWord(text)) return false;
    this.next();
    return true;
  }

  expect(sign: string): void {
    if (!this.take(sign)) throw this.#fail(`"${sign}" is missing`);
  }

  name(): string {
    if (this.#token.kind !== "name") throw this.#fail("a name is missing");
    const { text } = this.#token;
    this.next();
    return text;
  }

  next(): void {
    this.#token = this.#read(this.#token.end);
  }

  expectEnd(): void {
    if (this.#token.kind !== "end") throw this.#fail(`"${this.#token.text.slice(0, 20)}" is not understood`);
  }

  #read(from: number): Token {
    const token = nextToken(this.#text, from, this.#end);
    if (token === undefined) throw new TemplateError(`"${this.#text.slice(from, Math.min(this.#end, from + 20)).trim()}" is not understood`, placeIn(this.#text, from));
    return token;
  }

  #fail(reason: string): TemplateError {
    return new TemplateError(reason, placeIn(this.#text, this.#token.start));
  }

  #binary(level: number): Expression {
    const operators = levels[level];
    if (operators === undefined) return this.#range();
    let left = this.#binary(level + 1);
    for (let operator = this.#operator(operators); operator !== undefined; operator = this.#operator(operators)) {
      this.next();
      const right = this.#binary(level + 1);
      left = { kind: "operation", operator, left, right, source: `${left.source} ${operator} ${right.source}` };
    }
    return left;
  }

  #operator(operators: readonly Operator[]): Operator | undefined {
    if (this.#token.kind !== "sign") return undefined;
    const text = this.#token.text === "=" ? "==" : this.#token.text;
    if (this.#stopsAtGreater && this.#parentheses === 0 && /^\/?>/.test(this.#text.slice(this.#token.start, this.#token.start + 2))) return undefined;
    return operators.find((each) => each === text);
  }

  #range(): Expression {
    const from = this.#unary();
    const sign = ["..<", "..!", "..*", ".."].find((each) => this.is(each));
    if (sign === undefined) return from;
    this.next();
    const isOpen = sign === ".." && (this.is("]") || this.is(")") || this.#token.kind === "end" || this.isWord("as"));
    const to = isOpen ? undefined : this.#unary();
    return { kind: "range", from, to, isExclusive: sign === "..<" || sign === "..!", isLength: sign === "..*", source: `${from.source}${sign}${to?.source ?? ""}` };
  }

  #unary(): Expression {
    if (this.is("!")) {
      this.next();
      const of = this.#unary();
      return { kind: "not", of, source: `!${of.source}` };
    }
    if (this.is("-") || this.is("+")) {
      const isMinus = this.is("-");
      this.next();
      const of = this.#unary();
      return isMinus ? { kind: "negative", of, source: `-${of.source}` } : of;
    }
    return this.#postfix(this.#primary());
  }

  #postfix(start: Expression): Expression {
    let of = start;
    for (;;) {
      if (this.is(".")) {
        this.next();
        const { text, kind } = this.#token;
        // After a dot any word is a name, operators' too.
        const name = kind === "name" ? text : this.#text.slice(this.#token.start, this.#token.end);
        if (!/^[\p{L}_$@*]/u.test(name)) throw this.#fail("a name is missing");
        this.next();
        of = { kind: "member", of, key: { kind: "constant", value: name, source: name }, source: `${of.source}.${name}` };
      } else if (this.is("[")) {
        const key = this.#between("[", "]");
        of = { kind: "member", of, key, source: `${of.source}[${key.source}]` };
      } else if (this.is("??")) {
        this.next();
        of = { kind: "exists", of, source: `${of.source}??` };
      } else if (this.is("!")) of = this.#default(of);
      else if (this.is("?")) of = this.#builtIn(of);
      else return of;
    }
  }

  #between(open: string, close: string): Expression {
    this.expect(open);
    this.#parentheses++;
    const inner = this.expression();
    this.#parentheses--;
    this.expect(close);
    return inner;
  }

  /** What follows the `!` directly is the default; nothing means empty text. */
  #default(of: Expression): Expression {
    this.next();
    const { kind, start } = this.#token;
    const begins = kind === "text" || kind === "raw" || kind === "number" || kind === "name" || this.is("(") || this.is("[") || this.is("{") || this.is("-");
    const isWord = kind === "name" && (this.isWord("as") || this.isWord("in") || this.isWord("using"));
    if (!begins || isWord || (kind === "name" && this.#text.charAt(start - 1) !== "!")) return { kind: "default", of, otherwise: undefined, source: `${of.source}!` };
    const otherwise = this.is("-") ? this.#unary() : this.#plainDefault();
    return { kind: "default", of, otherwise, source: `${of.source}!${otherwise.source}` };
  }

  /** A name's default goes on to its members; built-ins after it are for the whole, as they are in what people mean. */
  #plainDefault(): Expression {
    let value = this.#primary();
    while (this.is(".") || this.is("[")) {
      if (this.is("[")) {
        const key = this.#between("[", "]");
        value = { kind: "member", of: value, key, source: `${value.source}[${key.source}]` };
      } else {
        this.next();
        const name = this.name();
        value = { kind: "member", of: value, key: { kind: "constant", value: name, source: name }, source: `${value.source}.${name}` };
      }
    }
    return value;
  }

  #builtIn(of: Expression): Expression {
    this.next();
    const name = this.name();
    const args = this.is("(") ? this.#arguments() : [];
    return { kind: "built-in", of, name, args, source: `${of.source}?${name}` };
  }

  #arguments(): Expression[] {
    this.expect("(");
    this.#parentheses++;
    const args: Expression[] = [];
    while (!this.is(")")) {
      args.push(this.#argument());
      if (!this.take(",")) break;
    }
    this.#parentheses--;
    this.expect(")");
    return args;
  }

  /** An expression, or a function of one: `x -> x.name`. */
  #argument(): Expression {
    const value = this.expression();
    if (!this.is("->")) return value;
    if (value.kind !== "name") throw this.#fail("a name is missing before ->");
    this.next();
    const body = this.expression();
    return { kind: "function", parameters: [value.name], body, source: `${value.name} -> ${body.source}` };
  }

  #primary(): Expression {
    const { kind, text, start, end } = this.#token;
    const source = this.#text.slice(start, end);
    switch (kind) {
      case "number":
        this.next();
        return { kind: "constant", value: Number(text), source };
      case "raw":
        this.next();
        return { kind: "constant", value: text, source };
      case "text":
        this.next();
        return this.#withPlaces(text, start + 1, source);
      case "name":
        this.next();
        if (text === "true" || text === "false") return { kind: "constant", value: text === "true", source };
        return { kind: "name", name: text, source };
      case "end":
        throw this.#fail("an expression is missing");
      case "sign":
        return this.#compound();
    }
  }

  #compound(): Expression {
    if (this.is("(")) {
      const inner = this.#between("(", ")");
      return { ...inner, source: `(${inner.source})` };
    }
    if (this.is("[")) return this.#list();
    if (this.is("{")) return this.#map();
    throw this.#fail(`"${this.#token.text}" is not understood`);
  }

  #list(): Expression {
    this.expect("[");
    this.#parentheses++;
    const items: Expression[] = [];
    while (!this.is("]")) {
      items.push(this.expression());
      if (!this.take(",")) break;
    }
    this.#parentheses--;
    this.expect("]");
    return { kind: "list", items, source: `[${items.map((each) => each.source).join(", ")}]` };
  }

  #map(): Expression {
    this.expect("{");
    this.#parentheses++;
    const entries: (readonly [Expression, Expression])[] = [];
    while (!this.is("}")) {
      const key = this.expression();
      if (!this.take(":") && !this.take(",")) throw this.#fail('":" is missing');
      entries.push([key, this.expression()]);
      if (!this.take(",")) break;
    }
    this.#parentheses--;
    this.expect("}");
    return { kind: "map", entries, source: "{...}" };
  }

  /** Text in quotes, in which `${...}` is filled in. */
  #withPlaces(raw: string, offset: number, source: string): Expression {
    const parts: (string | Expression)[] = [];
    let from = 0;
    for (let at = raw.indexOf("${"); at >= 0; at = raw.indexOf("${", from)) {
      const end = raw.indexOf("}", at);
      if (end < 0) break;
      parts.push(unescaped(raw.slice(from, at)));
      const inner = new ExpressionParser(this.#text, offset + at + 2, offset + end);
      parts.push(inner.expression());
      inner.expectEnd();
      from = end + 1;
    }
    const rest = unescaped(raw.slice(from));
    return parts.length === 0 ? { kind: "constant", value: rest, source } : { kind: "text", parts: [...parts, rest], source };
  }
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", l: "<", g: ">", a: "&" };

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:x([0-9a-fA-F]{1,4})|(.))/gs, (_whole, code: string | undefined, char: string | undefined) => (code === undefined ? (escapes[char ?? ""] ?? char ?? "") : String.fromCodePoint(Number.parseInt(code, 16))));
}
