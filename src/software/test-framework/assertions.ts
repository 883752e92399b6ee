import { matchesWhole } from "../../blueprint/bounded-regex.ts";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { show } from "../../model/value-type.ts";

/** By the name under which a blueprint gives it (Brooklyn's `TestFrameworkAssertions`). Absent values are undefined. */
const checks: Readonly<Record<string, (actual: unknown, expected: unknown) => boolean>> = {
  isNull: (actual, expected) => (actual === undefined || actual === null) === isTrue(expected),
  notNull: (actual, expected) => (actual !== undefined && actual !== null) === isTrue(expected),
  equals: isEqual,
  equalTo: isEqual,
  isEqualTo: isEqual,
  notEqual: (actual, expected) => !isEqual(actual, expected),
  matches: (actual, expected) => actual !== undefined && actual !== null && matchesWhole(textOf(actual), String(expected)),
  contains: (actual, expected) => (Array.isArray(actual) ? actual.some((item) => isEqual(item, expected)) : actual !== undefined && actual !== null && textOf(actual).includes(String(expected))),
  isEmpty: (actual, expected) => isEmpty(actual) === isTrue(expected),
  notEmpty: (actual, expected) => isEmpty(actual) !== isTrue(expected),
  hasTruthValue: (actual, expected) => isTrue(actual) === isTrue(expected),
  greaterThan: (actual, expected) => Number(actual) > Number(expected),
  lessThan: (actual, expected) => Number(actual) < Number(expected),
};

/**
 * What is not so: undefined when all assertions hold. An assertion is a map such as `{equals: 3}`, or a list of those.
 * @throws ClockerError `invalid-value` for one that is not known
 */
export function violationOf(what: string, actual: unknown, assertions: unknown): string | undefined {
  for (const assertion of Array.isArray(assertions) ? (assertions as unknown[]) : [assertions]) {
    if (!isRecord(assertion)) throw new ClockerError("invalid-value", `Cannot read the assertion ${show(assertion)}: expected a map such as {equals: ...}`);
    for (const [name, expected] of Object.entries(assertion)) {
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
      if (check === undefined) throw new ClockerError("invalid-value", `There is no assertion "${name}"`, { remedy: `Assertions are ${Object.keys(checks).join(", ")}` });
      if (!check(actual, expected)) return `${what} expected ${name} ${show(expected)} but found ${show(actual)}`;
    }
  }
  return undefined;
}

function isEqual(actual: unknown, expected: unknown): boolean {
  if (actual === undefined || actual === null) return expected === undefined || expected === null;
  return textOf(actual) === textOf(expected);
}

function isTrue(value: unknown): boolean {
  return value === true || String(value).toLowerCase() === "true";
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

function textOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
