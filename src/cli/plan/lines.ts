import { oneLine } from "../output/style.ts";

/** Narrower than this, text is not wrapped any further. */
const NARROWEST = 24;

/**
 * Text after a prefix, in as many lines as the width takes; the next lines begin below the text. Words longer than a line stay whole.
 * @param width characters of the terminal; undefined where nothing is wrapped
 * @param shownWidth of the prefix, where it holds colours
 */
export function wrapped(prefix: string, text: string, width: number | undefined, shownWidth = prefix.length): string[] {
  const whole = oneLine(text);
  const room = width === undefined ? Infinity : Math.max(NARROWEST, width - shownWidth);
  if (whole.length <= room) return [`${prefix}${whole}`];
  const lines: string[] = [];
  let line = "";
  for (const word of whole.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each, index) => `${index === 0 ? prefix : " ".repeat(shownWidth)}${each}`);
}

/** `1 host`, `3 hosts`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
