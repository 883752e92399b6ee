import type { Json } from "../../model/spec.ts";

/** A parsed `$brooklyn:` expression. */
export type DslNode =
  /** A value as it is, never looked into. */
  | { readonly kind: "constant"; readonly value: Json }
  /** A value that may hold further expressions. */
  | { readonly kind: "data"; readonly value: Json }
  | { readonly kind: "map"; readonly entries: readonly (readonly [string, DslNode])[] }
  | { readonly kind: "list"; readonly items: readonly DslNode[] }
  /** `fn(args)` on the entity in whose scope it is, or `target.fn(args)`. */
  | { readonly kind: "call"; readonly target: DslNode | undefined; readonly name: string; readonly args: readonly DslNode[] }
  | { readonly kind: "property"; readonly target: DslNode; readonly name: string }
  | { readonly kind: "index"; readonly target: DslNode; readonly index: DslNode };

/** What begins an expression. */
export const PREFIX = "$brooklyn:";

/** An expression that does not follow the grammar, or calls what there is not. */
export class DslSyntaxError extends Error {
  readonly expression: string;
  /** Into the expression, from 0. */
  readonly offset: number;
  readonly remedy: string | undefined;
  constructor(message: string, expression: string, offset: number, remedy?: string) {
    super(message);
    this.name = "DslSyntaxError";
    this.expression = expression;
    this.offset = offset;
    this.remedy = remedy;
  }
}
