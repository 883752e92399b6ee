import { parseDsl } from "../../blueprint/dsl/index.ts";
import { ClockerError } from "../../model/errors.ts";

export interface ExternalReference {
  readonly supplier: string;
  readonly key: string;
}

/**
 * What a property's value means: a reference where it is `$brooklyn:external("supplier", "key")`, the text itself of `$brooklyn:literal("text")`, and any
 * other value as it is.
 * @throws ClockerError `invalid-value` for an expression that isn't understood; it never quotes the value
 */
export function externalReference(value: string): ExternalReference | string {
  if (!/^\$brooklyn:(external|literal)\b/.test(value)) return value;
  const node = parsed(value);
  if (node?.kind === "constant" && typeof node.value === "string") return node.value;
  const [first, second] = node?.kind === "call" && node.target === undefined ? node.args.map((arg) => (arg.kind === "constant" || arg.kind === "data" ? arg.value : undefined)) : [];
  if (node?.kind === "call" && node.name === "literal" && typeof first === "string") return first;
  if (node?.kind === "call" && node.name === "external" && typeof first === "string" && typeof second === "string") return { supplier: first, key: second };
  throw notUnderstood();
}

function parsed(value: string): ReturnType<typeof parseDsl> {
  try {
    return parseDsl(value);
  } catch {
    // Its message would quote the value.
    throw notUnderstood();
  }
}

function notUnderstood(): ClockerError {
  return new ClockerError("invalid-value", 'Cannot read an expression in the properties: expected $brooklyn:external("supplier", "key") or $brooklyn:literal("text")');
}
