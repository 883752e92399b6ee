/** One import or re-export of a source file. */
export interface Import {
  readonly specifier: string;
  /** Counted from 1: the line of the specifier. */
  readonly line: number;
  /** `import type` or `export type`: gone when the file runs. */
  readonly typeOnly: boolean;
  /** `import("...")` and `new URL("./...", import.meta.url)`: not loaded with the file. */
  readonly dynamic: boolean;
}

const patterns: readonly { pattern: RegExp; dynamic: boolean }[] = [
  // A statement begins its line and has nothing but names before `from`.
  { pattern: /^(?:import|export)\s+(?<type>type\s+)?[\w\s{},*$]*?\bfrom\s*["'](?<specifier>[^"'\n]+)["']/gm, dynamic: false },
  { pattern: /^import\s*["'](?<specifier>[^"'\n]+)["']/gm, dynamic: false },
  { pattern: /\bimport\(\s*["'](?<specifier>[^"'\n]+)["']/g, dynamic: true },
  { pattern: /\bnew URL\(\s*["'](?<specifier>\.[^"'\n]+\.ts)["']\s*,\s*import\.meta\.url/g, dynamic: true },
];

/** The imports of a TypeScript file, in the order of its lines. Reads the text only: statements begin a line, as a formatter writes them. */
export function importsOf(text: string): Import[] {
  const source = withoutComments(text);
  return patterns
    .flatMap(({ pattern, dynamic }) =>
      [...source.matchAll(pattern)].map((match) => ({
        specifier: match.groups?.["specifier"] ?? "",
        line: lineAt(source, match.index + match[0].length),
        typeOnly: match.groups?.["type"] !== undefined,
        dynamic,
      })),
    )
    .toSorted((a, b) => a.line - b.line);
}

/** Blanks comments that begin a line or stand alone, and keeps the line breaks. Comments behind code hold no statement that begins a line. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, " "));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
