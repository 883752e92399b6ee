import vm from "node:vm";

/** The longest that a pattern of a blueprint may run: milliseconds of the wall clock. Patterns that try every way take years. */
const LONGEST_RUN = 1_000;

const context = vm.createContext(Object.create(null) as Record<string, unknown>);
const tests = new vm.Script("new RegExp(source, flags).test(text)");
const replaces = new vm.Script("text.replaceAll(new RegExp(source, flags), replacement)");

/** A pattern that is not one, or that takes too long. */
export class PatternError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PatternError";
  }
}

/** Whether the whole text matches, as Java's `String.matches`. @throws PatternError */
export function matchesWhole(text: string, pattern: string): boolean {
  const { source, flags } = compiled(pattern);
  return run(tests, { source: `^(?:${source})$`, flags, text }, pattern) === true;
}

/** Java's `text.replaceAll(pattern, replacement)`: groups are `$1` and `${name}`, a backslash makes the next character plain. @throws PatternError */
export function replaceAll(text: string, pattern: string, replacement: string): string {
  const { source, flags } = compiled(pattern);
  return String(run(replaces, { source, flags: `${flags}g`, text, replacement: translated(replacement) }, pattern));
}

/** Java takes flags at the start of a pattern: `(?i)`. */
function compiled(pattern: string): { source: string; flags: string } {
  const given = /^\(\?([imsu]+)\)/.exec(pattern);
  const source = pattern.slice(given?.[0].length ?? 0);
  const flags = [...new Set(given?.[1] ?? "")].join("");
  try {
    void new RegExp(source, flags);
  } catch (error) {
    throw new PatternError(`"${pattern}" is not a pattern`, { cause: error });
  }
  return { source, flags };
}

function run(script: vm.Script, input: Readonly<Record<string, string>>, pattern: string, attemptsLeft = 1): unknown {
  try {
    return script.runInContext(Object.assign(context, input), { timeout: LONGEST_RUN });
  } catch (error) {
    if (!isTimeout(error)) throw new PatternError(`the pattern "${pattern}" cannot be applied`, { cause: error });
    // A busy computer may have slept through the time: that does not happen twice.
    if (attemptsLeft > 0) return run(script, input, pattern, attemptsLeft - 1);
    throw new PatternError(`the pattern "${pattern}" takes too long`);
  }
}

function isTimeout(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

/** Java's replacement text in JavaScript's writing. */
function translated(replacement: string): string {
  return replacement.replaceAll(/\\(.)|\$\{(\w+)\}|\$(\d)|\$/gs, (_whole, plain: string | undefined, name: string | undefined, index: string | undefined) => {
    if (plain !== undefined) return plain === "$" ? "$$" : plain;
    return name === undefined ? (index === undefined ? "$$" : `$${index}`) : `$<${name}>`;
  });
}
