import type { MatchesWhole } from "../model/predicate/node.ts";
import { predicateOf, type Predicate } from "../model/predicate/predicate.ts";
import { matchesWhole } from "./bounded-regex.ts";

/**
 * Reads a predicate of a blueprint; its patterns cannot run for long.
 * @throws ClockerError `invalid-value`
 */
export function readPredicate(raw: unknown): Predicate {
  return predicateOf(raw, matchesEverywhere);
}

/** As Java's DOTALL: a dot matches the end of a line too. */
const matchesEverywhere: MatchesWhole = (text, pattern) => matchesWhole(text, pattern.startsWith("(?") && /^\(\?[imsu]+\)/.test(pattern) ? pattern.replace("(?", "(?s") : `(?s)${pattern}`);
