import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

const exponents: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5 };
const SIZE = /^(\d{1,20}(?:\.\d{1,20})?)\s*([kmgtp]?)(?:i?b|bytes?)?$/i;

/** A size in bytes: `512mb`, `1gb`, `7g`, `1.5 GiB` or a plain number. Units are powers of 1024, as Docker reads them. */
export const byteSizeType: ValueType<number> = {
  name: "java.lang.Long",
  expected: "a size such as 512mb or 1gb",
  coerce: (value) => {
    const bytes = typeof value === "string" ? parseSize(value) : value;
    if (typeof bytes !== "number" || !Number.isSafeInteger(bytes) || bytes < 0) throw new CoercionError(value, byteSizeType.expected);
    return bytes + 0;
  },
  toJson: (value) => value,
};

function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text.trim());
  const exponent = exponents[match?.[2]?.toLowerCase() ?? ""];
  if (match === null || exponent === undefined) return undefined;
  return Math.round(Number(match[1]) * 1024 ** exponent);
}
