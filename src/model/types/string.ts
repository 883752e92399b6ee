import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

const expected = "text";

/** Text. Numbers and booleans that YAML read as such are taken back as text, as Brooklyn does. */
export const stringType: ValueType<string> = {
  name: "java.lang.String",
  expected,
  coerce: (value) => textOf(value) ?? refuse(value),
  toJson: (value) => value,
};

/** Text that is never shown: an error does not carry the value. */
export const secretType: ValueType<string> = {
  ...stringType,
  coerce: (value) => textOf(value) ?? refuse("<suppressed>"),
};

/** A scalar as text; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" ? String(value) : undefined;
}

function refuse(value: unknown): never {
  throw new CoercionError(value, expected);
}
