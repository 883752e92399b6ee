import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

/** A URI, absolute or relative, kept as text: it may hold `${...}` that is filled in later. */
export const uriType = address("java.net.URI", "a URI", /^[^\s<>"]+$/);

/** A URL with its scheme: `http://...`, `file:...`, `classpath:...`. */
export const urlType = address("java.net.URL", "a URL such as https://host/path or classpath://file", /^[a-z][a-z0-9+.-]*:[^\s<>"]+$/i);

function address(name: string, expected: string, shape: RegExp): ValueType<string> {
  return {
    name,
    expected,
    coerce: (value) => {
      const text = typeof value === "string" ? value.trim() : value instanceof URL ? value.href : "";
      if (!shape.test(text)) throw new CoercionError(value, expected);
      return text;
    },
    toJson: (value) => value,
  };
}
