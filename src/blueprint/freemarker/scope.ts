import type { TemplateModel } from "./evaluate.ts";
import type { TemplateNode } from "./nodes.ts";

/** What a list's item stands on. */
export interface Loop {
  readonly index: number;
  readonly size: number;
}

export type Macro = TemplateNode & { readonly kind: "macro" };

/** The names that a template has given values itself; inner scopes see the outer ones. */
export class Scope {
  readonly model: TemplateModel;
  readonly #outer: Scope | undefined;
  readonly #values = new Map<string, unknown>();
  readonly #loops = new Map<string, Loop>();
  readonly macros: Map<string, Macro>;

  constructor(model: TemplateModel, outer?: Scope) {
    this.model = model;
    this.#outer = outer;
    this.macros = outer?.macros ?? new Map<string, Macro>();
  }

  has(name: string): boolean {
    return this.#values.has(name) || this.#outer?.has(name) === true;
  }

  get(name: string): unknown {
    return this.#values.has(name) ? this.#values.get(name) : this.#outer?.get(name);
  }

  loop(name: string): Loop | undefined {
    return this.#loops.get(name) ?? (this.#values.has(name) ? undefined : this.#outer?.loop(name));
  }

  /** Assigns where the whole template sees it (`<#assign>`). */
  assign(name: string, value: unknown): void {
    if (this.#outer === undefined) this.#values.set(name, value);
    else this.#outer.assign(name, value);
  }

  /** A scope within this one, with one more name. */
  with(name: string, value: unknown, loop?: Loop): Scope {
    const inner = new Scope(this.model, this);
    inner.set(name, value, loop);
    return inner;
  }

  set(name: string, value: unknown, loop?: Loop): void {
    this.#values.set(name, value);
    if (loop !== undefined) this.#loops.set(name, loop);
  }
}
