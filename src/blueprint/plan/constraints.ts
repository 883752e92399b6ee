import { ClockerError } from "../../model/errors.ts";
import type { Predicate } from "../../model/predicate/predicate.ts";
import type { Json } from "../../model/spec.ts";
import { show } from "../../model/value-type.ts";
import { matchesWhole, PatternError } from "../bounded-regex.ts";
import { isDeferred } from "../dsl/deferred.ts";
import { readPredicate } from "../read-predicate.ts";
import { isMap } from "./cursor.ts";

/** What a constraint may look at beside the value itself. */
export interface ConstraintScope {
  /** Whether another key has a value, its own, inherited or by default. */
  isSet(key: string): boolean;
}

type Check = (value: Json | undefined, argument: Json, scope: ConstraintScope) => string | undefined;

/**
 * What is wrong with a value by the constraints of its key (reference, 3.6): a sentence's end such as `is required`; undefined when nothing is.
 * An expression counts as set and is not looked into.
 */
export function violation(constraints: readonly unknown[], value: Json | undefined, scope: ConstraintScope): string | undefined {
  for (const constraint of constraints) {
    const { name, argument } = named(constraint as Json);
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    const reason = check === undefined ? unmet(constraint as Json, value) : check(value, argument, scope);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The name of a constraint that is not known; undefined when all are. */
export function unknownConstraint(constraint: Json): string | undefined {
  if (isDeferred(constraint)) return undefined;
  const { name, argument } = named(constraint);
  if (!Object.hasOwn(checks, name)) return predicateIn(constraint) === undefined ? name : undefined;
  const inner = ["any", "or", "all", "and"].includes(name) && Array.isArray(argument) ? argument : [];
  return inner.map(unknownConstraint).find((each) => each !== undefined);
}

/** A map of the predicate language (reference, 3.10), which constraints may be too. */
function predicateIn(constraint: Json): Predicate | undefined {
  if (!isMap(constraint)) return undefined;
  try {
    return readPredicate(constraint);
  } catch (error) {
    if (error instanceof ClockerError) return undefined;
    throw error;
  }
}

function unmet(constraint: Json, value: Json | undefined): string | undefined {
  if (!isPresent(value) || isDeferred(value)) return undefined;
  const predicate = predicateIn(constraint);
  return predicate === undefined || predicate.accepts(value) ? undefined : `must meet ${show(constraint)}`;
}

export function constraintNames(): string[] {
  return Object.keys(checks);
}

/** `required`, `regex: ...` as text, or a map with one key; predicates of Java's libraries by their method. */
function named(constraint: Json): { name: string; argument: Json } {
  if (typeof constraint === "string") {
    const colon = constraint.indexOf(":");
    const name = (colon < 0 ? constraint : constraint.slice(0, colon)).replace(/^(?:Predicates|StringPredicates)\./, "").replace(/\(\)$/, "");
    return { name: name.trim(), argument: colon < 0 ? null : constraint.slice(colon + 1).trim() };
  }
  const [[name, argument] = ["", null]] = isMap(constraint) ? Object.entries(constraint) : [];
  return { name, argument };
}

const checks: Readonly<Record<string, Check>> = {
  required: (value) => (isPresent(value) && value !== "" ? undefined : "is required"),
  isNonBlank: (value) => (isConstant(value) && String(value).trim() === "" ? "must not be blank" : undefined),
  notNull: (value) => (isPresent(value) ? undefined : "is required"),
  alwaysTrue: () => undefined,
  alwaysFalse: () => "is never accepted",
  regex: (value, pattern) => onText(value, (text) => (matches(text, String(pattern)) ? undefined : `must match ${String(pattern)}`)),
  matchesRegex: (value, pattern) => onText(value, (text) => (matches(text, String(pattern)) ? undefined : `must match ${String(pattern)}`)),
  glob: (value, glob) => onText(value, (text) => (matches(text, globPattern(String(glob))) ? undefined : `must match ${String(glob)}`)),
  matchesGlob: (value, glob) => onText(value, (text) => (matches(text, globPattern(String(glob))) ? undefined : `must match ${String(glob)}`)),
  // Whether a URL answers is found out when it is used: reading a blueprint opens nothing.
  urlExists: () => undefined,
  requiredIf: (value, other, scope) => (scope.isSet(String(other)) && !isPresent(value) ? `is required with "${String(other)}"` : undefined),
  requiredUnless: (value, other, scope) => (!scope.isSet(String(other)) && !isPresent(value) ? `is required without "${String(other)}"` : undefined),
  requiredUnlessAnyOf: (value, others, scope) => (!names(others).some((each) => scope.isSet(each)) && !isPresent(value) ? `is required without any of ${names(others).join(", ")}` : undefined),
  forbiddenIf: (value, other, scope) => (scope.isSet(String(other)) && isPresent(value) ? `must not be given with "${String(other)}"` : undefined),
  forbiddenUnless: (value, other, scope) => (!scope.isSet(String(other)) && isPresent(value) ? `must not be given without "${String(other)}"` : undefined),
  forbiddenUnlessAnyOf: (value, others, scope) => (!names(others).some((each) => scope.isSet(each)) && isPresent(value) ? `must not be given without any of ${names(others).join(", ")}` : undefined),
  any: anyOf,
  or: anyOf,
  all: (value, argument, scope) => violation(Array.isArray(argument) ? argument : [], value, scope),
  and: (value, argument, scope) => violation(Array.isArray(argument) ? argument : [], value, scope),
};

function anyOf(value: Json | undefined, argument: Json, scope: ConstraintScope): string | undefined {
  const reasons = (Array.isArray(argument) ? argument : []).map((each) => violation([each], value, scope));
  return reasons.length === 0 || reasons.includes(undefined) ? undefined : reasons.join(", or ");
}

function isPresent(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

function isConstant(value: Json | undefined): value is string | number | boolean {
  return value !== undefined && value !== null && typeof value !== "object" && !isDeferred(value);
}

function onText(value: Json | undefined, check: (text: string) => string | undefined): string | undefined {
  return isConstant(value) ? check(String(value)) : undefined;
}

/** A pattern that Java knows and JavaScript does not, or one that takes too long, is met: the value is found out when it is used. */
function matches(text: string, pattern: string): boolean {
  try {
    return matchesWhole(text, pattern);
  } catch (error) {
    if (error instanceof PatternError) return true;
    throw error;
  }
}

function globPattern(glob: string): string {
  return glob.replaceAll(/[\\^$+.()|]/g, String.raw`\$&`).replaceAll("*", ".*").replaceAll("?", ".").replaceAll(/\{([^{}]*)\}/g, (_whole, options: string) => `(?:${options.split(",").join("|")})`);
}

function names(argument: Json): string[] {
  return Array.isArray(argument) ? argument.map(String) : [String(argument)];
}
