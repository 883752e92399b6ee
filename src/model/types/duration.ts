import type { ValueType } from "../value-type.ts";
import { CoercionError } from "../value-type.ts";

/** A duration in milliseconds; `forever` is `Infinity`, `never` is -1. Text forms are those of Brooklyn's `Duration.parse`. */
export const durationType: ValueType<number> = {
  name: "org.apache.brooklyn.util.time.Duration",
  expected: "a duration such as 500ms, 30s, 5m, 1m 30s or forever",
  coerce: (value) => {
    const parsed = typeof value === "number" ? value : typeof value === "string" ? parseDuration(value) : value === false ? NEVER : Number.NaN;
    if (Number.isNaN(parsed)) throw new CoercionError(value, durationType.expected);
    return parsed + 0;
  },
  toJson: showDuration,
};

/** `1m 30s`, as Brooklyn writes durations. @param ms milliseconds */
export function showDuration(ms: number): string {
  if (ms === Infinity) return "forever";
  if (ms === -Infinity) return "-forever";
  if (!Number.isSafeInteger(ms) || ms === 0) return `${ms}ms`;
  const parts: string[] = [];
  let rest = Math.abs(ms);
  for (const [unit, size] of shownUnits) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  if (ms > 0) return parts.join(" ");
  return parts.length === 1 ? `-${parts[0]}` : `- ${parts.join(" ")}`;
}

const NEVER = -1;
const shownUnits: readonly (readonly [string, number])[] = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1_000], ["ms", 1]];

const unitSizes: Readonly<Record<string, number>> = {
  ...units(1e-6, "ns nano nanos nanosecond nanoseconds"),
  ...units(1e-3, "us µs micro micros microsecond microseconds"),
  ...units(1, "ms milli millis millisecond milliseconds"),
  ...units(1_000, "s sec secs second seconds"),
  ...units(60_000, "m min mins minute minutes"),
  ...units(3_600_000, "h hr hrs hour hours"),
  ...units(86_400_000, "d day days"),
  ...units(604_800_000, "w week weeks"),
};

function units(size: number, names: string): Record<string, number> {
  return Object.fromEntries(names.split(" ").map((name) => [name, size]));
}

const words: Readonly<Record<string, number>> = {
  forever: Infinity,
  practically_forever: Infinity,
  practicallyforever: Infinity,
  null: Infinity,
  "-forever": -Infinity,
  never: NEVER,
  off: NEVER,
  false: NEVER,
};

const TERM = /([+-]?)\s*(\d+(?:\.\d*)?(?:e[+-]?\d{1,3})?|\.\d+)\s*([a-zµ]*)[\s,]*/iy;

/** Milliseconds, or NaN. */
function parseDuration(text: string): number {
  const trimmed = text.trim().toLowerCase();
  if (Object.hasOwn(words, trimmed)) return words[trimmed] ?? Number.NaN;
  if (trimmed === "" || trimmed.length > 200) return Number.NaN;
  // `- 1m 30s` negates the whole; `-1m 30s` only the first unit.
  return /^-\s/.test(trimmed) ? -sumOfTerms(trimmed.slice(1).trim()) : sumOfTerms(trimmed);
}

function sumOfTerms(text: string): number {
  let sum = 0;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const term = TERM.exec(text);
    if (term === null) return Number.NaN;
    const [whole, sign, amount = "", unit = ""] = term;
    // Only a lone number may come without a unit: it means milliseconds.
    const size = unit === "" && whole.length === text.length ? 1 : Object.hasOwn(unitSizes, unit) ? unitSizes[unit] : undefined;
    if (size === undefined) return Number.NaN;
    sum += (sign === "-" ? -1 : 1) * Number(amount) * size;
  }
  return sum;
}
