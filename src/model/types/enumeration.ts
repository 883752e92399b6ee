import { lifecycles, type Lifecycle } from "../lifecycle.ts";
import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

/**
 * One of some names, whatever the case and with or without `-` and `_`, as Brooklyn matches enums.
 * @param name the Java name of the enum
 */
export function enumOf<const V extends string>(name: string, values: readonly V[]): ValueType<V> {
  const byWord = new Map<string, V>();
  for (const value of values) byWord.set(wordOf(value), value);
  const expected = `one of ${values.join(", ")}`;
  return {
    name,
    expected,
    possibleValues: values,
    coerce: (value) => {
      // A YAML `off` or `no` arrives as it was written; `true` and `false` arrive as booleans.
      const text = typeof value === "string" || typeof value === "boolean" ? String(value) : undefined;
      // The exact name first: two names may differ only by what is ignored.
      const found = values.find((each) => each === text) ?? (text === undefined ? undefined : byWord.get(wordOf(text)));
      if (found === undefined) throw new CoercionError(value, expected);
      return found;
    },
    toJson: (value) => value,
  };
}

export const lifecycleType: ValueType<Lifecycle> = enumOf("org.apache.brooklyn.core.entity.lifecycle.Lifecycle", lifecycles);

function wordOf(text: string): string {
  return text.trim().replaceAll(/[-_ ]/g, "").toLowerCase();
}
