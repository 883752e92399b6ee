import { simpleName } from "../../model/entity-type.ts";
import type { EntitySpec, Json } from "../../model/spec.ts";
import { violation } from "./constraints.ts";
import type { Cursor } from "./cursor.ts";
import { keyTableOf } from "./read-entity.ts";

/**
 * Checks the constraints of every key in a tree of specs, with what is inherited in the tree.
 * @param inherits whether a key is set above the tree, where it is put under an entity that exists
 * @throws ClockerError `invalid-value` with all that is wrong, at the place of the first
 */
export function checkConstraints(spec: EntitySpec, plan: Cursor, inherits: (key: string) => boolean = () => false): void {
  const problems = [...problemsIn(spec, plan, [], inherits)];
  const [first] = problems;
  if (first === undefined) return;
  if (plan.reading.problems !== undefined) {
    for (const { spec: at, key, text } of problems) {
      const place = plan.reading.places.get(at) ?? plan;
      place.orNote(() => place.fail(text, { code: "invalid-value", details: { key } }), undefined);
    }
    return;
  }
  const texts = problems.map((each) => each.text);
  const place = plan.reading.places.get(first.spec) ?? plan;
  place.fail(texts.slice(0, 10).join("; "), { code: "invalid-value", details: { key: first.key, problems: texts } });
}

function* problemsIn(spec: EntitySpec, plan: Cursor, above: readonly EntitySpec[], inherits: (key: string) => boolean): Generator<{ spec: EntitySpec; key: string; text: string }> {
  const keys = keyTableOf(spec, plan);
  const valueOf = (name: string): Json | undefined => {
    const own = spec.config[name];
    if (own !== undefined) return own;
    const key = keys.key(name);
    if (key?.inherited !== false) for (const each of above.toReversed()) if (each.config[name] !== undefined) return each.config[name];
    // A value above the tree is not known here, only that there is one; so it is with a default, which fits its own constraints.
    return key?.defaultValue !== undefined || inherits(name) ? true : undefined;
  };
  const scope = { isSet: (name: string) => (valueOf(keys.canonicalName(name)) ?? null) !== null };
  for (const key of keys.keys()) {
    if (key.constraints.length === 0) continue;
    const value = valueOf(key.name);
    const isKnownHere = spec.config[key.name] !== undefined || value === undefined;
    const reason = violation(key.constraints, isKnownHere ? value : undefinedButSet, scope);
    if (reason !== undefined) yield { spec, key: key.name, text: `config "${key.name}" of "${spec.displayName ?? spec.planId ?? simpleName(spec.typeName ?? spec.type)}" ${reason}` };
  }
  for (const child of spec.children) yield* problemsIn(child, plan, [...above, spec], inherits);
}

/** Stands for a value that is set but not looked into. */
const undefinedButSet = "$brooklyn:literal()";
