import { ClockerError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { isRecord } from "./subject.ts";

type Translate = (...args: unknown[]) => unknown;

/** Factory methods of Brooklyn's and Guava's predicates that blueprints use, as predicate maps. */
const methods: Readonly<Record<string, Translate>> = {
  // EntityPredicates
  idEqualTo: (id) => ({ equals: { id } }),
  displayNameEqualTo: (name) => ({ jsonpath: NAME, equals: name }),
  applicationIdEqualTo: (id) => ({ target: "application", equals: { id } }),
  attributeEqualTo: (sensor, value) => ({ sensor, equals: value }),
  attributeNotEqualTo: (sensor, value) => ({ not: { sensor, equals: value } }),
  attributeSatisfies: (sensor, predicate) => ({ sensor, check: predicate }),
  configEqualTo: (config, value) => ({ config, equals: value }),
  configSatisfies: (config, predicate) => ({ config, check: predicate }),
  isChildOf: (parent) => ({ target: "parent", equals: parent }),
  isMemberOf: (group) => ({ target: "group", equals: group }),
  hasTag: (tag) => ({ tag: { equals: tag } }),
  hasInterfaceMatching: (pattern) => ({ "java-instance-of": { regex: pattern } }),
  isManaged: () => ({ when: "always" }),
  // Predicates, StringPredicates
  instanceOf: (type) => ({ "java-instance-of": type }),
  equalTo: (value) => ({ equals: value }),
  alwaysTrue: () => ({ when: "always" }),
  alwaysFalse: () => ({ when: "never" }),
  isNull: () => ({ when: "null" }),
  notNull: () => ({ when: "present_non_null" }),
  matchesRegex: (regex) => ({ regex }),
  containsPattern: (regex) => ({ regex: `[\\s\\S]*(?:${String(regex)})[\\s\\S]*` }),
  containsRegex: (regex) => ({ regex: `[\\s\\S]*(?:${String(regex)})[\\s\\S]*` }),
  matchesGlob: (glob) => ({ glob }),
  not: (predicate) => ({ not: predicate }),
  and: (...predicates) => ({ all: predicates.flat() }),
  or: (...predicates) => ({ any: predicates.flat() }),
};

const NAME = "$.displayName";

/**
 * The map that means the same as a Java predicate given as an object; undefined for what is none.
 * @throws ClockerError `invalid-value` for a factory method that has no equivalent
 */
export function fromJava(raw: unknown): unknown {
  if (!isRecord(raw)) return undefined;
  const object = raw["$brooklyn:object"];
  const { type, "factoryMethod.name": method, "factoryMethod.args": args = [] } = isRecord(object) ? object : raw;
  if (typeof type !== "string") return undefined;
  const translate = typeof method === "string" && Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (translate !== undefined) return translate(...(Array.isArray(args) ? (args as unknown[]) : [args]));
  const near = typeof method === "string" ? nearest(method, Object.keys(methods)) : undefined;
  throw new ClockerError("invalid-value", `Cannot use the Java predicate "${type}"${typeof method === "string" ? ` (${method})` : ""}: Clocker runs no Java`, {
    remedy: near === undefined ? "Write it as a predicate map, such as { sensor: service.isUp, equals: true }" : `Did you mean "${near}"?`,
  });
}
