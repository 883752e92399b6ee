/** How many names one text may stand for: a slip of the pen in a range shall not fill the memory. */
const LIMIT = 10_000;

/**
 * The names that a text with numeric brace globs stands for, as Brooklyn reads them (`WildcardGlobs`): `10.9.2.{10,11,20-29}`, and several separated by commas.
 * Braces may be nested; a range keeps leading zeros (`node{08-10}`).
 * @throws RangeError with the reason, when braces don't match or too many names come of it.
 */
export function expandBraces(text: string): string[] {
  return splitAtCommas(text).flatMap((part) => (part.trim() === "" ? [] : expandOne(part.trim())));
}

function expandOne(text: string): string[] {
  const open = text.indexOf("{");
  if (open < 0) {
    if (text.includes("}")) throw new RangeError('"}" without "{"');
    return [text];
  }
  const close = closingBrace(text, open);
  const heads = splitAtCommas(text.slice(open + 1, close)).flatMap((part) => rangeOf(part.trim()) ?? expandOne(part.trim()));
  const tails = expandOne(text.slice(close + 1));
  if (heads.length * tails.length > LIMIT) throw tooMany();
  return heads.flatMap((head) => tails.map((tail) => `${text.slice(0, open)}${head}${tail}`));
}

/** `20-29`; undefined for what is no range. */
function rangeOf(text: string): string[] | undefined {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === undefined || last === undefined) return undefined;
  const count = Number(last) - Number(first) + 1;
  if (count < 1) throw new RangeError(`range ${text} goes backwards`);
  if (count > LIMIT) throw tooMany();
  const width = first.startsWith("0") ? first.length : 0;
  return Array.from({ length: count }, (_, i) => String(Number(first) + i).padStart(width, "0"));
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}") depth--;
    if (text[i] !== "," || depth > 0) continue;
    parts.push(text.slice(start, i));
    start = i + 1;
  }
  return [...parts, text.slice(start)];
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}" && --depth === 0) return i;
  }
  throw new RangeError('"{" without "}"');
}

function tooMany(): RangeError {
  return new RangeError(`more than ${LIMIT} names`);
}
