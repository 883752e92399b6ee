/** An expression of FreeMarker, as a tree. */
export type Expression = { readonly source: string } & (
  | { readonly kind: "constant"; readonly value: unknown }
  /** Text with `${...}` in it. */
  | { readonly kind: "text"; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: "range"; readonly from: Expression; readonly to: Expression | undefined; readonly isExclusive: boolean; readonly isLength: boolean }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "member"; readonly of: Expression; readonly key: Expression }
  | { readonly kind: "default"; readonly of: Expression; readonly otherwise: Expression | undefined }
  | { readonly kind: "exists"; readonly of: Expression }
  | { readonly kind: "built-in"; readonly of: Expression; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "function"; readonly parameters: readonly string[]; readonly body: Expression }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "negative"; readonly of: Expression }
  | { readonly kind: "operation"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
);

export type Operator = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";
