import { arithmetic, evaluate, ExpressionError, isTrue, required, sum, type TemplateModel } from "./evaluate.ts";
import type { Expression } from "./expression.ts";
import type { TemplateNode } from "./nodes.ts";
import { type Macro, Scope } from "./scope.ts";
import { parseTemplate } from "./template-parser.ts";
import { placeIn, TemplateError } from "./template-error.ts";
import { asNumber, asText, isMap, isMissing } from "./values.ts";

/** What one rendering may do, so that a template cannot hold up the server: pieces that are rendered, and characters that come out. */
const MOST_STEPS = 200_000;
const LONGEST_RESULT = 20_000_000;
const DEEPEST_CALL = 50;

/**
 * Fills in a template of FreeMarker, which Brooklyn uses: `${...}` with defaults and built-ins, and the directives `if`, `list`, `items`, `sep`, `assign`, `switch`,
 * `macro`, `attempt`, `noparse`, `compress`, `stop`, comments. Numbers and booleans are written plainly, as for programs. There is no `include`.
 * @throws TemplateError with line and column
 */
export async function renderFreemarker(text: string, model: TemplateModel): Promise<string> {
  const rendering = new Rendering(text);
  await rendering.all(parseTemplate(text), new Scope(model));
  return rendering.result;
}

/** The value of a text that is one `${...}` and nothing else; undefined when it has none. Else as `renderFreemarker`. @throws TemplateError */
export async function evaluateFreemarker(text: string, model: TemplateModel): Promise<unknown> {
  const [only, ...others] = parseTemplate(text);
  if (only?.kind !== "place" || others.length > 0) return await renderFreemarker(text, model);
  return (await new Rendering(text).value(only.value, new Scope(model), only.at)) ?? undefined;
}

/** Ends a list or switch, goes on with the next item, ends a macro. */
type Leaving = "break" | "continue" | "return" | undefined;

interface ListState {
  readonly items: readonly unknown[];
  readonly isMap: boolean;
}

class Rendering {
  result = "";
  readonly #text: string;
  #steps = 0;
  #calls = 0;
  readonly #lists: ListState[] = [];
  /** Whether the item that is rendered is followed by another. */
  readonly #hasNext: boolean[] = [];
  readonly #nested: (() => Promise<Leaving>)[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  async all(nodes: readonly TemplateNode[], scope: Scope): Promise<Leaving> {
    // A macro may be called before it stands in the text.
    for (const node of nodes) if (node.kind === "macro") scope.macros.set(node.name, node);
    for (const node of nodes) {
      const leaving = await this.#one(node, scope);
      if (leaving !== undefined) return leaving;
    }
    return undefined;
  }

  async value(expression: Expression, scope: Scope, at: number): Promise<unknown> {
    return await this.#explained(at, () => evaluate(expression, scope));
  }

  async #one(node: TemplateNode, scope: Scope): Promise<Leaving> {
    if (node.kind === "text") {
      this.#write(node.text, 0);
      return undefined;
    }
    if (++this.#steps > MOST_STEPS) throw this.#fail("it does more than a template may", node.at);
    switch (node.kind) {
      case "place":
        this.#write(await this.#shown(node.value, scope, node.at), node.at);
        return undefined;
      case "if":
        return await this.#if(node, scope);
      case "list":
        return await this.#list(node, scope);
      case "items":
        return await this.#items(node, scope);
      case "sep":
        return this.#hasNext.at(-1) === true ? await this.all(node.body, scope) : undefined;
      case "assign":
        await this.#assign(node, scope);
        return undefined;
      case "capture":
        scope.assign(node.name, await this.#captured(node.body, scope));
        return undefined;
      case "switch":
        return await this.#switch(node, scope);
      case "macro":
        return undefined;
      case "call":
        return await this.#call(node, scope);
      case "nested":
        return await this.#nested.at(-1)?.();
      case "attempt":
        return await this.#attempt(node, scope);
      case "compress":
        this.#write((await this.#captured(node.body, scope)).replaceAll(/\s*\n\s*/g, "\n").replaceAll(/[ \t]+/g, " ").trim(), node.at);
        return undefined;
      case "stop":
        throw this.#fail(node.message === undefined ? "it stops here" : asText(required(await this.value(node.message, scope, node.at), node.message)), node.at);
      default:
        return node.kind;
    }
  }

  #write(text: string, at: number): void {
    this.result += text;
    if (this.result.length > LONGEST_RESULT) throw this.#fail(`the result is longer than ${LONGEST_RESULT} characters`, at);
  }

  async #shown(expression: Expression, scope: Scope, at: number): Promise<string> {
    const value = await this.value(expression, scope, at);
    const source = `\${${expression.source}}`;
    if (isMissing(value)) throw this.#fail(`${source} has no value`, at, `Give it one, or a default: \${${expression.source.trim()}!"..."}`);
    if (typeof value === "object") throw this.#fail(`${source} is a list or a map, which cannot be written as text`, at, "Use ?lines, ?join or ?json, or name one of its items");
    return asText(value);
  }

  async #if({ branches, at }: TemplateNode & { kind: "if" }, scope: Scope): Promise<Leaving> {
    for (const { condition, body } of branches) {
      if (condition === undefined || (await this.#explained(at, () => isTrue(condition, scope)))) return await this.all(body, scope);
    }
    return undefined;
  }

  async #list(node: TemplateNode & { kind: "list" }, scope: Scope): Promise<Leaving> {
    const value = await this.value(node.items, scope, node.at);
    if (isMissing(value)) throw this.#fail(`"${node.items.source}" has no value`, node.at, `Give it a default: ${node.items.source}![]`);
    const list: ListState = isMap(value) ? { items: Object.entries(value), isMap: true } : Array.isArray(value) ? { items: value as unknown[], isMap: false } : { items: [value], isMap: false };
    if (list.items.length === 0) return await this.all(node.otherwise, scope);
    this.#lists.push(list);
    try {
      return node.names.length > 0 ? await this.#each(list, node.names, node.body, scope) : await this.all(node.body, scope);
    } finally {
      this.#lists.pop();
    }
  }

  async #items({ names, body, at }: TemplateNode & { kind: "items" }, scope: Scope): Promise<Leaving> {
    const list = this.#lists.at(-1);
    if (list === undefined) throw this.#fail("<#items> stands in no <#list>", at);
    return await this.#each(list, names, body, scope);
  }

  async #each({ items, isMap: isOfMap }: ListState, names: readonly string[], body: readonly TemplateNode[], scope: Scope): Promise<Leaving> {
    const [first = "", second] = names;
    for (const [index, item] of items.entries()) {
      const loop = { index, size: items.length };
      const [key, value] = isOfMap && Array.isArray(item) ? (item as unknown[]) : [index, item];
      const inner = scope.with(first, second !== undefined || isOfMap ? key : value, loop);
      if (second !== undefined) inner.set(second, value, loop);
      this.#hasNext.push(index + 1 < items.length);
      const leaving = await this.all(body, inner);
      this.#hasNext.pop();
      if (leaving === "break") return undefined;
      if (leaving === "return") return leaving;
    }
    return undefined;
  }

  async #assign({ name, value, operator, at }: TemplateNode & { kind: "assign" }, scope: Scope): Promise<void> {
    const given = await this.#explained(at, async () => required(await evaluate(value, scope), value));
    if (operator === "=") return scope.assign(name, given);
    const before = scope.get(name);
    await this.#explained(at, async () => {
      if (isMissing(before)) throw new ExpressionError(`"${name}" has no value`);
      const sign = operator.charAt(0);
      scope.assign(name, sign === "+" ? sum(before, given) : arithmetic(sign === "-" ? "-" : sign === "*" ? "*" : sign === "/" ? "/" : "%", asNumber(before), asNumber(given)));
    });
  }

  async #captured(body: readonly TemplateNode[], scope: Scope): Promise<string> {
    const before = this.result;
    this.result = "";
    try {
      await this.all(body, scope);
      return this.result;
    } finally {
      this.result = before;
    }
  }

  /** A case goes on into the next one, unless it breaks. */
  async #switch({ value, cases, at }: TemplateNode & { kind: "switch" }, scope: Scope): Promise<Leaving> {
    const wanted = await this.#explained(at, async () => required(await evaluate(value, scope), value));
    let from = -1;
    for (const [index, each] of cases.entries()) {
      const of = each.value;
      if (of === undefined || from >= 0) continue;
      if (asText(await this.#explained(at, async () => required(await evaluate(of, scope), of))) === asText(wanted)) from = index;
    }
    if (from < 0) from = cases.findIndex((each) => each.value === undefined);
    for (const { body } of from < 0 ? [] : cases.slice(from)) {
      const leaving = await this.all(body, scope);
      if (leaving === "break") return undefined;
      if (leaving !== undefined) return leaving;
    }
    return undefined;
  }

  async #call(node: TemplateNode & { kind: "call" }, scope: Scope): Promise<Leaving> {
    const macro = scope.macros.get(node.name);
    if (macro === undefined) throw this.#fail(`there is no macro "${node.name}"`, node.at);
    if (++this.#calls > DEEPEST_CALL) throw this.#fail(`macro "${node.name}" is called too deep`, node.at);
    const inner = new Scope(scope.model, scope);
    await this.#bind(macro, node, inner, scope);
    this.#nested.push(() => this.all(node.body, scope));
    try {
      const leaving = await this.all(macro.body, inner);
      return leaving === "return" ? undefined : leaving;
    } finally {
      this.#nested.pop();
      this.#calls--;
    }
  }

  async #bind(macro: Macro, node: TemplateNode & { kind: "call" }, inner: Scope, scope: Scope): Promise<void> {
    const named = new Map(node.named);
    for (const [index, { name, otherwise }] of macro.parameters.entries()) {
      const given = named.get(name) ?? node.positional[index];
      const value = given === undefined ? (otherwise === undefined ? undefined : await this.value(otherwise, inner, macro.at)) : await this.value(given, scope, node.at);
      if (isMissing(value)) throw this.#fail(`macro "${node.name}" needs "${name}"`, node.at);
      inner.set(name, value);
    }
  }

  async #attempt({ body, recover }: TemplateNode & { kind: "attempt" }, scope: Scope): Promise<Leaving> {
    const before = this.result;
    try {
      return await this.all(body, scope);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      this.result = before;
      return await this.all(recover, scope.with("error", error.reason));
    }
  }

  async #explained<T>(at: number, body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      if (error instanceof ExpressionError) throw this.#fail(error.message, at, error.remedy);
      if (error instanceof Error && error.constructor === Error) throw this.#fail(error.message, at);
      throw error;
    }
  }

  #fail(reason: string, at: number, remedy?: string): TemplateError {
    return new TemplateError(reason, placeIn(this.#text, at), remedy);
  }
}
