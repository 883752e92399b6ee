import { Composer, type Document, Lexer, LineCounter, Parser } from "yaml";
import { ClockerError } from "../../model/errors.ts";
import { YamlDocument } from "./yaml-document.ts";
import { valueOf, YamlFault } from "./yaml-value.ts";

/** A text larger than this is refused: characters. */
export const LARGEST_YAML = 1_000_000;

/** What the deepest blueprint of anybody is far below, and what bounds the time that a hostile text takes. */
const limits = { depth: 100, values: 300_000, tokens: 320_000, stack: 400 };

/**
 * Reads YAML 1.2 (so JSON as well) with YAML 1.1's merge keys; positions are kept.
 * Size, depth and aliases are bounded, and with them the time it takes.
 * @param options.source the file's name, for messages
 * @throws ClockerError `invalid-yaml` with line and column, and the line itself with a caret in `details.excerpt`
 */
export function parseYaml(text: string, options: { source?: string } = {}): YamlDocument {
  const { source } = options;
  if (text.length > LARGEST_YAML) {
    throw new ClockerError("invalid-yaml", `Invalid YAML: it has ${text.length} characters, and the most that is read is ${LARGEST_YAML}`, { details: { length: text.length } });
  }
  const lines = new LineCounter();
  // A byte order mark is not content.
  const content = text.startsWith("\uFEFF") ? text.slice(1) : text;
  try {
    const root = compose(content, lines)?.contents ?? null;
    return new YamlDocument({ ...valueOf(root, limits), source, text: content, root, lines });
  } catch (error) {
    if (error instanceof YamlFault) throw invalidYaml(error.message, { offset: error.offset, text: content, lines, source });
    throw error;
  }
}

function compose(text: string, lines: LineCounter): Document.Parsed | undefined {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const tokens = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++count > limits.tokens) throw new YamlFault(`it has more than ${limits.tokens} parts`, undefined);
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > limits.stack) throw new YamlFault(`it is nested more than ${limits.depth} levels deep`, parser.offset);
  }
  for (const token of parser.end()) tokens.push(token);
  // Repeated keys are told of by `valueOf`; the composer's way takes time with the square of their number.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
  const documents = composer.compose(tokens, false, text.length);
  const first = documents.next().value ?? undefined;
  const second = first === undefined ? undefined : documents.next().value;
  const failure = first?.errors[0];
  if (failure !== undefined) throw new YamlFault(plainWords[failure.code] ?? withoutStop(failure.message), offenceAt(failure.code, failure.pos[0], text));
  if (second) throw new YamlFault("it holds more than one document (---), and one is expected", second.range[0]);
  return first;
}

/** A key that does not fit is reported at the value before it, which it continues by the grammar: the key is what to look at. */
function offenceAt(code: string, offset: number, text: string): number {
  const lineEnd = text.indexOf("\n", offset);
  if (code !== "BLOCK_AS_IMPLICIT_KEY" || lineEnd < 0 || /:(\s|$)/.test(text.slice(offset, lineEnd))) return offset;
  const next = /[^\s]/g;
  next.lastIndex = lineEnd;
  return next.exec(text)?.index ?? offset;
}

/** The error for a fault at an offset of a text. */
function invalidYaml(fault: string, at: { offset: number | undefined; text: string; lines: LineCounter; source: string | undefined }): ClockerError {
  const { offset, text, lines, source } = at;
  const where = source === undefined ? "" : ` of ${source}`;
  if (offset === undefined) return new ClockerError("invalid-yaml", `Invalid YAML${where === "" ? "" : ` in ${source}`}: ${fault}`);
  const { line, col: column } = lines.linePos(Math.min(offset, text.length));
  const excerpt = excerptOf(text, line, column);
  return new ClockerError("invalid-yaml", `Invalid YAML: ${fault} at line ${line}, column ${column}${where}`, {
    remedy: remedyFor(fault, excerpt),
    details: { line, column, excerpt, ...(source === undefined ? {} : { source }) },
  });
}

/** The line, and a caret under the column. */
export function excerptOf(text: string, line: number, column: number): string {
  const content = text.split("\n", line)[line - 1] ?? "";
  const start = Math.max(0, column - 60);
  const shown = content.slice(start, start + 120).replaceAll("\t", " ").replace(/\r$/, "");
  return `${shown}\n${" ".repeat(Math.max(0, column - 1 - start))}^`;
}

/** Where the library's words tell of its grammar and not of the text. */
const plainWords: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: "a key does not fit the lines around it",
  TAB_AS_INDENT: "tabs are not allowed as indentation",
};

function remedyFor(fault: string, excerpt: string): string {
  const advice = /tab/.test(fault) ? "Indent with spaces" : /end with|closing/.test(fault) ? "Close what is opened here" : /same column|indent|fit the lines/.test(fault) ? "Begin all keys of one map in the same column" : "Mend this place";
  return `${advice}:\n${excerpt}`;
}

function withoutStop(message: string): string {
  const sentence = message.replace(/\.$/, "");
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
