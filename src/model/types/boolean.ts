import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

const words: Readonly<Record<string, boolean>> = { true: true, yes: true, t: true, y: true, false: false, no: false, f: false, n: false };

/** Brooklyn's booleans: `true`, `yes`, `t`, `y` and their opposites in any case; nothing else, so not `1` or `0`. */
export const booleanType: ValueType<boolean> = {
  name: "java.lang.Boolean",
  expected: "true or false (or yes, no, t, f, y, n)",
  coerce: (value) => {
    if (typeof value === "boolean") return value;
    if (typeof value === "string") {
      const word = value.trim().toLowerCase();
      const meaning = Object.hasOwn(words, word) ? words[word] : undefined;
      if (meaning !== undefined) return meaning;
    }
    throw new CoercionError(value, booleanType.expected);
  },
  toJson: (value) => value,
};
