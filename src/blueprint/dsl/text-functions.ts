/** Java's `URLEncoder`: a space is `+`, and only letters, digits and `.-*_` stay as they are. */
export function urlEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

/** The longest text that a pattern is applied to: characters. */
const LONGEST = 1_000_000;

/**
 * Java's `source.replaceAll(pattern, replacement)`: groups are `$1` and `${name}`, a backslash makes the next character plain.
 * @throws Error with a sentence, for a pattern that is not one
 */
export function regexReplacement(source: string, pattern: string, replacement: string): string {
  if (source.length > LONGEST) throw new Error(`a text of ${source.length} characters is too long for a pattern`);
  return source.replaceAll(compile(pattern), (...match: unknown[]) => {
    const named = match.at(-1);
    const groups = typeof named === "object" && named !== null ? (named as Record<string, string | undefined>) : {};
    return replacement.replaceAll(/\\(.)|\$\{(\w+)\}|\$(\d)/gs, (_whole, plain: string | undefined, name: string | undefined, index: string | undefined) => {
      if (plain !== undefined) return plain;
      const value = name === undefined ? match[Number(index)] : groups[name];
      return typeof value === "string" ? value : "";
    });
  });
}

function compile(pattern: string): RegExp {
  // Java takes flags at the start of a pattern: `(?i)`.
  const flags = /^\(\?([imsu]+)\)/.exec(pattern);
  try {
    return new RegExp(pattern.slice(flags?.[0].length ?? 0), [...new Set(`g${flags?.[1] ?? ""}`)].join(""));
  } catch (error) {
    throw new Error(`"${pattern}" is not a pattern`, { cause: error });
  }
}
