/** What a predicate looks at: a value, or that there is none and why. Null is a value. */
export type Subject = Present | Absent;

export interface Present {
  readonly isPresent: true;
  readonly value: unknown;
}

export interface Absent {
  readonly isPresent: false;
  readonly reason: string;
  /** Whether there is something, whose value cannot be told now: a `$brooklyn:` expression. */
  readonly isUnresolvable: boolean;
}

export function present(value: unknown): Present {
  return { isPresent: true, value };
}

export function absent(reason: string, isUnresolvable = false): Absent {
  return { isPresent: false, reason, isUnresolvable };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The items of a list, the entries of a map as `{key, value}`; undefined for anything else. */
export function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as unknown[];
  return isRecord(value) ? Object.entries(value).map(([key, each]) => ({ key, value: each })) : undefined;
}
