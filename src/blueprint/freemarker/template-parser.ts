import { ExpressionParser } from "./expression-parser.ts";
import type { Expression } from "./expression.ts";
import type { TemplateNode } from "./nodes.ts";
import { type Range, tagLines, without } from "./tag-lines.ts";
import { placeIn, TemplateError } from "./template-error.ts";

const DEEPEST = 100;
/** What can begin something that is not text. */
const SPECIAL = /\$\{|<#--|<\/?[#@]/g;
const TAG = /<(\/?)([#@])([A-Za-z_][\w.]*)?/y;

interface Tag {
  readonly isEnd: boolean;
  readonly isMacro: boolean;
  readonly name: string;
  readonly start: number;
  /** Where its arguments begin. */
  readonly from: number;
}

type Made = readonly TemplateNode[];

/** Reads a template of FreeMarker. @throws TemplateError */
export function parseTemplate(text: string): Made {
  const first = new TemplateParser(text, []);
  const nodes = first.whole();
  // Which lines have nothing but tags is known when all tags are.
  const lines = first.tags.length === 0 ? [] : tagLines(text, first.tags.toSorted((x, y) => x.start - y.start));
  return lines.length === 0 ? nodes : new TemplateParser(text, lines).whole();
}

class TemplateParser {
  /** Those that were read. */
  readonly tags: Range[] = [];
  readonly #text: string;
  readonly #leftOut: readonly Range[];
  #at = 0;
  #depth = 0;
  /** The tag that ended the block that was read last. */
  #ended: Tag | undefined;

  /** @param leftOut of the text, what does not come into the result */
  constructor(text: string, leftOut: readonly Range[]) {
    this.#text = text;
    this.#leftOut = leftOut;
  }

  whole(): Made {
    return this.#block([], undefined);
  }

  /**
   * Everything up to one of the tags that end or divide the block.
   * @param ends names as `/if`, `else`
   */
  #block(ends: readonly string[], opener: Tag | undefined): TemplateNode[] {
    if (++this.#depth > DEEPEST) throw this.#fail("directives are nested too deep", this.#at);
    const nodes: TemplateNode[] = [];
    for (;;) {
      SPECIAL.lastIndex = this.#at;
      const found = SPECIAL.exec(this.#text);
      const start = found?.index ?? this.#text.length;
      this.#addText(nodes, start);
      if (found === null) {
        if (opener !== undefined) throw this.#fail(`<#${opener.name}> is not ended`, opener.start);
        this.#depth--;
        return nodes;
      }
      if (found[0] === "${") nodes.push(this.#place(start));
      else if (found[0] === "<#--") this.#comment(start);
      else {
        const tag = this.#tag(start);
        const key = `${tag.isEnd ? "/" : ""}${tag.isMacro ? "@" : ""}${tag.name}`;
        if (ends.includes(key) || (tag.isEnd && tag.isMacro && ends.includes("/@"))) {
          this.#ended = tag;
          this.#at = tag.from;
          if (tag.isEnd) this.#note(start);
          this.#depth--;
          return nodes;
        }
        if (tag.isEnd) throw this.#fail(`</${tag.isMacro ? "@" : "#"}${tag.name}> ends nothing`, start);
        const node = tag.isMacro ? this.#call(tag) : this.#directive(tag);
        if (node !== undefined) nodes.push(...node);
      }
    }
  }

  #addText(nodes: TemplateNode[], end: number): void {
    const text = without(this.#text, this.#at, end, this.#leftOut);
    if (text !== "") nodes.push({ kind: "text", text });
    this.#at = end;
  }

  #place(start: number): TemplateNode {
    const end = endOfPlace(this.#text, start + 2);
    if (end < 0) throw this.#fail(`"${this.#text.slice(start, start + 40)}" does not end with }`, start);
    const parser = new ExpressionParser(this.#text, start + 2, end);
    const value = this.#whole(parser, start, end);
    this.#at = end + 1;
    return { kind: "place", value: { ...value, source: this.#text.slice(start + 2, end) }, at: start };
  }

  #whole(parser: ExpressionParser, start: number, end: number): Expression {
    try {
      const value = parser.expression();
      parser.expectEnd();
      return value;
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw this.#fail(`"${this.#text.slice(start, end + 1)}" is not understood: ${error.reason}`, start);
    }
  }

  #comment(start: number): void {
    const end = this.#text.indexOf("-->", start);
    if (end < 0) throw this.#fail("a comment is not ended with -->", start);
    this.#at = end + 3;
    this.#note(start);
  }

  #tag(start: number): Tag {
    TAG.lastIndex = start;
    const [whole = "", slash, sign, name = ""] = TAG.exec(this.#text) ?? [];
    const tag = { isEnd: slash === "/", isMacro: sign === "@", name, start, from: start + whole.length };
    return tag.isEnd ? { ...tag, from: this.#endOfTag(tag.from, start) } : tag;
  }

  /** Goes past the `>` of a tag, and past the rest of its line where the tag stands alone there. */
  #close(tag: Tag, parser: ExpressionParser): { isEmpty: boolean } {
    const isEmpty = parser.take("/");
    const { start } = parser.token;
    if (this.#text.charAt(start) !== ">") throw this.#fail(`"${this.#text.slice(start, start + 20)}" is not understood in <${tag.isMacro ? "@" : "#"}${tag.name}>`, start);
    this.#at = start + 1;
    this.#note(tag.start);
    return { isEmpty };
  }

  #endOfTag(from: number, start: number): number {
    const end = this.#text.indexOf(">", from);
    if (end < 0) throw this.#fail("a tag is not ended with >", start);
    return end + 1;
  }

  /** The parser of a tag's arguments. */
  #arguments(tag: Tag): ExpressionParser {
    return new ExpressionParser(this.#text, tag.from, this.#text.length, { stopsAtGreater: true });
  }

  /** A tag or a comment that has been read up to here. */
  #note(start: number): void {
    this.tags.push({ start, end: this.#at });
  }

  #bare(tag: Tag): void {
    this.#close(tag, this.#arguments(tag));
  }

  #fail(reason: string, offset: number, remedy?: string): TemplateError {
    return new TemplateError(reason, placeIn(this.#text, offset), remedy);
  }

  #directive(tag: Tag): Made | undefined {
    const at = tag.start;
    switch (tag.name) {
      case "if":
        return [this.#if(tag, at)];
      case "list":
        return [this.#list(tag, at)];
      case "items":
        return [this.#items(tag, at)];
      case "sep":
        return [this.#sep(tag, at)];
      case "assign":
      case "global":
      case "local":
        return this.#assign(tag, at);
      case "switch":
        return [this.#switch(tag, at)];
      case "macro":
        return [this.#macro(tag, at)];
      case "nested":
        this.#bare(tag);
        return [{ kind: "nested", at }];
      case "attempt":
        return [this.#attempt(tag, at)];
      case "compress":
        this.#bare(tag);
        return [{ kind: "compress", body: this.#ending(tag, "/compress"), at }];
      case "noparse":
        return [this.#noparse(tag)];
      case "stop":
        return [this.#stop(tag, at)];
      case "break":
      case "continue":
      case "return":
        this.#bare(tag);
        return [{ kind: tag.name, at }];
      // How the result is made of white space and numbers: numbers are plain, and lines of tags alone leave none.
      case "ftl":
      case "setting":
      case "t":
      case "lt":
      case "rt":
      case "nt":
      case "flush":
        this.#at = this.#endOfTag(tag.from, tag.start);
        this.#note(tag.start);
        return undefined;
      case "include":
      case "import":
        throw this.#fail(`it uses <#${tag.name}>, and there are no other templates to take`, tag.start, "Put the text into the template itself");
      default:
        throw this.#fail(`it uses <#${tag.name}>, which is not understood`, tag.start, "Write r\"...\" or <#noparse> around what is meant as it stands");
    }
  }

  /** A body up to its one end. */
  #ending(tag: Tag, end: string): TemplateNode[] {
    return this.#block([end], tag);
  }

  #if(tag: Tag, at: number): TemplateNode {
    const branches: { condition: Expression | undefined; body: Made }[] = [];
    let opener = tag;
    for (let isLast = false; !isLast; ) {
      let condition: Expression | undefined;
      if (opener.name === "else") this.#bare(opener);
      else {
        const parser = this.#arguments(opener);
        condition = parser.expression();
        this.#close(opener, parser);
      }
      const body = this.#block(opener.name === "else" ? ["/if"] : ["/if", "else", "elseif", "elseIf"], tag);
      branches.push({ condition, body });
      const ended = this.#ended ?? opener;
      isLast = ended.isEnd;
      opener = ended;
    }
    return { kind: "if", branches, at };
  }

  #list(tag: Tag, at: number): TemplateNode {
    const parser = this.#arguments(tag);
    const items = parser.expression();
    const names = parser.take("as") ? this.#names(parser) : [];
    this.#close(tag, parser);
    const body = this.#block(["/list", "else"], tag);
    let otherwise: Made = [];
    if (this.#ended?.name === "else") {
      this.#bare(this.#ended);
      otherwise = this.#block(["/list"], tag);
    }
    return { kind: "list", items, names, body, otherwise, at };
  }

  #names(parser: ExpressionParser): string[] {
    const first = parser.name();
    return parser.take(",") ? [first, parser.name()] : [first];
  }

  #items(tag: Tag, at: number): TemplateNode {
    const parser = this.#arguments(tag);
    parser.expect("as");
    const names = this.#names(parser);
    this.#close(tag, parser);
    return { kind: "items", names, body: this.#ending(tag, "/items"), at };
  }

  /** Its end may be left out: then it goes to the end of the list's body. */
  #sep(tag: Tag, at: number): TemplateNode {
    this.#bare(tag);
    const body = this.#block(["/sep", "/list", "/items", "else"], tag);
    const ended = this.#ended;
    if (ended !== undefined && ended.name !== "sep") this.#at = ended.start;
    return { kind: "sep", body, at };
  }

  #assign(tag: Tag, at: number): Made {
    const parser = this.#arguments(tag);
    const made: TemplateNode[] = [];
    while (parser.token.kind === "name" || parser.token.kind === "text") {
      const name = parser.token.text;
      parser.next();
      if (this.#text.charAt(parser.token.start) === ">" && made.length === 0) {
        this.#close(tag, parser);
        return [{ kind: "capture", name, body: this.#ending(tag, `/${tag.name}`), at }];
      }
      const operator = this.#assignment(parser);
      made.push({ kind: "assign", name, value: parser.expression(), operator, at });
      parser.take(",");
    }
    if (made.length === 0) throw this.#fail(`<#${tag.name}> needs a name`, tag.start);
    this.#close(tag, parser);
    return made;
  }

  #assignment(parser: ExpressionParser): "=" | "+=" | "-=" | "*=" | "/=" | "%=" {
    const sign = (["+", "-", "*", "/", "%"] as const).find((each) => parser.is(each));
    if (sign !== undefined) parser.next();
    parser.expect("=");
    return sign === undefined ? "=" : `${sign}=`;
  }

  #switch(tag: Tag, at: number): TemplateNode {
    const parser = this.#arguments(tag);
    const value = parser.expression();
    this.#close(tag, parser);
    this.#block(["case", "default", "/switch"], tag);
    const cases: { value: Expression | undefined; body: Made }[] = [];
    while (this.#ended !== undefined && !this.#ended.isEnd) {
      const opener = this.#ended;
      const inner = this.#arguments(opener);
      const of = opener.name === "case" ? inner.expression() : undefined;
      this.#close(opener, inner);
      cases.push({ value: of, body: this.#block(["case", "default", "/switch"], tag) });
    }
    return { kind: "switch", value, cases, at };
  }

  #macro(tag: Tag, at: number): TemplateNode {
    const parser = this.#arguments(tag);
    const name = parser.name();
    const parameters: { name: string; otherwise: Expression | undefined }[] = [];
    while (parser.token.kind === "name") {
      const parameter = parser.name();
      parameters.push({ name: parameter, otherwise: parser.take("=") ? parser.expression() : undefined });
    }
    this.#close(tag, parser);
    return { kind: "macro", name, parameters, body: this.#ending(tag, "/macro"), at };
  }

  #call(tag: Tag): Made {
    const at = tag.start;
    const parser = this.#arguments(tag);
    const named: [string, Expression][] = [];
    const positional: Expression[] = [];
    while (parser.token.kind !== "end" && !parser.is("/") && this.#text.charAt(parser.token.start) !== ">") {
      const { kind, text, end } = parser.token;
      if (kind === "name" && /^\s*=(?!=)/.test(this.#text.slice(end, end + 20))) {
        parser.next();
        parser.expect("=");
        named.push([text, parser.expression()]);
      } else positional.push(parser.expression());
      parser.take(",");
    }
    const { isEmpty } = this.#close(tag, parser);
    const body = isEmpty ? [] : this.#block(["/@"], tag);
    return [{ kind: "call", name: tag.name, named, positional, body, at }];
  }

  #attempt(tag: Tag, at: number): TemplateNode {
    this.#bare(tag);
    const body = this.#block(["recover"], tag);
    if (this.#ended !== undefined) this.#bare(this.#ended);
    const recover = this.#block(["/attempt", "/recover"], tag);
    return { kind: "attempt", body, recover, at };
  }

  #noparse(tag: Tag): TemplateNode {
    this.#bare(tag);
    const end = this.#text.indexOf("</#noparse>", this.#at);
    if (end < 0) throw this.#fail("<#noparse> is not ended", tag.start);
    const text = this.#text.slice(this.#at, end);
    this.#at = end + "</#noparse>".length;
    this.tags.push({ start: end, end: this.#at });
    return { kind: "text", text };
  }

  #stop(tag: Tag, at: number): TemplateNode {
    const parser = this.#arguments(tag);
    const message = this.#text.charAt(parser.token.start) === ">" ? undefined : parser.expression();
    this.#close(tag, parser);
    return { kind: "stop", message, at };
  }
}

/** The closing brace, looking past quoted text and inner braces; -1 when there is none. */
function endOfPlace(text: string, from: number): number {
  let quote = "";
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote !== "") {
      if (char === "\\") i++;
      else if (char === quote) quote = "";
    } else if (char === '"' || char === "'") quote = char;
    else if (char === "{") depth++;
    else if (char === "}" && depth-- === 0) return i;
  }
  return -1;
}
