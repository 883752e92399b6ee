import type { ValueType } from "../value-type.ts";

/** Any value, as it is. */
export const jsonType: ValueType<unknown> = {
  name: "java.lang.Object",
  expected: "any value",
  coerce: (value) => value,
  toJson: (value) => value,
};

/** A predicate as Brooklyn writes it in YAML (reference, 3.10): a map, or a bare value that means "equals". Its reader gives it meaning. */
export const predicateType: ValueType<unknown> = { ...jsonType, name: "com.google.common.base.Predicate", expected: "a predicate" };
