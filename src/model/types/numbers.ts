import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

/** A 32-bit whole number. */
export const integerType = wholeNumber("java.lang.Integer", -(2 ** 31), 2 ** 31 - 1, "a whole number");

/** A whole number that a double holds exactly (53 bits). */
export const longType = wholeNumber("java.lang.Long", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, "a whole number");

/** Any finite number. */
export const doubleType = finiteNumber("java.lang.Double");

/** Any finite number, for keys that take whole and broken ones. */
export const numberType = finiteNumber("java.lang.Number");

const WHOLE = /^[+-]?\d{1,25}$/;
const DECIMAL = /^[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})(e[+-]?\d{1,4})?$/i;

function wholeNumber(name: string, least: number, most: number, expected: string): ValueType<number> {
  return {
    name,
    expected,
    coerce: (value) => {
      const number = typeof value === "string" && WHOLE.test(value.trim()) ? Number(value) : value;
      if (typeof number !== "number" || !Number.isInteger(number)) throw new CoercionError(value, expected);
      if (number < least || number > most) throw new CoercionError(value, `${expected} from ${least} to ${most}`);
      // Adding zero turns a negative zero, which JSON cannot carry, into zero.
      return number + 0;
    },
    toJson: (value) => value,
  };
}

function finiteNumber(name: string): ValueType<number> {
  return {
    name,
    expected: "a number",
    coerce: (value) => {
      const number = typeof value === "string" && DECIMAL.test(value.trim()) ? Number(value) : value;
      if (typeof number !== "number" || !Number.isFinite(number)) throw new CoercionError(value, "a number");
      return number + 0;
    },
    toJson: (value) => value,
  };
}
