/** Reads text that holds a map or a list. @throws any error when it does not hold one */
export type TextParser = (text: string) => unknown;

let parser: TextParser = (text) => JSON.parse(text) as unknown;

/** Gives the collections a parser that knows more than JSON: `src/blueprint` has YAML's, which the model may not depend on. */
export function useTextParser(better: TextParser): void {
  parser = better;
}

/** The map or list that a text holds; undefined when it holds none. */
export function parseStructuredText(text: string): object | undefined {
  try {
    const parsed = parser(text);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    // Not a map or a list: the type says so, with its own words.
    return undefined;
  }
}
