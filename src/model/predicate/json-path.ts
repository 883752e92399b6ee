import { ClockerError } from "../errors.ts";
import { absent, isRecord, present, type Subject } from "./subject.ts";

/** One step of a path: what it takes from a value. */
interface Step {
  readonly kind: "name" | "index" | "each" | "deep";
  readonly name: string;
  readonly index: number;
}

/**
 * Reads the part of JSONPath that predicates need: `$.a.b`, `['a']`, `[0]`, `[-1]`, `[*]`, `.*`, `..name`; the `$` may be left out.
 * Paths with `*` or `..` give a list, which may be empty.
 * @throws ClockerError `invalid-value` for a path with anything else: filters, slices, scripts
 */
export function jsonPath(path: string): (value: unknown) => Subject {
  const steps = stepsOf(path);
  const isMany = steps.some(({ kind }) => kind === "each" || kind === "deep");
  return (value) => {
    let found: unknown[] = [value];
    for (const step of steps) found = found.flatMap((each) => taken(each, step));
    if (isMany) return present(found);
    return found.length === 0 ? absent(`nothing matches the path "${path}"`) : present(found[0]);
  };
}

const STEP = /\.\.([\w-]+|\*)|\.([\w-]+|\*)|\[\s*'((?:[^'\\]|\\.)*)'\s*\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*(-?\d{1,9}|\*)\s*\]/y;

function stepsOf(path: string): Step[] {
  const text = /^[$@.[]/.test(path) ? path.replace(/^[$@]/, "") : `.${path}`;
  const steps: Step[] = [];
  const pattern = new RegExp(STEP);
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw unreadable(path, text.slice(at));
    steps.push(stepOf(match));
  }
  return steps;
}

function stepOf([, deep, name, single, double, index]: RegExpExecArray): Step {
  if (deep !== undefined) return { kind: "deep", name: deep, index: 0 };
  if (name === "*" || index === "*") return { kind: "each", name: "*", index: 0 };
  if (index !== undefined) return { kind: "index", name: index, index: Number(index) };
  return { kind: "name", name: name ?? (single ?? double ?? "").replaceAll(/\\(.)/g, "$1"), index: 0 };
}

function taken(value: unknown, step: Step): unknown[] {
  switch (step.kind) {
    case "name":
      return isRecord(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case "index": {
      if (!Array.isArray(value)) return [];
      const index = step.index < 0 ? value.length + step.index : step.index;
      return index >= 0 && index < value.length ? [value[index]] : [];
    }
    case "each":
      return within(value);
    case "deep":
      return [...everywhere(value)].flatMap((each) => (step.name === "*" ? within(each) : taken(each, { ...step, kind: "name" })));
  }
}

function within(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isRecord(value) ? Object.values(value) : [];
}

function* everywhere(value: unknown): Generator<unknown> {
  yield value;
  for (const each of within(value)) yield* everywhere(each);
}

function unreadable(path: string, rest: string): ClockerError {
  return new ClockerError("invalid-value", `Cannot read the path "${path}" at "${rest}"`, { remedy: "Paths have .name, ['name'], [0], [*] and ..name; filters are written as predicates" });
}
