import { Entity } from "../entity.ts";
import { ClockerError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { show } from "../value-type.ts";
import { checkNames, checksOf, type Check } from "./checks.ts";
import { fromJava } from "./java-predicates.ts";
import type { MatchesWhole, Node, Reading } from "./node.ts";
import { redirectionNames, redirectionOf, type Redirection } from "./redirections.ts";
import { absent, isRecord, present, type Subject } from "./subject.ts";
import { targetNamed, targetNames, targetOf, type Relation } from "./targets.ts";

/** A predicate of a blueprint (reference, 3.10), read once and then asked often. */
export interface Predicate {
  /**
   * @param entity whose config and sensors are meant where the value is not an entity itself
   * @throws ClockerError `invalid-value` for an assertion that fails, and for a bare value compared with an entity or a list
   */
  accepts(value: unknown, entity?: Entity): boolean;
  /** Whether it accepts that there is no value. */
  acceptsNone(entity?: Entity): boolean;
  /** Names of the sensors that it looks at. */
  readonly sensors: ReadonlySet<string>;
  /** Whose they are, beside the entity that it is asked about. */
  readonly relations: ReadonlySet<Relation>;
}

/**
 * Reads a predicate: a map of checks, or a bare value that means "equals". Java's own predicates are understood as `{type, factoryMethod.name, factoryMethod.args}`
 * where they are Brooklyn's usual ones (`EntityPredicates`, `StringPredicates`, Guava's `Predicates`).
 * @throws ClockerError `invalid-value` naming the key, with the nearest that there is
 */
export function predicateOf(raw: unknown, matches: MatchesWhole): Predicate {
  const reading: Reading = { matches, sensors: new Set(), relations: new Set(), read: (inner) => nodeOf(inner, reading) };
  const node = nodeOf(raw, reading);
  return {
    accepts: (value, entity) => node.test(value, value instanceof Entity ? value : entity),
    acceptsNone: (entity) => node.testSubject(absent("there is no value"), entity),
    sensors: reading.sensors,
    relations: reading.relations,
  };
}

function nodeOf(raw: unknown, reading: Reading): Node {
  const translated = fromJava(raw);
  if (translated !== undefined) return nodeOf(translated, reading);
  if (typeof raw === "string" || typeof raw === "number" || typeof raw === "boolean") return makeNode(undefined, undefined, checksOf({ implicit: raw }, reading), false);
  if (!isRecord(raw)) throw new ClockerError("invalid-value", `Cannot read the predicate ${show(raw)}: expected a map of checks, or a value to be equal to`);
  refuseUnknown(raw);
  const redirections = redirectionNames.filter((name) => raw[name] !== undefined);
  if (redirections.length > 1) throw new ClockerError("invalid-value", `Predicate has multiple incompatible target specifiers: ${redirections.join(", ")}`, { remedy: "Put one of them under check" });
  const redirection = redirectionOf(raw, reading);
  const target = readTarget(raw, reading);
  const checks = checksOf(raw, reading);
  const isPresenceEnough = raw["target"] !== undefined || raw["config"] !== undefined || raw["sensor"] !== undefined || raw["error-cause"] !== undefined;
  if (checks.length === 0 && !isPresenceEnough) throw new ClockerError("invalid-value", "Predicate does not define any checks; if always true or always false is desired, use 'when'");
  return makeNode(target, redirection, checks, raw["has-element"] !== undefined);
}

/** Goes from a value to what is to be checked. */
type Retarget = { readonly isAnyOf: boolean; find(value: unknown, entity: Entity | undefined): Subject };

function makeNode(target: Retarget | undefined, redirection: Redirection | undefined, checks: readonly Check[], looksForElement: boolean): Node {
  const testSubject = (subject: Subject, entity: Entity | undefined): boolean => {
    if (checks.length === 0) return subject.isPresent && subject.value !== null;
    return checks.every((check) => check(subject, entity));
  };
  const testHere = (value: unknown, entity: Entity | undefined): boolean => testSubject(redirection === undefined ? present(value) : redirection(value, entity), entity);
  const test = (value: unknown, entity: Entity | undefined): boolean => {
    if (target === undefined) return testHere(value, entity);
    const found = target.find(value, entity);
    if (!found.isPresent) return testSubject(found, entity);
    if (target.isAnyOf && !looksForElement && Array.isArray(found.value)) return found.value.some((each) => testHere(each, each instanceof Entity ? each : entity));
    return testHere(found.value, found.value instanceof Entity ? found.value : entity);
  };
  return { test, testSubject };
}

function readTarget(raw: Readonly<Record<string, unknown>>, reading: Reading): Retarget | undefined {
  const given = raw["target"];
  if (given === undefined) return undefined;
  if (typeof given !== "string") return { isAnyOf: false, find: (_value, entity) => present(entityIn(given, entity) ?? given) };
  const named = targetNamed(given);
  if (named === undefined) {
    const near = nearest(given, targetNames);
    throw new ClockerError("invalid-value", `Unsupported target '${given}' of a predicate`, { remedy: near === undefined ? `Targets are ${targetNames.join(", ")}` : `Did you mean "${near}"?` });
  }
  reading.relations.add(named.relation);
  return {
    isAnyOf: named.isAnyOf,
    find: (value, entity) => {
      const of = value instanceof Entity ? value : entity;
      return of === undefined ? absent(`target ${given} does not apply to ${show(value)}`) : targetOf(of, named.relation);
    },
  };
}

/** The entity that a reference `{type, id}` means. */
function entityIn(value: unknown, scope: Entity | undefined): Entity | undefined {
  if (value instanceof Entity) return value;
  return isRecord(value) && typeof value["id"] === "string" ? scope?.management.entity(value["id"]) : undefined;
}

/** `metadata` is there for people. */
const known = [...checkNames, ...redirectionNames, "target", "metadata"];

function refuseUnknown(raw: Readonly<Record<string, unknown>>): void {
  const name = Object.keys(raw).find((each) => !known.includes(each));
  if (name === undefined) return;
  const near = nearest(name, known);
  throw new ClockerError("invalid-value", `Unknown check "${name}" in a predicate`, { remedy: near === undefined ? `Checks are ${known.join(", ")}` : `Did you mean "${near}"?`, details: { key: name, known } });
}
