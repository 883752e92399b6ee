import { ClockerError } from "../../model/errors.ts";

/** Rounds that are run at once, whatever is asked for. */
const MOST = 100;

/**
 * How many of `count` run at once: a number, a negative one for all but so many, `50%`, `all` or `unlimited`, `min(...)` and `max(...)` of those.
 * @throws ClockerError `invalid-value` for what is none of them, and for what leaves none
 */
export function concurrencyOf(given: unknown, count: number): number {
  const wanted = Math.floor(read(String(given), count));
  if (count > 0 && wanted < 1) throw new ClockerError("invalid-value", `Cannot run ${count} with the concurrency "${String(given)}": that leaves none`, { remedy: `Write "max(1, ${String(given)})" for at least one` });
  return Math.max(1, Math.min(MOST, wanted));
}

function read(text: string, count: number): number {
  const word = text.trim().toLowerCase();
  if (word === "all" || word === "unlimited") return Math.max(1, count);
  const [, choice, inner = ""] = /^(min|max)\s*\((.*)\)$/s.exec(word) ?? [];
  if (choice !== undefined) return Math[choice === "min" ? "min" : "max"](...parts(inner).map((part) => read(part, count)));
  const value = word.endsWith("%") ? (count * Number(word.slice(0, -1))) / 100 : Number(word);
  if (word === "" || !Number.isFinite(value)) throw new ClockerError("invalid-value", `Cannot use "${text}" as "concurrency"`, { remedy: 'Write a number, a percentage, "all", min(...) or max(...)' });
  return value < 0 || Object.is(value, -0) ? count + value : value;
}

function parts(text: string): string[] {
  const found = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) found.push("");
    else found[found.length - 1] += character;
  }
  return found;
}
