import type { Entity } from "./entity.ts";
import { ClockerError } from "./errors.ts";
import { predicateOf } from "./predicate/predicate.ts";
import { CoercionError, type ValueType } from "./value-type.ts";

/** Whether a value, or an entity, meets a condition of a blueprint. Nothing, null included, meets only conditions on absence. */
export type Condition = (value: unknown, entity?: Entity) => boolean;

/** The longest text that a pattern is compared with: characters. */
const LONGEST = 100_000;

/** A condition as config holds it (reference, 3.10), read once. */
export const conditionType: ValueType<Condition> = {
  name: "com.google.common.base.Predicate",
  expected: "a predicate",
  coerce: (value) => {
    if (typeof value === "function") return (subject) => Boolean(Reflect.apply(value, undefined, [subject]));
    try {
      const predicate = predicateOf(value, matchesWhole);
      return (subject, entity) => (subject === undefined || subject === null ? predicate.acceptsNone(entity) : predicate.accepts(subject, entity));
    } catch (error) {
      if (!(error instanceof ClockerError)) throw error;
      throw new CoercionError(value, conditionType.expected, error.message);
    }
  },
  toJson: (condition) => condition,
};

function matchesWhole(text: string, pattern: string): boolean {
  if (text.length > LONGEST) return false;
  try {
    return new RegExp(`^(?:${pattern})$`, "s").test(text);
  } catch (error) {
    throw new ClockerError("invalid-value", `Cannot use "${pattern}" as a pattern`, { cause: error });
  }
}
