export type Values = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isMissing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** @throws Error with a clause that says why not */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  throw new Error(isMissing(value) ? "it has no value" : "it is a list or a map, which cannot be written as text");
}

/** @throws Error */
export function asNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^\s*[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\s*$/.test(value)) return Number(value);
  throw new Error(`${typeof value === "string" ? `"${value.slice(0, 40)}"` : "it"} is not a number`);
}

/** @throws Error */
export function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new Error("it is not a list");
}

/** Neither missing nor empty. */
export function hasContent(value: unknown): boolean {
  if (isMissing(value) || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : true;
}
