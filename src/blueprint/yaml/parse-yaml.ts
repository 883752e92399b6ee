import { setImmediate } from "node:timers/promises";
import { Composer, type CST, type Document, Lexer, LineCounter, Parser } from "yaml";
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
  const reading = begin(text, options.source);
  const tokens = tokensOf(reading);
  let step = tokens.next();
  while (step.done !== true) step = tokens.next();
  return documentOf(step.value, reading);
}

/**
 * The same a few milliseconds at a time, so that others have their turn meanwhile: for texts that come from outside.
 * @throws ClockerError `invalid-yaml`
 */
export async function parseYamlInSlices(text: string, options: { source?: string } = {}): Promise<YamlDocument> {
  const reading = begin(text, options.source);
  const tokens = tokensOf(reading);
  let step = tokens.next();
  while (step.done !== true) {
    await setImmediate();
    step = tokens.next();
  }
  return documentOf(step.value, reading);
}

/** Parts of a text that are read before others have their turn. */
const SLICE = 2_000;

interface YamlReading {
  readonly content: string;
  readonly lines: LineCounter;
  readonly source: string | undefined;
}

function begin(text: string, source: string | undefined): YamlReading {
  if (text.length > LARGEST_YAML) {
    throw new ClockerError("invalid-yaml", `Invalid YAML: it has ${text.length} characters, and the most that is read is ${LARGEST_YAML}`, { details: { length: text.length } });
  }
  // A byte order mark is not content.
  return { content: text.startsWith("\uFEFF") ? text.slice(1) : text, lines: new LineCounter(), source };
}

/** What a fault is told as, with its place. */
function told<T>({ content, lines, source }: YamlReading, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof YamlFault) throw invalidYaml(error.message, { offset: error.offset, text: content, lines, source });
    throw error;
  }
}

/** Stops after each slice. */
function* tokensOf(reading: YamlReading): Generator<undefined, readonly CST.Token[], undefined> {
  const { content, lines } = reading;
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  const lexemes = new Lexer().lex(content);
  for (let count = 0, isDone = false; !isDone; ) {
    isDone = told(reading, () => {
      for (let part = 0; part < SLICE; part++) {
        const lexeme = lexemes.next();
        if (lexeme.done === true) return true;
        if (++count > limits.tokens) throw new YamlFault(`it has more than ${limits.tokens} parts`, undefined);
        for (const token of parser.next(lexeme.value)) tokens.push(token);
        if (parser.stack.length > limits.stack) throw new YamlFault(`it is nested more than ${limits.depth} levels deep`, parser.offset);
      }
      return false;
    });
    yield undefined;
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

function documentOf(tokens: readonly CST.Token[], reading: YamlReading): YamlDocument {
  const { content, lines, source } = reading;
  return told(reading, () => {
    const root = compose(tokens, content)?.contents ?? null;
    return new YamlDocument({ ...valueOf(root, limits), source, text: content, root, lines });
  });
}

function compose(tokens: readonly CST.Token[], text: string): Document.Parsed | undefined {
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
    remedy: remedyFor(fault, excerpt, (text.split("\n", line)[line - 1] ?? "").slice(0, column - 1)),
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

/** @param before what stands on the line before the fault */
function remedyFor(fault: string, excerpt: string, before: string): string {
  const advice = fault === plainWords["BLOCK_AS_IMPLICIT_KEY"] && /\S:\s+$/.test(before) ? 'Put the value between quotes, as it has ": " in it' : /tab/.test(fault) ? "Indent with spaces" : /end with|closing/.test(fault) ? "Close what is opened here" : /same column|indent|fit the lines/.test(fault) ? "Begin all keys of one map in the same column" : "Mend this place";
  return `${advice}:\n${excerpt}`;
}

function withoutStop(message: string): string {
  const sentence = message.replace(/\.$/, "");
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
