/**
 * The type of a config key, sensor or effector parameter: coerces what YAML, JSON and forms give into the value that code reads,
 * and renders it back. The same definition feeds the REST API, the catalog form, the docs and YAML coercion.
 */
export interface ValueType<T> {
  /** As REST shows it, the Java name that Brooklyn's clients know: `java.lang.Integer`, `org.apache.brooklyn.util.time.Duration`. */
  readonly name: string;
  /** For messages: `a whole number`, `a duration such as 30s or 5m`. */
  readonly expected: string;
  /**
   * @throws CoercionError and nothing else.
   */
  coerce(value: unknown): T;
  /** The value as plain JSON, such that `coerce(toJson(v))` equals `v`. */
  toJson(value: T): unknown;
  /** For enumerations: the values it may take. */
  readonly possibleValues?: readonly string[];
  /** Types of a collection's items, for documentation. */
  readonly item?: ValueType<unknown>;
}

/** A value that is not of its type. The reader of a key adds the key's and the entity's name. */
export class CoercionError extends Error {
  readonly expected: string;
  readonly value: unknown;
  constructor(value: unknown, expected: string, reason?: string) {
    super(`Cannot use ${show(value)}: expected ${expected}${reason === undefined ? "" : ` (${reason})`}`);
    this.name = "CoercionError";
    this.expected = expected;
    this.value = value;
  }
}

/** A value as error messages show it: strings quoted, long ones cut. */
export function show(value: unknown): string {
  let text: string;
  try {
    text = typeof value === "string" ? JSON.stringify(value) : typeof value === "bigint" ? `${value}` : (JSON.stringify(value) ?? String(value));
  } catch {
    text = Object.prototype.toString.call(value);
  }
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
