/** A part of a text: what stands in quotes, without them, or what stands between blanks. */
export interface Word {
  readonly text: string;
  readonly isQuoted: boolean;
  /** Blanks before it. */
  readonly before: string;
}

const WORD = /(\s*)(?:"((?:[^"\\]|\\.)*)"(?!\S)|'((?:[^'\\]|\\.)*)'(?!\S)|(\$\{[^{}]*\}(?!\S)|\S+))/gs;

/** The words of a text. A quotation is one only between blanks, as in Brooklyn's shorthand. */
export function wordsOf(text: string): Word[] {
  return [...text.matchAll(WORD)].map(([, before = "", double, single, plain]) => {
    const quoted = double ?? single;
    return quoted === undefined ? { text: plain ?? "", isQuoted: false, before } : { text: quoted.replaceAll(/\\(.)/gs, "$1"), isQuoted: true, before };
  });
}

/** A last argument of several words: what is one quotation is what is in it, else it is as it is. */
export function quotedOrPlain(text: string): string {
  const words = wordsOf(text.trim());
  const [only] = words;
  return words.length === 1 && only?.isQuoted === true ? only.text : text;
}
