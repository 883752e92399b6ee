import type { Expression } from "./expression.ts";

/** A piece of a template; `at` is where in its text it begins. */
export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "place"; readonly value: Expression; readonly at: number }
  | { readonly kind: "if"; readonly branches: readonly { readonly condition: Expression | undefined; readonly body: readonly TemplateNode[] }[]; readonly at: number }
  | { readonly kind: "list"; readonly items: Expression; readonly names: readonly string[]; readonly body: readonly TemplateNode[]; readonly otherwise: readonly TemplateNode[]; readonly at: number }
  /** The items of the list that it stands in. */
  | { readonly kind: "items"; readonly names: readonly string[]; readonly body: readonly TemplateNode[]; readonly at: number }
  /** Between items only. */
  | { readonly kind: "sep"; readonly body: readonly TemplateNode[]; readonly at: number }
  | { readonly kind: "assign"; readonly name: string; readonly value: Expression; readonly operator: "=" | "+=" | "-=" | "*=" | "/=" | "%="; readonly at: number }
  | { readonly kind: "capture"; readonly name: string; readonly body: readonly TemplateNode[]; readonly at: number }
  | { readonly kind: "switch"; readonly value: Expression; readonly cases: readonly { readonly value: Expression | undefined; readonly body: readonly TemplateNode[] }[]; readonly at: number }
  | { readonly kind: "macro"; readonly name: string; readonly parameters: readonly { readonly name: string; readonly otherwise: Expression | undefined }[]; readonly body: readonly TemplateNode[]; readonly at: number }
  | { readonly kind: "call"; readonly name: string; readonly named: readonly (readonly [string, Expression])[]; readonly positional: readonly Expression[]; readonly body: readonly TemplateNode[]; readonly at: number }
  | { readonly kind: "nested"; readonly at: number }
  | { readonly kind: "attempt"; readonly body: readonly TemplateNode[]; readonly recover: readonly TemplateNode[]; readonly at: number }
  | { readonly kind: "compress"; readonly body: readonly TemplateNode[]; readonly at: number }
  | { readonly kind: "stop"; readonly message: Expression | undefined; readonly at: number }
  | { readonly kind: "break" | "continue" | "return"; readonly at: number };
