import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

const LATEST = 8_640_000_000_000_000;
const ISO = /^[+-]?\d{4,6}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A moment in milliseconds since the epoch: an ISO date and time (UTC when it names no zone), or the number. */
export const timestampType: ValueType<number> = {
  name: "java.time.Instant",
  expected: "a time such as 2014-06-18T14:00:00Z",
  coerce: (value) => {
    const at = value instanceof Date ? value.getTime() : typeof value === "string" ? parseTime(value.trim()) : value;
    if (typeof at !== "number" || !Number.isInteger(at) || Math.abs(at) > LATEST) throw new CoercionError(value, timestampType.expected);
    return at + 0;
  },
  toJson: (value) => new Date(value).toISOString(),
};

function parseTime(text: string): number {
  if (/^-?\d{1,16}$/.test(text)) return Number(text);
  const match = ISO.exec(text);
  if (match === null) return Number.NaN;
  const zoned = match[1] === undefined || match[4] !== undefined ? text : `${text}Z`;
  return Date.parse(zoned.replace(" ", "T"));
}
