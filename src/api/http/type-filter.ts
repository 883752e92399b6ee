import { ClockerError } from "../../model/errors.ts";

/** Longest pattern; longer ones are nobody's. */
const LONGEST = 200;

/**
 * A filter by a `typeRegex` or `regex` parameter. Patterns come from outside: nested repetition, which can take for ever to match, is refused.
 * @throws ClockerError `invalid-request`.
 */
export function regexFilter(pattern: string | undefined, options: { whole: boolean }): (text: string) => boolean {
  if (pattern === undefined || pattern === "" || pattern === ".*") return () => true;
  if (pattern.length > LONGEST || /[+*}]\)?[+*{]|\([^)]*[+*}|][^)]*\)[+*{]/.test(pattern)) throw refused(pattern, "it is too long or repeats a repetition");
  try {
    const regex = new RegExp(options.whole ? `^(?:${pattern})$` : pattern, "i");
    return (text) => regex.test(text.slice(0, 1_000));
  } catch (error) {
    throw refused(pattern, error instanceof Error ? error.message : "it is not a regular expression");
  }
}

function refused(pattern: string, why: string): ClockerError {
  return new ClockerError("invalid-request", `Cannot use the pattern "${pattern}": ${why}`);
}
