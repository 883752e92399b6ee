import { Entity } from "../entity.ts";
import { ClockerError } from "../errors.ts";
import { show } from "../value-type.ts";
import { classNames } from "./class-names.ts";
import { compare, isEqual, textOf } from "./compare.ts";
import { globPattern } from "./glob.ts";
import type { Node, Reading } from "./node.ts";
import { isRecord, itemsOf, type Subject } from "./subject.ts";

/** One check of a predicate: all of them must pass. */
export type Check = (subject: Subject, entity: Entity | undefined) => boolean;

type MakeCheck = (given: unknown, reading: Reading) => Check;

/** By the key under which it is given. */
const makers: Readonly<Record<string, MakeCheck>> = {
  implicit: (given) => ofValue((value) => implicitlyEquals(given, value)),
  equals: (given) => ofValue((value) => isEqual(given, value) || (value instanceof Entity && isRecord(given) && given["id"] === value.id)),
  regex: (given, { matches }) => ofText((text) => matches(text, String(given))),
  glob: (given, { matches }) => {
    const pattern = globPattern(String(given));
    return ofText((text) => matches(text, pattern));
  },
  "less-than": (given) => ordered(given, (order) => order < 0),
  "less-than-or-equal-to": (given) => ordered(given, (order) => order <= 0),
  "greater-than": (given) => ordered(given, (order) => order > 0),
  "greater-than-or-equal-to": (given) => ordered(given, (order) => order >= 0),
  "in-range": inRange,
  when: (given) => whenCheck(given),
  "has-element": (given, reading) => {
    const element = reading.read(given);
    return ofValue((value, entity) => itemsOf(value)?.some((item) => element.test(item, scopeOf(item, entity))) === true);
  },
  size: (given, reading) => {
    const size = reading.read(given);
    return ofValue((value, entity) => {
      const length = typeof value === "string" ? value.length : itemsOf(value)?.length;
      return length !== undefined && size.test(length, entity);
    });
  },
  not: (given, reading) => negated(reading.read(given)),
  check: (given, reading) => nested(reading.read(given)),
  any: (given, reading) => {
    const checks = listOf("any", given).map((each) => nested(reading.read(each)));
    return (subject, entity) => checks.some((check) => check(subject, entity));
  },
  all: (given, reading) => {
    const checks = listOf("all", given).map((each) => nested(reading.read(each)));
    return (subject, entity) => checks.every((check) => check(subject, entity));
  },
  assert: assertion,
  "java-instance-of": (given, reading) => {
    const name = reading.read(given);
    return ofValue((value) => value !== null && classNames(value).some((each) => name.test(each, undefined) || (typeof given === "string" && (given === simple(each) || (value instanceof Entity && value.is(given))))));
  },
  tag: (given, reading) => {
    const tag = reading.read(given);
    return ofValue((value, entity) => value instanceof Entity && value.tags.some((each) => tag.test(each, entity)));
  },
};

export const checkNames: readonly string[] = Object.keys(makers).filter((name) => name !== "implicit");

/** The checks that a map holds. */
export function checksOf(raw: Readonly<Record<string, unknown>>, reading: Reading): Check[] {
  return Object.entries(makers).flatMap(([name, make]) => (raw[name] === undefined ? [] : [make(raw[name], reading)]));
}

function scopeOf(item: unknown, entity: Entity | undefined): Entity | undefined {
  return item instanceof Entity ? item : entity;
}

/** Fails where there is no value. */
function ofValue(test: (value: unknown, entity: Entity | undefined) => boolean): Check {
  return (subject, entity) => subject.isPresent && test(subject.value, entity);
}

function ofText(test: (text: string) => boolean): Check {
  return ofValue((value) => {
    const text = textOf(value);
    return text !== undefined && test(text);
  });
}

function ordered(given: unknown, test: (order: number) => boolean): Check {
  return ofValue((value) => {
    const order = compare(value, given);
    return order !== undefined && test(order);
  });
}

function inRange(given: unknown): Check {
  const [min, max]: unknown[] = Array.isArray(given) ? (given as unknown[]) : isRecord(given) ? [given["min"], given["max"]] : [];
  if (Array.isArray(given) ? given.length !== 2 : min === undefined && max === undefined) throw new ClockerError("invalid-value", `Cannot use ${show(given)} as in-range of a predicate: expected two values such as [1, 10]`);
  const within = (value: unknown, limit: unknown, sign: number): boolean => limit === undefined || ((compare(value, limit) ?? NaN) * sign >= 0);
  return ofValue((value) => textOf(value) !== undefined && within(value, min, 1) && within(value, max, -1));
}

const presences: Readonly<Record<string, (subject: Subject) => boolean>> = {
  present: (subject) => subject.isPresent,
  present_non_null: (subject) => subject.isPresent && subject.value !== null,
  absent: (subject) => !subject.isPresent,
  absent_or_null: (subject) => !subject.isPresent || subject.value === null,
  null: (subject) => subject.isPresent && subject.value === null,
  truthy: (subject) => subject.isPresent && isTruthy(subject.value),
  falsy: (subject) => !subject.isPresent || !isTruthy(subject.value),
  unresolvable: (subject) => !subject.isPresent && subject.isUnresolvable,
  always: () => true,
  never: () => false,
};

function whenCheck(given: unknown): Check {
  const word = String(given).toLowerCase().replaceAll("-", "_");
  const test = Object.hasOwn(presences, word) ? presences[word] : undefined;
  if (test === undefined) throw new ClockerError("invalid-value", `Cannot use ${show(given)} as when of a predicate: expected one of ${Object.keys(presences).join(", ")}`);
  return test;
}

/** Groovy's truth: neither zero, nor empty, nor null. */
function isTruthy(value: unknown): boolean {
  const items = itemsOf(value);
  return items === undefined ? Boolean(value) : items.length > 0;
}

function nested(node: Node): Check {
  return (subject, entity) => (subject.isPresent ? node.test(subject.value, scopeOf(subject.value, entity)) : node.testSubject(subject, entity));
}

function negated(node: Node): Check {
  const check = nested(node);
  return (subject, entity) => !check(subject, entity);
}

/** A bare word under `assert` is meant as `when`. */
function assertion(given: unknown, reading: Reading): Check {
  const node = reading.read(typeof given === "string" ? { when: given } : given);
  const check: Check = typeof given === "string" ? (subject, entity) => node.testSubject(subject, entity) : nested(node);
  return (subject, entity) => {
    if ((subject.isPresent || typeof given === "string") && check(subject, entity)) return true;
    throw new ClockerError("invalid-value", `Assertion in DSL predicate failed: ${subject.isPresent ? `value ${show(subject.value instanceof Entity ? subject.value.displayName : subject.value)}` : `value cannot be resolved: ${subject.reason}`}`);
  };
}

function implicitlyEquals(given: unknown, value: unknown): boolean {
  if (value instanceof Entity || Array.isArray(value)) {
    const what = value instanceof Entity ? `entity "${value.displayName}"` : "a list";
    throw new ClockerError("invalid-value", `Cannot compare ${show(given)} with ${what}`, { remedy: "Write equals: … if that is what is meant" });
  }
  return isEqual(given, value);
}

function listOf(key: string, given: unknown): readonly unknown[] {
  if (!Array.isArray(given)) throw new ClockerError("invalid-value", `Cannot use ${show(given)} as ${key} of a predicate: expected a list of predicates`);
  return given;
}

/** `NoMachinesAvailableException` of its full name. */
function simple(name: string): string {
  return name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("$")) + 1);
}

